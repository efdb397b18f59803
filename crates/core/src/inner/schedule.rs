//! How a learning rate falls.

use serde::{Deserialize, Serialize};

/// How a learning rate falls over a stage or a training run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// It does not.
    Constant,
    /// Half a cosine, from its full value at the first step to zero one step after the last.
    Cosine,
    /// A tenth of it from the middle on, as the field's evaluation protocol has it.
    Step,
}

impl Schedule {
    /// The factor at `step` (counted from 0) of `steps`.
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
