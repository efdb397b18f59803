//! Baselines: training sets that are not distilled, with as many rows of each class as the
//! distilled set.
//!
//! A baseline is one file here and one line in [`BASELINES`]. A program can add its own in
//! [`Evaluator`](super::Evaluator).

mod agglomerative;
mod by_class;
mod clustered;
mod contract;
mod herding;
mod k_center;
mod k_means;
mod random_real;
mod registry;

pub use agglomerative::Agglomerative;
pub use contract::{Baseline, Chosen};
pub use herding::{Herding, herding};
pub use k_center::{KCenter, k_center};
pub use k_means::KMeans;
pub use random_real::RandomReal;
pub use registry::BASELINES;
