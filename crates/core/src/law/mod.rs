//! The memory law: what runs over dimensions d, ranks r and numbers of points say of the claim that
//! memory of order r²d + L is enough (theory.md, arXiv 2603.14830).
//!
//! ```text
//!   threshold   for each d, r and seed, the fewest points that span S and teach its features
//!   power       the thresholds as a power of r and of d, with confidence intervals
//!   collapse    the student's error against memory: curves of different d, as they are and over r²d + L
//! ```

mod collapse;
mod power;
mod threshold;

use serde::{Deserialize, Serialize};

pub use collapse::{Collapse, Curve, collapse};
pub use power::{Exponent, PowerLaw, fit};
pub use threshold::{COSINE, FLOOR, Threshold, thresholds};

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
