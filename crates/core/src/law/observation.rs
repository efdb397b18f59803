//! One run, as the law sees it.

use serde::{Deserialize, Serialize};

/// r²d + L, the order of the numbers that are enough (arXiv 2603.14830).
pub fn theory_floats(rank: usize, dim: usize, labels: usize) -> usize {
    rank * rank * dim + labels
}

/// The mean of numbers, of which there are some.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// What one run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// d, dimension of the inputs.
    pub dim: usize,
    /// r, intrinsic dimension of the task.
    pub rank: usize,
    /// M₁, points of the set.
    pub points: usize,
    /// L, readout labels; 0 for a run of phase 1 alone.
    pub labels: usize,
    /// Seed of the run.
    pub seed: u64,
    /// Smallest principal cosine between the points' top r directions and S.
    pub smallest_cosine: f64,
    /// Mean squared error of a readout fitted on real data, on features taught by the points.
    pub features: f64,
    /// That of the student itself, taught by nothing but the set.
    pub student: f64,
    /// Numbers that the set stores.
    pub floats: f64,
}

impl Observation {
    /// The runs that it is one of.
    pub fn ladder(&self) -> Ladder {
        Ladder {
            dim: self.dim,
            rank: self.rank,
            labels: self.labels,
            seed: self.seed,
        }
    }
}

/// Runs that differ in their number of points alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ladder {
    /// d.
    pub dim: usize,
    /// r.
    pub rank: usize,
    /// L.
    pub labels: usize,
    /// Seed of the runs.
    pub seed: u64,
}

impl Ladder {
    /// d, r and L, which those of all seeds share.
    pub fn cell(&self) -> [usize; 3] {
        [self.dim, self.rank, self.labels]
    }
}
