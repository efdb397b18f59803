//! The score `random_soft`: random real rows with the labels of an expert.
//!
//! The expert is the first network of the score `full`, as it was when its loss on the validation part was
//! smallest. So it costs no training of its own.

use std::sync::OnceLock;

use burn::tensor::{activation::softmax, backend::Backend};

use super::baseline::{Baseline, Chosen, RandomReal};
use super::held_out::HeldOut;
use super::trial::Trial;
use crate::error::{Error, Result};
use crate::inner::{Loss, forward};
use crate::network::{AnyNetwork, Weights};
use crate::seed::Seed;
use crate::task::Rows;

/// Number of checks of each part of a training, evenly over its steps.
const CHECKS: usize = 10;

/// The weights of the expert, once `full` has been trained.
pub(super) type Expert<B> = OnceLock<Weights<B>>;

/// Looks at a network in training, and keeps its best weights.
pub(super) struct Watch<'a, B: Backend> {
    network: &'a dyn AnyNetwork<B>,
    validation: &'a HeldOut<'a, B>,
    loss: Loss,
    best: Option<(f64, Weights<B>)>,
    /// What the device could not tell.
    error: Option<Error>,
}

impl<'a, B: Backend> Watch<'a, B> {
    /// A watch that has seen nothing. The loss is that of the training.
    pub fn new(network: &'a dyn AnyNetwork<B>, validation: &'a HeldOut<'a, B>, loss: Loss) -> Self {
        Self {
            network,
            validation,
            loss,
            best: None,
            error: None,
        }
    }

    /// Looks at the weights after this many of the training's steps, if a check is due.
    pub fn look(&mut self, done: usize, steps: usize, weights: &Weights<B>) {
        let checks = |done: usize| done * CHECKS / steps.max(1);
        if self.error.is_some() || checks(done) == checks(done.saturating_sub(1)) {
            return;
        }
        let predict = |inputs| forward::plain(self.network, weights, inputs).outputs;
        match self.validation.loss(self.loss, predict) {
            Ok(loss) => {
                if loss.is_finite() && self.best.as_ref().is_none_or(|best| loss < best.0) {
                    self.best = Some((loss, weights.clone()));
                }
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// The best weights; `None` if no loss was finite.
    ///
    /// # Errors
    /// [`Error::Device`] if the device could not be read.
    pub fn best(self) -> Result<Option<Weights<B>>> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.best.map(|(_, weights)| weights)),
        }
    }
}

impl<B: Backend> Trial<'_, B> {
    /// The rows that `random_real` has for this seed, with the expert's outputs as targets: probabilities if it was
    /// trained by cross-entropy.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if there is no expert, because the training of `full` has diverged.
    pub(super) fn expert_rows(
        &self,
        expert: &Expert<B>,
        loss: Loss,
        seed: &Seed,
    ) -> Result<Rows<B>> {
        let Some(weights) = expert.get() else {
            let problem = "there is no expert to label the rows: the training on \"full\" diverges";
            return Err(Error::Mismatch(problem.to_owned()));
        };
        let training = self.task.task.training();
        let Chosen::Rows(places) = RandomReal.choose(training, &self.counts(), seed)? else {
            return Err(Error::Mismatch("random rows are no real rows".to_owned()));
        };
        let Rows { inputs, .. } = self.task.training.rows.select(&places);
        let outputs = forward::plain(self.network, weights, inputs.clone()).outputs;
        let targets = match loss {
            Loss::CrossEntropy => softmax(outputs, 1),
            Loss::SquaredError => outputs,
        };
        Ok(Rows { inputs, targets })
    }
}
