//! The contract of an objective: its arguments, its results and what it promises.

use burn::tensor::{Tensor, backend::Backend};

use super::{Method, ObjectiveState, RowNoise};
use crate::augment::Augmentation;
use crate::error::Result;
use crate::experts::Trajectories;
use crate::inner::Loss;
use crate::network::AnyNetwork;
use crate::seed::{Seed, Stream};
use crate::synthetic::{Parts, SyntheticSet};
use crate::task::{Drawn, Rows, TrainingRows};

/// The arguments of an objective at an outer step.
///
/// It holds the training part of the task:
///
/// ```
/// # use retort_core::{objective::Context, task::Rows};
/// fn rows<B: burn::tensor::backend::Backend>(context: &Context<'_, B>) -> Rows<B> {
///     context.training.rows.clone()
/// }
/// ```
///
/// An objective cannot reach the rows that scores are taken on:
///
/// ```compile_fail,E0609
/// # use retort_core::{objective::Context, task::Rows};
/// fn rows<B: burn::tensor::backend::Backend>(context: &Context<'_, B>) -> Rows<B> {
///     context.training.test.clone()
/// }
/// ```
#[derive(Debug)]
pub struct Context<'a, B: Backend> {
    /// The real rows to distil.
    pub training: &'a TrainingRows<'a, B>,
    /// The network, which draws fresh weights.
    pub network: &'a dyn AnyNetwork<B>,
    /// The augmentation of rows before the network sees them.
    pub augmentation: &'a Augmentation,
    /// The loss that the network is trained with.
    pub loss: Loss,
    /// Number of real rows in a step, or rows of each class if the objective works class by class; 0 for
    /// all.
    pub batch: usize,
    /// Whether a batch has equally many rows of each class, which may come again.
    pub balanced: bool,
    /// Noise on the real rows.
    pub noise: Option<&'a RowNoise<B>>,
    /// The recorded experts, if the method asks for them ([`Method::experts`]).
    pub experts: Option<&'a dyn Trajectories<B>>,
}

impl<B: Backend> Context<'_, B> {
    /// The real rows of the step with this seed: a batch, with noise if there is any.
    pub fn real(&self, seed: &Seed) -> Rows<B> {
        let mut stream = seed.child("batch").stream();
        self.rows(&self.draw(&mut stream), seed)
    }

    /// Draws the rows of a batch, for [`Self::rows`].
    pub fn draw(&self, stream: &mut Stream) -> Drawn {
        match self.balanced {
            true => self.training.draw_balanced(self.batch, stream),
            false => self.training.draw(self.batch, stream),
        }
    }

    /// The rows that were drawn, with noise if there is any.
    pub fn rows(&self, drawn: &Drawn, seed: &Seed) -> Rows<B> {
        let rows = self.training.select(drawn);
        match self.noise {
            Some(noise) => noise.on(rows, seed),
            None => rows,
        }
    }
}

/// An objective's loss at an outer step, and its gradient with respect to the set.
#[derive(Debug)]
pub struct OuterGradient<B: Backend> {
    /// The loss, `[1]`.
    pub loss: Tensor<B, 1>,
    /// The gradient of the loss with respect to each learned part, in the shape of that part.
    pub gradients: Parts<B>,
    /// Parts that are set to these values instead of moving along their gradient, because their best value
    /// is known in closed form. Usually empty.
    pub solved: Parts<B>,
    /// The state that the objective gets at the next step.
    pub state: ObjectiveState<B>,
}

impl<B: Backend> OuterGradient<B> {
    /// A loss and its gradients, without solved parts and with an empty state.
    pub fn new(loss: Tensor<B, 1>, gradients: Parts<B>) -> Self {
        Self {
            loss,
            gradients,
            solved: Parts::new(),
            state: ObjectiveState::default(),
        }
    }

    /// Sets the state for the next step.
    pub fn keeping(self, state: ObjectiveState<B>) -> Self {
        Self { state, ..self }
    }
}

/// A way to compare real data and a synthetic set through a network, on a backend.
///
/// The contract tests check every objective of the library with every network:
///
/// - The gradient is that of the loss, by central differences in `f64`. With a window, the loss counts as a
///   function of the window's steps alone.
/// - The loss is zero or at its minimum if real data and set are the same.
/// - Weights are left unchanged.
/// - The same seed gives the same loss and gradient.
///
/// An objective uses no optimiser, file or clock, and no randomness other than its seed.
pub trait Objective<B: Backend>: Method {
    /// Prepares the set for the objective's stage: adds the parts that it needs and that no earlier stage
    /// has made. The default returns the set unchanged.
    ///
    /// It is called once, at the beginning of the stage, so earlier stages never see these parts. Before a
    /// run it is also called for all stages in order, without their steps, so that errors show before any
    /// work. Errors must depend on the parts and their shapes only, not on the numbers in them.
    ///
    /// # Errors
    /// An error if the set lacks something that only settings can give.
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        Ok(set)
    }

    /// Checks that the objective works with this network. Called once, before a run. The default accepts
    /// every network.
    ///
    /// # Errors
    /// An error if the network lacks a parameter or layer, or is too large.
    fn fits(&self, _network: &dyn AnyNetwork<B>) -> Result<()> {
        Ok(())
    }

    /// Checks a state that was read from a checkpoint, for this set and network. Called once, before a run
    /// continues. The state is empty if the stage has not taken a step yet; that must be accepted. The default
    /// accepts every state.
    ///
    /// # Errors
    /// An error if a value is missing or has another shape.
    fn check_state(
        &self,
        _network: &dyn AnyNetwork<B>,
        _set: &SyntheticSet<B>,
        _state: ObjectiveState<B>,
    ) -> Result<()> {
        Ok(())
    }

    /// Returns loss and gradient at one outer step. All randomness comes from `seed`, which differs from
    /// step to step.
    ///
    /// # Errors
    /// An error ends the run, such as a linear system without a solution or a device that cannot be read.
    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>>;

    /// Returns the state for the next step, after the set has moved. `seed` is that of the step. The default
    /// returns `state`, which came with the gradient, unchanged.
    ///
    /// # Errors
    /// Those of [`Objective::outer_gradient`].
    fn after_step(
        &self,
        _context: &Context<'_, B>,
        _set: &SyntheticSet<B>,
        state: ObjectiveState<B>,
        _seed: &Seed,
    ) -> Result<ObjectiveState<B>> {
        Ok(state)
    }
}
