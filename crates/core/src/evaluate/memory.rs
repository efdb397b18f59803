//! The memory account: numbers stored, against those of the data and the model they stand for.

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::Arena;
use crate::error::Result;
use crate::host::matrix;
use crate::task::LinearPart;

/// Numbers stored. A class label that is not learned counts as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryAccount {
    /// Of the distilled set: inputs, targets, step sizes, readout labels and the linear part.
    pub floats: usize,
    /// Of the training part.
    pub real_floats: usize,
    /// Of the network's weights.
    pub model_floats: usize,
}

impl MemoryAccount {
    pub(super) fn of<B: Backend>(arena: &Arena<'_, B>) -> Result<Self> {
        let task = arena.task.task;
        let target_floats = if task.target.classes().is_some() {
            1
        } else {
            task.target.len()
        };
        let [points, outputs] = arena.set.targets().dims();
        let saved = if hard(&arena.set.targets())? {
            points * (outputs - 1)
        } else {
            0
        };
        let linear_part = task.linear_part.as_ref().map_or(0, LinearPart::floats);
        Ok(Self {
            floats: arena.set.floats() - saved + linear_part,
            real_floats: task.train.len() * (task.inputs.len() + target_floats),
            model_floats: arena.network.layout().floats(),
        })
    }
}

/// Whether every row of targets is one-hot.
fn hard<B: Backend>(targets: &Tensor<B, 2>) -> Result<bool> {
    let targets = matrix(targets)?;
    Ok(targets.ncols() > 1
        && targets.rows().into_iter().all(|row| {
            row.iter().filter(|&&v| v == 1.0).count() == 1
                && row.iter().filter(|&&v| v == 0.0).count() == row.len() - 1
        }))
}
