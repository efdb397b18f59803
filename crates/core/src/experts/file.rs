//! The file of one expert after one epoch: its weights and its identity.
//!
//! It is a safetensors file in the precision of the backend that trained the expert. Tensors are named `0`,
//! `1` and so on; they are flat, in the order of the network's layout. The rest is JSON under the metadata
//! key `expert`.

use std::path::Path;
use std::sync::Arc;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::identity::{Difference, Identity};
use crate::network::{Layout, Weights};
use crate::store::atomic;
use crate::store::tensor_file::{self, Numbers, Reason, Tensors};

const KEY: &str = "expert";
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Record {
    format: u32,
    identity: Identity,
    expert: usize,
    epoch: usize,
}

/// The expert and the epoch of a file, both counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub expert: usize,
    pub epoch: usize,
}

/// Writes the weights of an expert. The write is atomic.
pub(super) fn save<B: Backend>(
    weights: &Weights<B>,
    identity: &Identity,
    place: Place,
    path: &Path,
) -> Result<()> {
    let mut tensors = Tensors::new();
    for (slot, tensor) in weights.tensors().iter().enumerate() {
        tensors.insert(slot.to_string(), Numbers::of(tensor)?);
    }
    let record = Record {
        format: FORMAT,
        identity: identity.clone(),
        expert: place.expert,
        epoch: place.epoch,
    };
    let bytes = tensor_file::bytes(KEY, &record, &tensors).map_err(|problem| {
        let problem =
            format!("it was not written: {problem}; lower objective.experts.learning_rate");
        refusal(path, problem)
    })?;
    atomic::write(path, &bytes)
}

/// Reads the weights of an expert, which must have been recorded with this identity.
pub(super) fn load<B: Backend>(
    identity: &Identity,
    layout: &Arc<Layout>,
    place: Place,
    path: &Path,
    device: &B::Device,
) -> Result<Weights<B>> {
    let damaged = |problem: Reason| {
        refusal(
            path,
            format!("{problem}; remove the file, and it is recorded again"),
        )
    };
    let (record, mut tensors): (Record, _) =
        tensor_file::read(path, KEY, FORMAT).map_err(damaged)?;
    check(&record.identity, identity).map_err(|problem| {
        let remedy = "name another folder in objective.experts.path";
        refusal(path, format!("{problem}; {remedy}"))
    })?;
    if (record.expert, record.epoch) != (place.expert, place.epoch) {
        let found = format!("it is epoch {} of expert {}", record.epoch, record.expert);
        return Err(damaged(found));
    }
    let read = |slot: usize| {
        let count = layout.slots()[slot].shape.iter().product::<usize>();
        let numbers = tensors.remove(&slot.to_string());
        let numbers = numbers.filter(|numbers| numbers.shape == [count]);
        numbers
            .and_then(|numbers| numbers.tensor(device))
            .ok_or_else(|| damaged(format!("it does not have {}", layout.slots()[slot].name)))
    };
    let weights = (0..layout.slots().len()).map(read).collect::<Result<_>>()?;
    Ok(Weights::new(layout.clone(), weights))
}

/// Refuses a file with another identity.
fn check(then: &Identity, now: &Identity) -> Result<(), Reason> {
    match then.difference(now) {
        None => Ok(()),
        Some(difference @ Difference::Data(..)) => Err(format!(
            "{difference}: without task.split_seed, runs with another seed train on other rows"
        )),
        // Settings of the network and the augmentation have their sections' names, those of the experts none.
        Some(Difference::Setting(key, was, is)) if !key.contains('.') => {
            let key = format!("objective.experts.{key}");
            Err(Difference::Setting(key, was, is).to_string())
        }
        Some(difference) => Err(difference.to_string()),
    }
}

pub(super) fn refusal(path: &Path, problem: Reason) -> Error {
    Error::Expert {
        path: path.to_owned(),
        problem,
    }
}
