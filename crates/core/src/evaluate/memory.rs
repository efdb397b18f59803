//! The memory account: how many numbers the set stores, compared with the data and the model.

use burn::tensor::backend::Backend;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::trial::Trial;
use crate::error::Result;
use crate::law::theory_floats;
use crate::synthetic::LabelKind;
use crate::task::LinearPart;

/// Counts of stored numbers. A class label that is not learned counts as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryAccount {
    /// Numbers of the distilled set: inputs, targets, step sizes, readout labels and the linear part.
    pub floats: usize,
    /// Numbers of the training part.
    pub real_floats: usize,
    /// Numbers of the network's weights.
    pub model_floats: usize,
    /// r²d + L, the order of the bound in `docs/theory.md`: r is the dimension of the principal subspace,
    /// d that of an input, L the number of neurons in the layer that the feature step moves. `None` if the
    /// task does not know its subspace or the network has no such layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theory_floats: Option<usize>,
}

impl MemoryAccount {
    pub(super) fn of<B: Backend>(trial: &Trial<'_, B>) -> Result<Self> {
        let task = trial.task.task;
        let kind = LabelKind::of(&task.target, trial.set)?;
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
