//! Objectives: ways to compare real data and the synthetic set through a network.
//!
//! Each objective is one file. It has settings with a description ([`Method`]), and it computes a loss and
//! its gradient with respect to the set, for one outer step on a backend ([`Objective`]). The state that it
//! keeps between steps is an [`ObjectiveState`]: named values, which checkpoints store. An objective outside
//! of the library can use everything that those of the library use (`examples/own_objective.rs`).

mod aged;
mod average;
mod averaged;
mod contract;
pub mod distance;
mod distribution_matching;
mod gradient_matching;
pub mod group;
pub mod inner_training;
mod kernel_inducing_points;
mod kernel_regression;
mod kernel_width;
mod method;
mod neighbour_compression;
mod performance_matching;
mod readout_matching;
mod registry;
mod row_noise;
mod state;
mod trajectory_matching;
mod unknown;

pub use aged::Aged;
pub use average::{Average, Member};
pub use contract::{Context, Objective, OuterGradient};
pub use distance::Distance;
pub use distribution_matching::DistributionMatching;
pub use gradient_matching::GradientMatching;
pub use inner_training::StepSizes;
pub use kernel_inducing_points::{KernelInducingPoints, KernelLoss};
pub use kernel_regression::KernelRegression;
pub use method::{Method, Trouble, check_learn, section};
pub use neighbour_compression::NeighbourCompression;
pub use performance_matching::{PerformanceMatching, WindowPlace};
pub use readout_matching::ReadoutMatching;
pub use registry::{ObjectiveSettings, has_own, register};
pub use row_noise::RowNoise;
pub use state::{ObjectiveState, Value};
pub use trajectory_matching::TrajectoryMatching;
