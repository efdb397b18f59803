//! What an objective remembers between outer steps.

use burn::tensor::{Tensor, backend::Backend};

use crate::network::Weights;

/// The state of an objective: a value that can be stored, and what can be computed again from the set.
#[derive(Debug, Clone)]
pub struct Memory<B: Backend> {
    /// The network that ages on the synthetic set, where the objective has one.
    pub aged: Option<Aged<B>>,
    /// The reference inputs of the readout labels, `[labels, features]`, where the objective does not
    /// move the points that they follow from. Not stored.
    pub references: Option<Tensor<B, 2>>,
}

impl<B: Backend> Default for Memory<B> {
    fn default() -> Self {
        Self {
            aged: None,
            references: None,
        }
    }
}

/// A network that has been trained for a while.
#[derive(Debug, Clone)]
pub struct Aged<B: Backend> {
    /// Its weights.
    pub weights: Weights<B>,
    /// Outer steps it has served.
    pub age: usize,
}
