//! The contract of a baseline.

use std::fmt::Debug;

use ndarray::Array2;

use crate::error::Result;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::task::{Target, TrainingPart};

/// A way to choose a small training set without distillation, to compare the distilled set with.
///
/// A baseline gets the training part alone and cannot reach the rows that scores are taken on.
pub trait Baseline: Debug + Sync {
    /// Name of the baseline's score, different from all other scores of the evaluation.
    fn name(&self) -> &str;

    /// The papers that the baseline comes from, for reports. Default: none.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }

    /// Whether the baseline works for this kind of target (default: always). If not, it has no score.
    fn suits(&self, _target: &Target) -> bool {
        true
    }

    /// Whether each fresh network has its own training set, drawn from the seed of its run. Otherwise
    /// (default) all networks share one set.
    fn is_drawn_anew(&self) -> bool {
        false
    }

    /// Chooses a training set of `counts[c]` rows of each class c, or of all rows of a class that has fewer.
    /// Without classes there is one count, of all rows. The same arguments must give the same set.
    ///
    /// # Errors
    /// Any error ends the evaluation.
    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], seed: &Seed) -> Result<Chosen>;
}

/// A training set that a baseline has chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// The rows of the training part at these places.
    Rows(Vec<usize>),
    /// Rows that the baseline has made itself.
    Made {
        /// Inputs `[n, features]`, normalised like those of the training part.
        inputs: Array2<f32>,
        /// Targets `[n, outputs]`; for classes, a probability for each.
        targets: Array2<f32>,
    },
}
