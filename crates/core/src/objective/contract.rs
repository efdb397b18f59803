//! What every objective promises, what it sees and what it says.

use burn::tensor::{Tensor, backend::Backend};

use super::{Method, ObjectiveState};
use crate::augment::Augmentation;
use crate::error::Result;
use crate::experts::Trajectories;
use crate::inner::Loss;
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::synthetic::{Parts, SyntheticSet};
use crate::task::TrainingRows;

/// What an objective works with at an outer step.
///
/// It holds the training part of the task and no other:
///
/// ```
/// # use retort_core::{objective::Context, task::Rows};
/// fn rows<B: burn::tensor::backend::Backend>(context: &Context<'_, B>) -> Rows<B> {
///     context.training.rows.clone()
/// }
/// ```
///
/// The rows that scores are taken on cannot be reached:
///
/// ```compile_fail
/// # use retort_core::{objective::Context, task::Rows};
/// fn rows<B: burn::tensor::backend::Backend>(context: &Context<'_, B>) -> Rows<B> {
///     context.training.task.test.clone()
/// }
/// ```
#[derive(Debug)]
pub struct Context<'a, B: Backend> {
    /// The real rows to distil.
    pub training: &'a TrainingRows<'a, B>,
    /// The network that is trained inside.
    pub network: &'a dyn AnyNetwork<B>,
    /// What is done to rows before the network sees them.
    pub augmentation: &'a Augmentation,
    /// The loss that the network is trained with.
    pub loss: Loss,
    /// How many real rows to look at in a step (of each class, where the objective works class by
    /// class); 0 for all.
    pub batch: usize,
    /// Trainings on real data, where the method asks for them ([`Method::experts`]).
    pub experts: Option<&'a dyn Trajectories<B>>,
}

/// An objective's loss at an outer step, and its gradient with respect to the set.
#[derive(Debug)]
pub struct OuterGradient<B: Backend> {
    /// The loss, one number.
    pub loss: Tensor<B, 1>,
    /// The gradient of the loss with respect to each part that is learned, in the shape of that part.
    pub gradients: Parts<B>,
    /// Parts that are set to these values, in place of a step along their gradient: those whose best
    /// value is known in closed form. Mostly empty.
    pub solved: Parts<B>,
    /// What the objective is handed at the next step.
    pub state: ObjectiveState<B>,
}

impl<B: Backend> OuterGradient<B> {
    /// A loss and its gradients, with nothing solved and nothing kept.
    pub fn new(loss: Tensor<B, 1>, gradients: Parts<B>) -> Self {
        Self {
            loss,
            gradients,
            solved: Parts::new(),
            state: ObjectiveState::default(),
        }
    }

    /// The same with a state for the next step.
    pub fn keeping(self, state: ObjectiveState<B>) -> Self {
        Self { state, ..self }
    }
}

/// A way to compare real data and a synthetic set through a network, on a backend.
///
/// Contract, checked for every objective of the library with every network: the gradient is that of the
/// loss (central differences in `f64`; where only a window of an inner training is walked back, of the
/// loss as a function of what that window does), the loss is zero or at its floor where the two sides
/// are the same, weights are left as they were, and the same seed gives the same loss and gradient.
/// An objective touches no optimiser, file, clock or randomness other than its seed.
pub trait Objective<B: Backend>: Method {
    /// The set that its stage begins with: as the stages before left it, with whatever parts this
    /// objective needs and none of them has made. That happens once, at the beginning of the stage, so
    /// that an earlier stage never sees it. Before a run all stages are tried one after the other
    /// without their steps, so that what is missing is known before any work: refusals follow from
    /// the parts and their shapes, not from the numbers in them.
    ///
    /// # Errors
    /// The set lacks something that only its settings can give.
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        Ok(set)
    }

    /// Whether this objective can work with that network; asked once, before any work.
    ///
    /// # Errors
    /// A parameter or layer that the network does not have.
    fn fits(&self, _network: &dyn AnyNetwork<B>) -> Result<()> {
        Ok(())
    }

    /// Whether a state that was read from a checkpoint is one that this objective keeps, for that set
    /// and network; asked once, before a run is continued.
    ///
    /// # Errors
    /// What is missing or has another shape.
    fn check_state(
        &self,
        _network: &dyn AnyNetwork<B>,
        _set: &SyntheticSet<B>,
        _state: ObjectiveState<B>,
    ) -> Result<()> {
        Ok(())
    }

    /// Loss and gradient at one outer step. All randomness comes from `seed`, which is another one at
    /// every step.
    ///
    /// # Errors
    /// A linear system without a solution, or a device that cannot be read.
    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>>;

    /// The state for the next step once the set has moved: by default the one that the gradient came
    /// with. `seed` is that of the step.
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
