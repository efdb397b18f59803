//! Schedules of a learning rate.

use serde::{Deserialize, Serialize};

/// How a learning rate falls over a stage or a training run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The rate stays the same.
    Constant,
    /// Half a cosine, from the full rate at the first step to zero one step after the last.
    Cosine,
    /// The full rate in the first half and a tenth of it in the second, as in the field's evaluation.
    Step,
}

impl Schedule {
    /// Returns the factor of the learning rate at `step`, counted from 0, of `steps`; in [0, 1].
    pub fn factor(self, step: usize, steps: usize) -> f64 {
        let progress = step as f64 / steps.max(1) as f64;
        match self {
            Self::Constant => 1.0,
            Self::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            Self::Step if progress < 0.5 => 1.0,
            Self::Step => 0.1,
        }
    }
}
