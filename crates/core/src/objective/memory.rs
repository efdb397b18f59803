//! What an objective remembers between outer steps.

use burn::tensor::backend::Backend;

use crate::network::Weights;

/// The state of an objective: a value that can be stored.
#[derive(Debug, Clone)]
pub struct Memory<B: Backend> {
    /// The network that ages on the synthetic set, where the objective has one.
    pub aged: Option<Aged<B>>,
}

impl<B: Backend> Default for Memory<B> {
    fn default() -> Self {
        Self { aged: None }
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
