//! The memory law: what runs over dimensions d, ranks r and numbers of points say of the claim that
//! memory of order r²d + L is enough (theory.md, arXiv 2603.14830).
//!
//! ```text
//!   threshold   for each d, r and seed, the fewest points that span S and teach its features
//!   power       the thresholds as a power of r and of d, with confidence intervals
//!   collapse    the student's error against memory: curves of different d, as they are and over r²d + L
//!   labels      the student's error against L
//! ```

mod collapse;
mod labels;
mod power;
mod threshold;

use serde::{Deserialize, Serialize};

use crate::seed::Seed;

pub use collapse::{Collapse, Curve, collapse};
pub use labels::{LabelCurve, label_curves};
pub use power::{Exponent, PowerLaw, fit};
pub use threshold::{COSINE, FLOOR, Threshold, thresholds};

/// r²d + L, the order of the numbers that are enough (arXiv 2603.14830).
pub fn theory_floats(rank: usize, dim: usize, labels: usize) -> usize {
    rank * rank * dim + labels
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

/// All that runs say of the law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemoryLaw {
    /// The runs.
    pub observations: Vec<Observation>,
    /// The fewest points that are enough, by d, r and seed.
    pub thresholds: Vec<Threshold>,
    /// Those as a power of r and of d, where there are enough of them.
    pub power_law: Option<PowerLaw>,
    /// The student's error against memory.
    pub collapse: Collapse,
    /// The student's error against L.
    pub label_curves: Vec<LabelCurve>,
}

/// What these runs say. Randomness, of the intervals, comes from `seed`.
pub fn memory_law(observations: Vec<Observation>, seed: &Seed) -> MemoryLaw {
    let thresholds = thresholds(&observations);
    MemoryLaw {
        power_law: fit(&thresholds, seed),
        collapse: collapse(&observations),
        label_curves: label_curves(&observations),
        thresholds,
        observations,
    }
}
