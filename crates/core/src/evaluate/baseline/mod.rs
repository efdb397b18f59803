//! Baselines: training sets that are not distilled, with as many rows as the distilled set.
//!
//! A baseline is one file here and one line in [`BASELINES`]. A program can add its own in
//! [`Evaluator`](super::Evaluator).

mod by_class;
mod contract;
mod herding;
mod k_center;
mod random_real;
mod registry;

pub use contract::{Baseline, Chosen};
pub use herding::{Herding, herding};
pub use k_center::{KCenter, k_center};
pub use random_real::RandomReal;
pub use registry::BASELINES;
