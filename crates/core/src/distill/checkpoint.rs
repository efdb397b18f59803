//! Checkpoints: the state of a run as a file, from which the same run continues.
//!
//! A checkpoint is a safetensors file in the precision of the backend, so a continued run has the same
//! bits as an uninterrupted one. Its tensors are:
//!
//! - `set.PART`: the parts of the set;
//! - `moments.PART.0` and so on: the optimiser's moments of each part;
//! - `norm_mean`: the running mean of the gradient's norm;
//! - `objective.NAME`: a tensor that the objective keeps under NAME;
//! - `objective_double.NAME`: the same for a matrix that is in double precision on every backend.
//!
//! The rest is JSON under the metadata key `checkpoint`.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::{DType, Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Provenance, State};
use crate::error::{Error, Result};
use crate::inner::optimiser::Moments;
use crate::objective::{ObjectiveState, Value};
use crate::store::atomic;
use crate::store::tensor_file::{self, Numbers, Reason, Tensors};
use crate::synthetic::{Arrangement, Part, Reference, SyntheticSet};

const KEY: &str = "checkpoint";
const FORMAT: u32 = 4;
const NORM_MEAN: &str = "norm_mean";
const KEPT: &str = "objective.";
const KEPT_DOUBLE: &str = "objective_double.";

/// The part of a checkpoint that is not tensors.
#[derive(Serialize, Deserialize)]
struct Record {
    format: u32,
    provenance: Provenance,
    stage: usize,
    step: usize,
    first_loss: Option<f64>,
    /// Empty in the checkpoints of earlier versions.
    #[serde(default)]
    arrangement: Arrangement,
    reference: Option<Reference>,
    /// The optimiser's number of steps, for each part.
    times: BTreeMap<Part, usize>,
    /// The counts that the objective keeps, by name.
    counts: BTreeMap<String, usize>,
}

/// Writes a state of the run with this provenance. The write is atomic.
///
/// # Errors
/// [`Error::Checkpoint`] if a number is not finite, [`Error::Write`] if the file cannot be written,
/// [`Error::Device`] if a tensor cannot be read.
pub fn save<B: Backend>(state: &State<B>, provenance: &Provenance, path: &Path) -> Result<()> {
    let refused = |problem: Reason| refusal(path, format!("it was not written: {problem}"));
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
    let mut counts = BTreeMap::new();
    for (name, value) in state.objective.iter() {
        let (key, numbers) = match value {
            Value::Vector(tensor) => (format!("{KEPT}{name}"), Numbers::of(tensor)?),
            Value::Matrix(tensor) => (format!("{KEPT}{name}"), Numbers::of(tensor)?),
            Value::Double(matrix) => (format!("{KEPT_DOUBLE}{name}"), Numbers::of_matrix(matrix)),
            Value::Count(count) => {
                counts.insert(name.to_owned(), *count);
                continue;
            }
            Value::Derived(_) => continue,
        };
        if numbers.shape.contains(&0) {
            return Err(refused(format!(
                "the objective keeps {name:?}, which is empty"
            )));
        }
        tensors.insert(key, numbers);
    }
    let times = state.moments.iter();
    let record = Record {
        format: FORMAT,
        provenance: provenance.clone(),
        stage: state.stage,
        step: state.step,
        first_loss: state.first_loss,
        arrangement: state.set.arrangement().clone(),
        reference: state.set.reference().cloned(),
        times: times.map(|(part, moments)| (*part, moments.time)).collect(),
        counts,
    };
    let bytes = tensor_file::bytes(KEY, &record, &tensors).map_err(refused)?;
    atomic::write(path, &bytes)
}

/// Reads a state that [`save`] wrote, to continue the run with the provenance `expected`.
///
/// # Errors
/// [`Error::Checkpoint`] if the file cannot be read, is damaged or is no checkpoint; or if it was written
/// by another version, with other settings (the first difference is named), another seed, other data,
/// another network, or on another backend.
pub fn load<B: Backend>(
    path: &Path,
    expected: &Provenance,
    device: &B::Device,
) -> Result<State<B>> {
    let damaged = |problem: Reason| refusal(path, format!("{problem}; begin a new run"));
    let (record, tensors): (Record, _) = tensor_file::read(path, KEY, FORMAT).map_err(damaged)?;
    let matches = record.provenance.check(expected);
    matches.map_err(|problem| refusal(path, problem))?;

    let double = Tensor::<B, 1>::zeros([1], device).dtype() == DType::F64;
    let of_backend = |(name, numbers): (&String, &Numbers)| {
        name.starts_with(KEPT_DOUBLE) || numbers.is_double() == double
    };
    if !tensors.iter().all(of_backend) {
        let precision = |double| if double { "double" } else { "single" };
        return Err(refusal(
            path,
            format!(
                "it was written in {} precision, but this backend computes in {}; continue on the \
                 backend it was written on, or begin a new run",
                precision(!double),
                precision(double)
            ),
        ));
    }
    state(record, tensors, device).map_err(damaged)
}

/// Reads the provenance of the run that wrote a checkpoint. The run need not be one that can continue
/// here.
///
/// # Errors
/// [`Error::Checkpoint`] if the file cannot be read, is damaged or is no checkpoint.
pub fn provenance(path: &Path) -> Result<Provenance> {
    let read = tensor_file::read(path, KEY, FORMAT);
    let (record, _): (Record, _) = read.map_err(|problem| refusal(path, problem))?;
    Ok(record.provenance)
}

/// Builds the state from a file's content. Every tensor must have a known name and the right shape.
fn state<B: Backend>(
    record: Record,
    mut tensors: Tensors,
    device: &B::Device,
) -> Result<State<B>, Reason> {
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
            (Part::Labels, None) => {
                return Err("it has labels but no reference inputs for them".to_owned());
            }
            _ => set.with(part, tensor),
        };
    }
    if record.reference.is_some() != set.labels().is_some() {
        return Err("it has reference inputs but no labels for them".to_owned());
    }
    let mut moments = BTreeMap::new();
    for (part, time) in record.times {
        let shape = set.parts().get(&part).map(Tensor::dims);
        let shape =
            shape.ok_or_else(|| format!("it has moments of {0} but no {0}", part.name()))?;
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
    let objective = kept(record.counts, &mut tensors, device)?;
    match tensors.keys().next() {
        Some(name) => Err(format!("it has an unknown tensor {name:?}")),
        None => Ok(State {
            stage: record.stage,
            step: record.step,
            set,
            moments,
            norm_mean,
            objective,
            first_loss: record.first_loss,
        }),
    }
}

fn points<B: Backend>(
    record: &Record,
    tensors: &mut Tensors,
    device: &B::Device,
) -> Result<SyntheticSet<B>, Reason> {
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
    let arrangement = record.arrangement.clone();
    match arrangement.problem(points, arrangement.counts.len()) {
        Some(problem) => Err(problem),
        None => Ok(SyntheticSet::new(inputs, targets).arranged(arrangement)),
    }
}

/// The state that the objective keeps.
fn kept<B: Backend>(
    counts: BTreeMap<String, usize>,
    tensors: &mut Tensors,
    device: &B::Device,
) -> Result<ObjectiveState<B>, Reason> {
    let mut state = ObjectiveState::default();
    for (name, count) in counts {
        state.put_count(name, count);
    }
    let names: Vec<String> = tensors.keys().cloned().collect();
    for key in names {
        let (double, name) = match (key.strip_prefix(KEPT_DOUBLE), key.strip_prefix(KEPT)) {
            (Some(name), _) => (true, name),
            (None, Some(name)) => (false, name),
            (None, None) => continue,
        };
        if state.contains(name) {
            return Err(format!("{name:?} is there twice"));
        }
        let Some(numbers) = tensors.remove(&key) else {
            continue;
        };
        let is_put = match (double, numbers.shape.as_slice()) {
            (true, &[rows, columns]) => {
                let matrix = Array2::from_shape_vec((rows, columns), numbers.doubles());
                matrix.map(|matrix| state.put_double(name, matrix)).is_ok()
            }
            (false, [_]) => {
                let vector = numbers.tensor(device);
                vector
                    .map(|vector| state.put_vector(name, vector))
                    .is_some()
            }
            (false, [_, _]) => {
                let matrix = numbers.tensor(device);
                matrix
                    .map(|matrix| state.put_matrix(name, matrix))
                    .is_some()
            }
            _ => false,
        };
        if !is_put {
            return Err(format!("{key:?} is neither a vector nor a matrix"));
        }
    }
    Ok(state)
}

fn shaped<B: Backend, const D: usize>(
    numbers: &Numbers,
    shape: [usize; D],
    what: &str,
    device: &B::Device,
) -> Result<Tensor<B, D>, Reason> {
    let tensor = numbers.tensor(device).filter(|_| numbers.shape == shape);
    tensor.ok_or_else(|| {
        format!(
            "a tensor of {what} has shape {:?} instead of {shape:?}",
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

fn refusal(path: &Path, problem: Reason) -> Error {
    Error::Checkpoint {
        path: path.to_owned(),
        problem,
    }
}
