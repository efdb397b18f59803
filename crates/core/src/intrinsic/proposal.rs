//! A proposal for the size of a distilled set.

use serde::{Deserialize, Serialize};

use super::estimate::Intrinsic;
use crate::law::theory_floats;
use crate::task::{LinearPart, Task};

/// The proposed size of a distilled set, by `docs/theory.md`: 2r² points, the same number of each class,
/// and L readout labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// M₁ = 2r̂², rounded up to a multiple of the number of classes.
    pub points: usize,
    /// L, the network's width.
    pub labels: usize,
    /// Number of numbers that the set stores: M₁(d + outputs) + L · outputs, and the linear part.
    pub floats: usize,
    /// r̂²d + L.
    pub theory_floats: usize,
    /// Number of numbers in the training part, divided by `floats`.
    pub less_than_data: f64,
    /// Number of the network's weights, divided by `floats`.
    pub less_than_model: f64,
}

impl Proposal {
    /// Returns cautions for the user: as many points as the inputs have dimensions can learn sampling noise,
    /// which few points cannot (`docs/theory.md`); and more than two points give better features.
    pub fn cautions(&self, task: &Task) -> Vec<&'static str> {
        let is_one = self.points == 2;
        let is_many = self.points >= task.inputs.len();
        let one = is_one.then_some(
            "the theory proposes two points for one direction; twice as many gave better features in the runs of the \
             memory law",
        );
        let many = is_many.then_some(
            "as many points as the inputs have dimensions can learn sampling noise instead of the weakest direction: \
             a lower distill.learning_rate, such as 0.01, prevents this",
        );
        one.into_iter().chain(many).collect()
    }
}

impl Intrinsic {
    /// Returns the proposal for a network with this width and number of weights, or `None` if no direction
    /// was found.
    pub fn proposal(&self, task: &Task, width: usize, weights: usize) -> Option<Proposal> {
        if self.rank == 0 {
            return None;
        }
        let points = 2 * self.rank * self.rank;
        let points = points.next_multiple_of(task.target.classes().unwrap_or(1).max(1));
        let (inputs, outputs) = (task.inputs.len(), task.target.len());
        let linear = task.linear_part.as_ref().map_or(0, LinearPart::floats);
        let floats = points * (inputs + outputs) + width * outputs + linear;
        Some(Proposal {
            points,
            labels: width,
            floats,
            theory_floats: theory_floats(self.rank, inputs, width),
            less_than_data: task.train_floats() as f64 / floats as f64,
            less_than_model: weights as f64 / floats as f64,
        })
    }
}
