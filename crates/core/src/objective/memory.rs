//! What an objective remembers between outer steps.

use burn::tensor::{Tensor, backend::Backend};

use crate::inner::label_system::LabelSystem;
use crate::inner::train::Trained;

/// The state of an objective: a value that can be stored, and what can be computed again from the set.
#[derive(Debug, Clone)]
pub struct Memory<B: Backend> {
    /// The networks that age on the synthetic set: as many as the objective has, none before its first
    /// step.
    pub aged: Vec<Aged<B>>,
    /// The reference inputs of the readout labels, `[labels, features]`, where the objective does not
    /// move the points that they follow from. Not stored.
    pub references: Option<Tensor<B, 2>>,
    /// The squared error as a function of the readout labels, summed over the fresh networks seen so far,
    /// where those labels are solved for.
    pub labels: Option<LabelSystem>,
}

impl<B: Backend> Default for Memory<B> {
    fn default() -> Self {
        Self {
            aged: Vec::new(),
            references: None,
            labels: None,
        }
    }
}

/// A network that has been trained for a while.
#[derive(Debug, Clone)]
pub struct Aged<B: Backend> {
    /// Its weights, and what its optimiser remembers of them.
    pub trained: Trained<B>,
    /// How old it is, in whatever the objective counts.
    pub age: usize,
}
