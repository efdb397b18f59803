//! The baselines of every evaluation.

use super::{Baseline, Herding, KCenter, RandomReal};

/// The baselines of every evaluation, in the order of their scores. Protocols add what they alone compare
/// with, such as `full`, which is trained on all real data.
pub const BASELINES: &[&dyn Baseline] = &[&RandomReal, &Herding, &KCenter];
