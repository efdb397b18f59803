//! Points and labels for a number of directions.

use serde::{Deserialize, Serialize};

use super::estimate::Intrinsic;
use crate::law::theory_floats;
use crate::task::{LinearPart, Task};

/// What a distilled set should have, by theory.md: 2r² points, of which every class has as many, and L labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// 2r̂², or the next multiple of the number of classes.
    pub points: usize,
    /// L, the network's width.
    pub labels: usize,
    /// Numbers that the set stores: M₁(d + outputs) + L · outputs, and the linear part.
    pub floats: usize,
    /// r̂²d + L.
    pub theory_floats: usize,
    /// How many times the training part's numbers are those of `floats`.
    pub less_than_data: f64,
    /// How many times the network's weights are those.
    pub less_than_model: f64,
}

impl Proposal {
    /// What is good to know of the proposal: that points as many as the inputs' dimensions can learn sampling
    /// noise, which few cannot (theory.md), and that two points teach features that more would still better.
    pub fn cautions(&self, task: &Task) -> Vec<&'static str> {
        let is_one = self.points == 2;
        let is_many = self.points >= task.inputs.len();
        let one = is_one.then_some(
            "two points are what the theory has for one direction; twice as many made for better features in the memory \
             law's runs",
        );
        let many = is_many.then_some(
            "as many points as the inputs have dimensions can learn sampling noise in place of the weakest direction: \
             a lower distill.learning_rate, such as 0.01, keeps them from it",
        );
        one.into_iter().chain(many).collect()
    }
}

impl Intrinsic {
    /// What that many directions take in a network of that width and number of weights; none where no
    /// direction was found.
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
