//! What the points are moved by.
//!
//! A method compares what real data does to a network with what the synthetic set does to it. Each is one
//! file: its settings, what it says of itself ([`Method`]), and what it computes on a backend
//! ([`Objective`]): a loss and its gradient with respect to the set, at one outer step. What it keeps
//! from step to step goes in and comes out as an [`ObjectiveState`], values under names of its
//! choosing, which checkpoints store. The library's own use nothing that a method of one's own cannot
//! use (`examples/own_objective.rs`).

mod aged;
mod contract;
pub mod distance;
mod distribution_matching;
mod gradient_matching;
pub mod group;
pub mod inner_training;
mod kernel_regression;
mod method;
mod performance_matching;
mod readout_matching;
mod registry;
mod state;
mod trajectory_matching;

pub use aged::Aged;
pub use contract::{Context, Objective, OuterGradient};
pub use distance::Distance;
pub use distribution_matching::DistributionMatching;
pub use gradient_matching::GradientMatching;
pub use inner_training::StepSizes;
pub use kernel_regression::KernelRegression;
pub use method::{Method, Trouble, check_learn, table};
pub use performance_matching::{PerformanceMatching, WindowPlace};
pub use readout_matching::ReadoutMatching;
pub use registry::{ObjectiveSettings, register};
pub use state::{ObjectiveState, Value};
pub use trajectory_matching::TrajectoryMatching;
