//! The state of a run as a file, from which the same run goes on as if it had never stopped.
//!
//! It is a safetensors file in the precision of the backend, so that a continued run is the
//! uninterrupted one bit for bit. Tensors are `set.PART`, `moments.PART.0` and so on for what the
//! optimiser remembers, `norm_mean` for the running mean of the gradient's norm, `aged.0.0` and so on
//! for the weights of networks that age, and `aged.0.moments.0.0` and so on for what their optimiser
//! remembers; `labels.quadratic` and so on for the system that labels are solved from, which is in
//! double precision on every backend. The rest is JSON under the metadata key `checkpoint`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use burn::tensor::{DType, Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Provenance, State};
use crate::error::{Error, Result};
use crate::inner::label_system::LabelSystem;
use crate::inner::optimiser::Moments;
use crate::inner::train::Trained;
use crate::network::{Layout, Weights};
use crate::objective::{Aged, Memory};
use crate::store::atomic;
use crate::store::tensor_file::{self, Numbers, Problem, Tensors};
use crate::synthetic::{Part, Reference, SyntheticSet};

const KEY: &str = "checkpoint";
const FORMAT: u32 = 3;
const NORM_MEAN: &str = "norm_mean";
const LABEL_SYSTEM: [&str; 3] = ["labels.quadratic", "labels.linear", "labels.constant"];

/// All of a state that is no tensor.
#[derive(Serialize, Deserialize)]
struct Record {
    format: u32,
    provenance: Provenance,
    stage: usize,
    step: usize,
    first_loss: Option<f64>,
    reference: Option<Reference>,
    /// The optimiser's step counts.
    times: BTreeMap<Part, usize>,
    /// The networks that age on the set. Their layout is that of the provenance.
    aged: Vec<AgedRecord>,
}

/// All of an ageing network that is no tensor.
#[derive(Serialize, Deserialize)]
struct AgedRecord {
    age: usize,
    /// Steps that its optimiser has taken; none where it remembers nothing.
    time: Option<usize>,
}

/// Writes a state of that run, at once or not at all.
///
/// # Errors
/// [`Error::Checkpoint`] where a number is not finite, [`Error::Write`] where the file cannot be
/// written, [`Error::Device`] where a tensor cannot be read.
pub fn save<B: Backend>(state: &State<B>, provenance: &Provenance, path: &Path) -> Result<()> {
    let refused = |problem: Problem| refusal(path, format!("it is not written: {problem}"));
    if let Some(loss) = state.first_loss.filter(|loss| !loss.is_finite()) {
        return Err(refused(format!("the stage's first loss is {loss}")));
    }
    let mut tensors = Tensors::new();
    for (part, tensor) in state.set.parts() {
        tensors.insert(set_name(*part), Numbers::of(tensor)?);
    }
    for (part, moments) in &state.moments {
        for (index, tensor) in moments.tensors.iter().enumerate() {
            tensors.insert(moment_name(*part, index), Numbers::of(tensor)?);
        }
    }
    if let Some(mean) = &state.norm_mean {
        tensors.insert(NORM_MEAN.to_owned(), Numbers::of(mean)?);
    }
    for (place, aged) in state.memory.aged.iter().enumerate() {
        for (slot, tensor) in aged.trained.weights.tensors().iter().enumerate() {
            tensors.insert(aged_name(place, slot), Numbers::of(tensor)?);
        }
        for (slot, moments) in aged.trained.moments.iter().enumerate() {
            for (index, tensor) in moments.tensors.iter().enumerate() {
                tensors.insert(aged_moment_name(place, slot, index), Numbers::of(tensor)?);
            }
        }
    }
    if let Some(system) = &state.memory.labels {
        let constant = Array2::from_elem((1, 1), system.constant);
        let matrices = [&system.quadratic, &system.linear, &constant];
        for (name, matrix) in LABEL_SYSTEM.into_iter().zip(matrices) {
            tensors.insert(name.to_owned(), Numbers::of_matrix(matrix));
        }
    }
    let aged = state.memory.aged.iter().map(|aged| AgedRecord {
        age: aged.age,
        time: aged.trained.moments.first().map(|moments| moments.time),
    });
    let times = state.moments.iter();
    let record = Record {
        format: FORMAT,
        provenance: provenance.clone(),
        stage: state.stage,
        step: state.step,
        first_loss: state.first_loss,
        reference: state.set.reference().cloned(),
        times: times.map(|(part, moments)| (*part, moments.time)).collect(),
        aged: aged.collect(),
    };
    let bytes = tensor_file::bytes(KEY, &record, &tensors).map_err(refused)?;
    atomic::write(path, &bytes)
}

/// Reads a state that [`save`] wrote, for the run that is `expected` to go on from it.
///
/// # Errors
/// [`Error::Checkpoint`]: the file cannot be read, is foreign or damaged; it was written by another
/// version, with other settings (the first that differs is named), another seed, other data, another
/// network, or on another backend.
pub fn load<B: Backend>(
    path: &Path,
    expected: &Provenance,
    device: &B::Device,
) -> Result<State<B>> {
    let damaged = |problem: Problem| refusal(path, format!("{problem}; begin a new run"));
    let (record, tensors): (Record, _) = tensor_file::read(path, KEY, FORMAT).map_err(damaged)?;
    let matches = record.provenance.check(expected);
    matches.map_err(|problem| refusal(path, problem))?;

    let double = Tensor::<B, 1>::zeros([1], device).dtype() == DType::F64;
    let of_backend = |(name, numbers): (&String, &Numbers)| {
        LABEL_SYSTEM.contains(&name.as_str()) || numbers.is_double() == double
    };
    if !tensors.iter().all(of_backend) {
        let precision = |double| if double { "double" } else { "single" };
        return Err(refusal(
            path,
            format!(
                "it was written in {} precision, and this backend computes in {}; continue on the \
                 backend it was written on, or begin a new run",
                precision(!double),
                precision(double)
            ),
        ));
    }
    state(record, tensors, device).map_err(damaged)
}

/// The run that wrote a state, whether or not it can be gone on with here.
///
/// # Errors
/// [`Error::Checkpoint`]: the file cannot be read, is foreign or damaged.
pub fn provenance(path: &Path) -> Result<Provenance> {
    let read = tensor_file::read(path, KEY, FORMAT);
    let (record, _): (Record, _) = read.map_err(|problem| refusal(path, problem))?;
    Ok(record.provenance)
}

/// The state that a file's content describes. Every tensor has its place, and its shape there.
fn state<B: Backend>(
    record: Record,
    mut tensors: Tensors,
    device: &B::Device,
) -> Result<State<B>, Problem> {
    let mut set = points(&record, &mut tensors, device)?;
    for part in [Part::StepSizes, Part::Labels] {
        let Some(numbers) = tensors.remove(&set_name(part)) else {
            continue;
        };
        let columns = match part {
            Part::StepSizes => 1,
            _ => set.targets().dims()[1],
        };
        let rows = numbers.shape.first().copied().unwrap_or_default();
        let tensor = shaped(&numbers, [rows, columns], part.name(), device)?;
        set = match (part, record.reference.clone()) {
            (Part::Labels, Some(reference)) => set.with_labels(tensor, reference),
            (Part::Labels, None) => return Err("labels lack their reference".to_owned()),
            _ => set.with(part, tensor),
        };
    }
    if record.reference.is_some() != set.labels().is_some() {
        return Err("a reference lacks its labels".to_owned());
    }
    let mut moments = BTreeMap::new();
    for (part, time) in record.times {
        let shape = set.parts().get(&part).map(Tensor::dims);
        let shape = shape.ok_or_else(|| format!("there are moments of no {}", part.name()))?;
        let mut remembered = Vec::new();
        while let Some(numbers) = tensors.remove(&moment_name(part, remembered.len())) {
            remembered.push(shaped(&numbers, shape, part.name(), device)?);
        }
        let tensors = remembered;
        moments.insert(part, Moments { time, tensors });
    }
    let norm_mean = tensors.remove(NORM_MEAN);
    let norm_mean = norm_mean.map(|numbers| shaped(&numbers, [1], NORM_MEAN, device));
    let norm_mean = norm_mean.transpose()?;
    let layout = Arc::new(record.provenance.network);
    let aged = record.aged.iter().enumerate().map(|(place, record)| {
        Ok(Aged {
            trained: trained(&layout, place, record.time, &mut tensors, device)?,
            age: record.age,
        })
    });
    let aged = aged.collect::<Result<Vec<_>, Problem>>()?;
    let labels = label_system(&set, &mut tensors)?;
    match tensors.keys().next() {
        Some(name) => Err(format!("{name:?} belongs to nothing")),
        None => Ok(State {
            stage: record.stage,
            step: record.step,
            set,
            moments,
            norm_mean,
            memory: Memory {
                aged,
                labels,
                ..Memory::default()
            },
            first_loss: record.first_loss,
        }),
    }
}

fn points<B: Backend>(
    record: &Record,
    tensors: &mut Tensors,
    device: &B::Device,
) -> Result<SyntheticSet<B>, Problem> {
    let mut matrix = |part: Part| {
        let numbers = tensors.remove(&set_name(part));
        numbers
            .and_then(|numbers| numbers.tensor::<B, 2>(device))
            .ok_or_else(|| format!("stage {} has no {}", record.stage + 1, part.name()))
    };
    let (inputs, targets) = (matrix(Part::Inputs)?, matrix(Part::Targets)?);
    let (points, rows) = (inputs.dims()[0], targets.dims()[0]);
    if points != rows {
        return Err(format!("there are {points} inputs and {rows} targets"));
    }
    Ok(SyntheticSet::new(inputs, targets))
}

/// The weights of an ageing network, and what its optimiser remembers after `time` steps.
fn trained<B: Backend>(
    layout: &Arc<Layout>,
    place: usize,
    time: Option<usize>,
    tensors: &mut Tensors,
    device: &B::Device,
) -> Result<Trained<B>, Problem> {
    let (mut weights, mut moments) = (Vec::new(), Vec::new());
    for (index, slot) in layout.slots().iter().enumerate() {
        let lengths = slot.shape.iter();
        let count = lengths.fold(1_usize, |count, &length| count.saturating_mul(length));
        let numbers = tensors.remove(&aged_name(place, index));
        let numbers = numbers.ok_or_else(|| format!("the weights lack {}", slot.name))?;
        weights.push(shaped(&numbers, [count], &slot.name, device)?);
        if let Some(time) = time {
            let mut remembered = Vec::new();
            while let Some(numbers) =
                tensors.remove(&aged_moment_name(place, index, remembered.len()))
            {
                remembered.push(shaped(&numbers, [count], &slot.name, device)?);
            }
            let tensors = remembered;
            moments.push(Moments { time, tensors });
        }
    }
    Ok(Trained {
        weights: Weights::new(layout.clone(), weights),
        moments,
    })
}

/// The system that the set's labels are solved from, where there is one.
fn label_system<B: Backend>(
    set: &SyntheticSet<B>,
    tensors: &mut Tensors,
) -> Result<Option<LabelSystem>, Problem> {
    if !LABEL_SYSTEM.iter().any(|name| tensors.contains_key(*name)) {
        return Ok(None);
    }
    let labels = set.labels().map(|(labels, _)| labels.dims());
    let [count, outputs] = labels.ok_or("a system of labels lacks the labels")?;
    let mut matrix = |name: &str, shape: [usize; 2]| {
        let numbers = tensors.remove(name);
        numbers
            .filter(|numbers| numbers.shape == shape)
            .and_then(|numbers| Array2::from_shape_vec(shape, numbers.doubles()).ok())
            .ok_or_else(|| format!("there is no {name} of shape {shape:?}"))
    };
    let [quadratic, linear, constant] = LABEL_SYSTEM;
    Ok(Some(LabelSystem {
        quadratic: matrix(quadratic, [count, count])?,
        linear: matrix(linear, [count, outputs])?,
        constant: matrix(constant, [1, 1])?.sum(),
    }))
}

fn shaped<B: Backend, const D: usize>(
    numbers: &Numbers,
    shape: [usize; D],
    what: &str,
    device: &B::Device,
) -> Result<Tensor<B, D>, Problem> {
    let tensor = numbers.tensor(device).filter(|_| numbers.shape == shape);
    tensor.ok_or_else(|| {
        format!(
            "a tensor of {what} has shape {:?} where {shape:?} belongs",
            numbers.shape
        )
    })
}

fn set_name(part: Part) -> String {
    format!("set.{}", part.name())
}

fn moment_name(part: Part, index: usize) -> String {
    format!("moments.{}.{index}", part.name())
}

fn aged_name(place: usize, slot: usize) -> String {
    format!("aged.{place}.{slot}")
}

fn aged_moment_name(place: usize, slot: usize, index: usize) -> String {
    format!("aged.{place}.moments.{slot}.{index}")
}

fn refusal(path: &Path, problem: Problem) -> Error {
    Error::Checkpoint {
        path: path.to_owned(),
        problem,
    }
}
