//! What the points are moved by.
//!
//! An objective compares what real data does to a network with what the synthetic set does to it.
//! It is checked hyper-parameters and nothing else: what it must remember from step to step goes in
//! and comes out as a [`Memory`]; it touches no optimiser, file, clock or global randomness, and
//! leaves networks as they are.

mod contract;
pub mod distance;
mod distribution_matching;
mod gradient_matching;
mod group;
mod inner_training;
mod kernel_regression;
mod memory;
mod performance_matching;
mod readout_matching;
mod registry;
mod trajectory_matching;

use contract::check_learn;
pub use contract::{Objective, Scene, Signal};
pub use distance::Distance;
pub use distribution_matching::DistributionMatching;
pub use gradient_matching::GradientMatching;
pub use inner_training::StepSizes;
pub use kernel_regression::KernelRegression;
pub use memory::{Aged, Memory};
pub use performance_matching::{PerformanceMatching, WindowPlace};
pub use readout_matching::ReadoutMatching;
pub use registry::ObjectiveSettings;
pub use trajectory_matching::TrajectoryMatching;
