//! Settings of the outer loop.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::inner::{OptimiserKind, Schedule};
use crate::settings::{Check, PerStage, range};

/// Settings of the outer loop. Those that are a [`PerStage`] may differ between stages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistillSettings {
    /// Outer steps of a stage, at most a thousand million.
    pub steps: PerStage<usize>,
    /// Learning rate of what is learned.
    pub learning_rate: PerStage<f64>,
    /// That of the logarithms of step sizes, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_size_learning_rate: Option<f64>,
    /// Real rows an outer step sees (a class, where the objective works class by class); 0 for all.
    pub batch: PerStage<usize>,
    /// What moves the points.
    pub optimiser: OptimiserKind,
    /// First-moment coefficient of Adam, or momentum of gradient descent, in [0, 1).
    pub momentum: f64,
    /// How the learning rate falls over a stage.
    pub schedule: Schedule,
    /// Bound on the norm of the gradient of all learned parts together; 0 for none.
    pub clip: f64,
    /// The same bound as a multiple of the norm's running mean, in which the past weighs 0.9 at every step
    /// and norms count as bounded; 0 for none. RaT-BPTT has 2.
    pub clip_to_mean: f64,
    /// Outer steps between two checkpoints; 0 for one at the end of each stage only.
    pub checkpoint_every: usize,
    /// Outer steps between two lines of metrics.
    pub log_every: usize,
}

impl Default for DistillSettings {
    fn default() -> Self {
        Self {
            steps: PerStage::Same(500),
            learning_rate: PerStage::Same(0.02),
            step_size_learning_rate: None,
            batch: PerStage::Same(256),
            optimiser: OptimiserKind::Adam,
            momentum: 0.9,
            schedule: Schedule::Cosine,
            clip: 0.0,
            clip_to_mean: 0.0,
            checkpoint_every: 50,
            log_every: 10,
        }
    }
}

impl Check for DistillSettings {
    fn check(&self) -> Result<()> {
        for &steps in self.steps.values() {
            range::count("distill.steps", steps, 0..=range::MOST)?;
        }
        for &rate in self.learning_rate.values() {
            range::positive("distill.learning_rate", rate)?;
        }
        range::momentum("distill.momentum", self.momentum)?;
        range::zero_or_positive("distill.clip", self.clip)?;
        range::zero_or_positive("distill.clip_to_mean", self.clip_to_mean)?;
        if let Some(rate) = self.step_size_learning_rate {
            range::positive("distill.step_size_learning_rate", rate)?;
        }
        range::count("distill.log_every", self.log_every, 1..=usize::MAX)
    }
}

impl DistillSettings {
    /// By what the learning rate is multiplied for step sizes.
    pub(super) fn step_size_factor(&self, stage: usize) -> f64 {
        match (
            self.step_size_learning_rate,
            self.learning_rate.stage(stage),
        ) {
            (Some(own), Some(rate)) => own / rate,
            _ => 1.0,
        }
    }

    /// Refuses lists of another length than there are stages.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) with the setting's name.
    pub fn check_stages(&self, stages: usize) -> Result<()> {
        self.steps.check_stages("distill.steps", stages)?;
        self.learning_rate
            .check_stages("distill.learning_rate", stages)?;
        self.batch.check_stages("distill.batch", stages)
    }
}
