//! The list of baselines.

use super::{Agglomerative, Baseline, Herding, KCenter, KMeans, RandomReal};

/// The baselines of every evaluation, in the order of their scores. Protocols add scores of their own,
/// such as `full`, which is trained on all real data.
pub const BASELINES: &[&dyn Baseline] = &[&RandomReal, &Herding, &KCenter, &KMeans, &Agglomerative];
