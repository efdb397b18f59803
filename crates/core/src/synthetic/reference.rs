//! Reference inputs: the inputs of the readout labels, redrawn from a seed instead of stored.
//!
//! They are Gaussian inside the span of the top left singular vectors of X̃ᵀ, the directions that
//! the points have found (theory.md, phase 2).

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::linear_algebra::top_directions;
use crate::seed::Seed;
use crate::settings::{Check, range};
use crate::task::{Task, upload};

/// How reference inputs are drawn and read out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceSettings {
    /// Dimension of the span. Where it is not given, it is the intrinsic dimension r of the task; for
    /// a task without one the span is all that the points span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<usize>,
    /// Standard deviation inside the span, 1e-9 to 1e9.
    pub spread: f64,
    /// Ridge penalty λ of the readout fitted on the labels.
    pub penalty: f64,
}

impl Default for ReferenceSettings {
    fn default() -> Self {
        Self {
            rank: None,
            spread: 1.5,
            penalty: 1e-2,
        }
    }
}

impl Check for ReferenceSettings {
    fn check(&self) -> Result<()> {
        if let Some(rank) = self.rank {
            range::count("synthetic.reference.rank", rank, 1..=usize::MAX)?;
        }
        range::within("synthetic.reference.spread", self.spread, range::SPREADS)?;
        range::positive("synthetic.reference.penalty", self.penalty)
    }
}

impl ReferenceSettings {
    /// What a set for that task stores: a rank that is not given is the task's.
    pub fn resolved(&self, task: &Task) -> Self {
        Self {
            rank: self.rank.or(task.rank()),
            ..self.clone()
        }
    }
}

/// How the inputs of a set's labels are drawn: all that is stored of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Number of the stream they are drawn from.
    pub seed: u64,
    /// The settings they are drawn and read out with, [resolved](ReferenceSettings::resolved).
    #[serde(flatten)]
    pub settings: ReferenceSettings,
}

impl Reference {
    /// `labels` reference inputs `[labels, features]` for points `[points, features]`.
    pub fn inputs<B: Backend>(&self, points: &Tensor<B, 2>, labels: usize) -> Result<Tensor<B, 2>> {
        let rank = self.settings.rank.unwrap_or(usize::MAX);
        let basis = top_directions(&crate::host::matrix(points)?, rank);
        let mut stream = Seed::new(self.seed).child("reference").stream();
        let coordinates: Array2<f64> =
            stream.normal_matrix(labels, basis.ncols()).mapv(f64::from) * self.settings.spread;
        let inputs = coordinates.dot(&basis.t()).mapv(|v| v as f32);
        Ok(upload(&inputs, &points.device()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::*;
    use crate::synthetic::{SyntheticSettings, initial};
    use crate::task::{MultiIndex, Source};

    #[test]
    fn a_set_stores_the_rank_of_its_task_where_none_is_given() {
        let task = MultiIndex {
            dim: 6,
            rank: 3,
            samples: 50,
            ..MultiIndex::default()
        };
        let task = task.load(&Seed::new(0)).unwrap();
        for (given, stored) in [(None, 3), (Some(2), 2)] {
            let settings = SyntheticSettings {
                points: Some(4),
                labels: 5,
                reference: ReferenceSettings {
                    rank: given,
                    ..ReferenceSettings::default()
                },
                ..SyntheticSettings::default()
            };
            let device = Default::default();
            let set = initial::<Flex>(&settings, &task, &Seed::new(0), &device).unwrap();
            assert_eq!(set.reference().unwrap().settings.rank, Some(stored));
        }
    }
}
