//! The objectives that settings can name: one line each.

use burn::tensor::backend::Backend;

use super::{
    DistributionMatching, GradientMatching, Objective, PerformanceMatching, ReadoutMatching,
};
use crate::settings::kinds;

kinds! {
    /// An objective by its `objective.kind`.
    pub enum ObjectiveSettings in "objective" {
        "gradient-matching" => GradientMatching(GradientMatching),
        "distribution-matching" => DistributionMatching(DistributionMatching),
        "performance-matching" => PerformanceMatching(PerformanceMatching),
        "readout-matching" => ReadoutMatching(ReadoutMatching),
    }
    each(self, objective) {
        /// The settings as an objective.
        pub fn objective<B: Backend>(&self) -> &dyn Objective<B>
    } => objective;
}
