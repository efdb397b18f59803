//! The memory account: numbers stored, against those of the data and the model they stand for.

use burn::tensor::backend::Backend;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::trial::Trial;
use crate::error::Result;
use crate::law::theory_floats;
use crate::numeric::host::numbers;
use crate::synthetic::LabelKind;
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
    /// r²d + L, the order of the theory's bound (theory.md): r the dimension of the principal
    /// subspace, d that of an input, L the neurons of the layer that the feature step moves. Only
    /// where the task knows its subspace and the network has such a layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theory_floats: Option<usize>,
}

impl MemoryAccount {
    pub(super) fn of<B: Backend>(trial: &Trial<'_, B>) -> Result<Self> {
        let task = trial.task.task;
        let kind = LabelKind::of(&task.target, &numbers(&trial.set.targets())?);
        let linear_part = task.linear_part.as_ref().map_or(0, LinearPart::floats);
        let layout = trial.network.layout();
        let layer = trial.network.feature_layer();
        let neurons = layer.and_then(|layer| layout.slots().get(layer.weight)?.shape.get(1));
        let theory = |(basis, neurons): (&Array2<f32>, &usize)| {
            let (inputs, rank) = basis.dim();
            theory_floats(rank, inputs, *neurons)
        };
        Ok(Self {
            floats: kind.floats(trial.set) + linear_part,
            real_floats: task.train_floats(),
            model_floats: layout.floats(),
            theory_floats: task.subspace.as_ref().zip(neurons).map(theory),
        })
    }
}
