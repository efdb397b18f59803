//! The objectives that settings can name: one line each.

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;

use super::Objective;
use crate::settings::kinds;
use crate::synthetic::Part;

kinds! {
    /// An objective by its `objective.kind`.
    pub enum ObjectiveSettings in "objective" {
        "gradient-matching" => GradientMatching(super::gradient_matching::GradientMatching),
        "distribution-matching" => DistributionMatching(super::distribution_matching::DistributionMatching),
        "performance-matching" => PerformanceMatching(super::performance_matching::PerformanceMatching),
        "trajectory-matching" => TrajectoryMatching(super::trajectory_matching::TrajectoryMatching),
        "kernel-regression" => KernelRegression(super::kernel_regression::KernelRegression),
        "readout-matching" => ReadoutMatching(super::readout_matching::ReadoutMatching),
    }
    each(self, objective) {
        /// The settings as an objective.
        pub fn objective<B: Backend>(&self) -> &dyn Objective<B>
    } => objective;
    each(self, objective) {
        /// The parts of the set that this objective changes: its setting `learn`.
        pub fn learned(&self) -> &BTreeSet<Part>
    } => &objective.learn;
}
