//! What every protocol works with.

use burn::tensor::backend::Backend;

use super::judge::Judging;
use super::score::Metric;
use super::settings::{EvaluateSettings, ScoredOn};
use crate::augment::Augmentation;
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::synthetic::SyntheticSet;
use crate::task::Resident;

/// The contestant that is the set.
pub const DISTILLED: &str = "distilled";

/// The contestant that is trained on all real data.
pub const FULL: &str = "full";

/// What every protocol works with.
pub struct Arena<'a, B: Backend> {
    pub settings: &'a EvaluateSettings,
    pub augmentation: Augmentation,
    pub task: &'a Resident<'a, B>,
    pub network: &'a dyn AnyNetwork<B>,
    pub set: &'a SyntheticSet<B>,
    pub seed: Seed,
    pub test: Judging<'a, B>,
    pub validation: Judging<'a, B>,
}

impl<B: Backend> Arena<'_, B> {
    /// The seed of a run: the same fresh start for every contestant.
    pub fn run_seed(&self, run: usize) -> Seed {
        self.seed.indexed("run", run as u64)
    }

    /// The rows that scores are taken on.
    pub fn judges(&self) -> &Judging<'_, B> {
        match self.settings.on {
            ScoredOn::Test => &self.test,
            ScoredOn::Validation => &self.validation,
        }
    }

    pub fn metric(&self) -> Metric {
        Metric::of(&self.task.task.target)
    }
}
