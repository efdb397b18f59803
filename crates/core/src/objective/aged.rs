//! Ageing networks, which an objective keeps and trains a little between two outer steps.

use std::sync::Arc;

use burn::tensor::backend::Backend;

use super::ObjectiveState;
use crate::error::{Error, Result};
use crate::inner::optimiser::Moments;
use crate::inner::train::Trained;
use crate::network::{Layout, Weights};

/// An ageing network in the state of an objective.
#[derive(Debug, Clone)]
pub struct Aged<B: Backend> {
    /// Its weights and optimiser moments.
    pub trained: Trained<B>,
    /// Its age, in a unit that the objective chooses.
    pub age: usize,
}

fn age_name(name: &str) -> String {
    format!("{name}.age")
}

fn time_name(name: &str) -> String {
    format!("{name}.time")
}

fn weight_name(name: &str, slot: usize) -> String {
    format!("{name}.{slot}")
}

fn moment_name(name: &str, slot: usize, index: usize) -> String {
    format!("{name}.moments.{slot}.{index}")
}

impl<B: Backend> Aged<B> {
    /// Stores the network in the state, as values whose names begin with `name`.
    pub fn put(self, name: &str, state: &mut ObjectiveState<B>) {
        state.put_count(age_name(name), self.age);
        if let Some(moments) = self.trained.moments.first() {
            state.put_count(time_name(name), moments.time);
        }
        for (slot, moments) in self.trained.moments.into_iter().enumerate() {
            for (index, tensor) in moments.tensors.into_iter().enumerate() {
                state.put_vector(moment_name(name, slot, index), tensor);
            }
        }
        for (slot, tensor) in self.trained.weights.tensors().iter().enumerate() {
            state.put_vector(weight_name(name, slot), tensor.clone());
        }
    }

    /// Removes the network stored under `name` from the state and returns it. Returns `None` if there is
    /// none.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if a tensor of this layout is missing or has another length.
    pub fn take(
        name: &str,
        layout: &Arc<Layout>,
        state: &mut ObjectiveState<B>,
    ) -> Result<Option<Self>> {
        let Some(age) = state.take_count(&age_name(name))? else {
            return Ok(None);
        };
        let time = state.take_count(&time_name(name))?;
        let (mut weights, mut moments) = (Vec::new(), Vec::new());
        for (index, slot) in layout.slots().iter().enumerate() {
            let lengths = slot.shape.iter();
            let count = lengths.fold(1_usize, |count, &length| count.saturating_mul(length));
            let mut vector = |name: &str| match state.take_vector(name)? {
                Some(vector) if vector.dims() != [count] => Err(Error::Mismatch(format!(
                    "the objective keeps {} numbers as {name:?} instead of {count}",
                    vector.dims()[0]
                ))),
                found => Ok(found),
            };
            let weight = vector(&weight_name(name, index))?;
            weights.push(weight.ok_or_else(|| {
                Error::Mismatch(format!("the network kept as {name:?} has no {}", slot.name))
            })?);
            let Some(time) = time else {
                continue;
            };
            let mut tensors = Vec::new();
            while let Some(tensor) = vector(&moment_name(name, index, tensors.len()))? {
                tensors.push(tensor);
            }
            moments.push(Moments { time, tensors });
        }
        Ok(Some(Self {
            trained: Trained {
                weights: Weights::new(layout.clone(), weights),
                moments,
            },
            age,
        }))
    }
}
