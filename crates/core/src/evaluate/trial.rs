//! The inputs of one evaluation.

use burn::tensor::backend::Backend;

use super::baseline::Baseline;
use super::held_out::HeldOut;
use super::nested::NestedSet;
use super::score::Metric;
use super::settings::{EvaluateSettings, ScoredOn};
use crate::augment::Augmentation;
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::synthetic::SyntheticSet;
use crate::task::Resident;

/// Score of the set itself.
pub const DISTILLED: &str = "distilled";

/// Score of the set's points with hard labels: the class with the largest target.
pub const DISTILLED_HARD: &str = "distilled_hard";

/// Score of all real training data.
pub const FULL: &str = "full";

/// Score of random real rows with the labels of an expert.
pub const RANDOM_SOFT: &str = "random_soft";

/// The inputs of one evaluation: a set and everything needed to score it.
pub struct Trial<'a, B: Backend> {
    pub settings: &'a EvaluateSettings,
    pub augmentation: Augmentation,
    pub task: &'a Resident<'a, B>,
    pub network: &'a dyn AnyNetwork<B>,
    pub set: &'a SyntheticSet<B>,
    /// The nested sets of the set.
    pub nested: Vec<NestedSet<B>>,
    pub baselines: &'a [&'a dyn Baseline],
    pub seed: Seed,
    pub test: HeldOut<'a, B>,
    pub validation: HeldOut<'a, B>,
}

impl<B: Backend> Trial<'_, B> {
    /// The seed of a run. It gives every candidate the same fresh weights.
    pub fn run_seed(&self, run: usize) -> Seed {
        self.seed.indexed("run", run as u64)
    }

    /// The part of the task that scores are taken on.
    pub fn scored_on(&self) -> &HeldOut<'_, B> {
        match self.settings.on {
            ScoredOn::Test => &self.test,
            ScoredOn::Validation => &self.validation,
        }
    }

    /// Number of the set's points of each class; a single number without classes.
    pub fn counts(&self) -> Vec<usize> {
        self.counts_of(self.set)
    }

    /// Number of points of each class of a set for this task; a single number without classes.
    pub fn counts_of(&self, set: &SyntheticSet<B>) -> Vec<usize> {
        set.counts(self.task.task.target.classes().unwrap_or(0))
    }

    pub fn metric(&self) -> Metric {
        Metric::of(&self.task.task.target)
    }
}
