//! What every baseline promises.

use std::fmt::Debug;

use ndarray::Array2;

use crate::error::Result;
use crate::seed::Seed;
use crate::task::{Target, TrainingPart};

/// A way to a small training set that is not distillation, to compare the distilled set with.
///
/// It is given the training part alone: it cannot reach the rows that scores are taken on.
pub trait Baseline: Debug + Sync {
    /// The name of its score. No two scores of an evaluation have the same.
    fn name(&self) -> &str;

    /// Whether it can choose for targets of that kind. One that cannot has no score.
    fn suits(&self, _target: &Target) -> bool {
        true
    }

    /// Whether every fresh network has a training set of its own, drawn from the seed of its run.
    /// Otherwise one set, chosen once, serves all networks.
    fn is_drawn_anew(&self) -> bool {
        false
    }

    /// The training set: `count` rows in all, or as many as there are where the training part has fewer. The same
    /// arguments give the same set.
    ///
    /// # Errors
    /// Whatever stands in its way. It ends the evaluation.
    fn choose(&self, training: TrainingPart<'_>, count: usize, seed: &Seed) -> Result<Chosen>;
}

/// A training set that a baseline has chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// The rows of the training part at these places.
    Rows(Vec<usize>),
    /// Rows of its own.
    Made {
        /// Inputs `[n, features]`, normalised as those of the training part are.
        inputs: Array2<f32>,
        /// Targets `[n, outputs]`; of classes, a share for each.
        targets: Array2<f32>,
    },
}
