//! What a network's parameters are called, and their shapes.

use serde::{Deserialize, Serialize};

/// Name and shape of one parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Path of the parameter in its module, such as `hidden.weight`. Of an enum of modules the variant
    /// is left away.
    pub name: String,
    /// Shape of the parameter in its module.
    pub shape: Vec<usize>,
}

impl Slot {
    /// Whether it is a weight matrix or a convolution's kernel, the last axis of which belongs to output
    /// neurons. What is added to numbers or multiplies them one by one, as biases and the scales
    /// and shifts of normalisations do, is a vector, however many axes those numbers have.
    pub fn is_matrix(&self) -> bool {
        self.shape.len() > 1
    }
}

/// Names and shapes of a network's parameters, in visiting order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layout(Vec<Slot>);

impl Layout {
    /// A layout of these slots.
    pub(super) fn new(slots: Vec<Slot>) -> Self {
        Self(slots)
    }

    /// One slot a parameter.
    pub fn slots(&self) -> &[Slot] {
        &self.0
    }

    /// Place of the parameter of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|slot| slot.name == name)
    }

    /// How many numbers the weights hold.
    pub fn floats(&self) -> usize {
        self.0
            .iter()
            .map(|slot| slot.shape.iter().product::<usize>())
            .sum()
    }
}
