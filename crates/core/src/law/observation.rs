//! The numbers of one run that the law uses.

use serde::{Deserialize, Serialize};

/// r²d + L, the order of the memory that is enough (arXiv 2603.14830).
pub fn theory_floats(rank: usize, dim: usize, labels: usize) -> usize {
    rank * rank * dim + labels
}

/// The mean of `values`, of which there must be at least one.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Settings and results of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// d, the dimension of the inputs.
    pub dim: usize,
    /// r, the intrinsic dimension of the task.
    pub rank: usize,
    /// M₁, the number of points in the set.
    pub points: usize,
    /// L, the number of readout labels; 0 for a run with phase 1 alone.
    pub labels: usize,
    /// Seed of the run.
    pub seed: u64,
    /// Smallest principal cosine between the points' top r directions and S, in [0, 1].
    pub smallest_cosine: f64,
    /// Mean squared error of a readout that is fitted on real data, with features from the points.
    pub features: f64,
    /// Mean squared error of the student, whose features and readout both come from the set.
    pub student: f64,
    /// Number of numbers that the set stores.
    pub floats: f64,
}

impl Observation {
    /// The ladder that this run belongs to.
    pub fn ladder(&self) -> Ladder {
        Ladder {
            dim: self.dim,
            rank: self.rank,
            labels: self.labels,
            seed: self.seed,
        }
    }
}

/// A group of runs that differ in their number of points only.
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
    /// `[d, r, L]`, which ladders of different seeds share.
    pub fn cell(&self) -> [usize; 3] {
        [self.dim, self.rank, self.labels]
    }
}
