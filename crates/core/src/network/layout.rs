//! The names and shapes of a network's parameters.

use serde::{Deserialize, Serialize};

/// Name and shape of one parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Path of the parameter in its module, such as `hidden.weight`. If a module is an enum, the path
    /// omits the name of the variant.
    pub name: String,
    /// Shape of the parameter in its module.
    pub shape: Vec<usize>,
}

impl Slot {
    /// Whether the parameter is a weight matrix or a convolution kernel, with the output neurons on its last
    /// axis. A parameter that scales or shifts numbers one by one, such as a bias, is stored as a vector
    /// even if those numbers have several axes.
    pub fn is_matrix(&self) -> bool {
        self.shape.len() > 1
    }
}

/// Names and shapes of a network's parameters, in the order in which Burn visits them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layout(Vec<Slot>);

impl Layout {
    /// A layout of these slots.
    pub(super) fn new(slots: Vec<Slot>) -> Self {
        Self(slots)
    }

    /// The slots, one for each parameter.
    pub fn slots(&self) -> &[Slot] {
        &self.0
    }

    /// Index of the slot with this name, or `None` if no parameter has it.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|slot| slot.name == name)
    }

    /// Count of numbers in all parameters.
    pub fn floats(&self) -> usize {
        self.0
            .iter()
            .map(|slot| slot.shape.iter().product::<usize>())
            .sum()
    }
}
