//! One evaluation: the set with all that it is scored by.

use burn::tensor::backend::Backend;

use super::baseline::Baseline;
use super::held_out::HeldOut;
use super::score::Metric;
use super::settings::{EvaluateSettings, ScoredOn};
use crate::augment::Augmentation;
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::synthetic::SyntheticSet;
use crate::task::Resident;

/// The candidate that is the set.
pub const DISTILLED: &str = "distilled";

/// The candidate that is the set's points with the class that each target is largest for.
pub const DISTILLED_HARD: &str = "distilled_hard";

/// The candidate that is trained on all real data.
pub const FULL: &str = "full";

/// One evaluation: the set with all that it is scored by.
pub struct Trial<'a, B: Backend> {
    pub settings: &'a EvaluateSettings,
    pub augmentation: Augmentation,
    pub task: &'a Resident<'a, B>,
    pub network: &'a dyn AnyNetwork<B>,
    pub set: &'a SyntheticSet<B>,
    pub baselines: &'a [&'a dyn Baseline],
    pub seed: Seed,
    pub test: HeldOut<'a, B>,
    pub validation: HeldOut<'a, B>,
}

impl<B: Backend> Trial<'_, B> {
    /// The seed of a run: the same fresh start for every candidate.
    pub fn run_seed(&self, run: usize) -> Seed {
        self.seed.indexed("run", run as u64)
    }

    /// The part that scores are taken on.
    pub fn scored_on(&self) -> &HeldOut<'_, B> {
        match self.settings.on {
            ScoredOn::Test => &self.test,
            ScoredOn::Validation => &self.validation,
        }
    }

    pub fn metric(&self) -> Metric {
        Metric::of(&self.task.task.target)
    }
}
