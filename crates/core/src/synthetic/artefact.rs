//! The artefact: a synthetic set as a file that others can use without this program.
//!
//! It is a safetensors file of single-precision tensors:
//!
//! | tensor | shape | |
//! |---|---|---|
//! | `inputs` | `[n, features]` | normalised inputs, class by class |
//! | `targets` | `[n, outputs]` | |
//! | `step_sizes` | `[k]` | optional: positive inner step sizes, one or one a step |
//! | `labels` | `[m, outputs]` | optional: readout labels, whose inputs are [redrawn](super::reference) |
//! | `linear_part` | `[1 + features, outputs]` | optional: α, then β, to be added to predictions |
//! | `whitening.mean` | `[features]` | optional: m of a [`Whitening`](crate::task::Whitening) |
//! | `whitening.matrix` | `[features, features]` | with it: W, symmetric and positive definite |
//!
//! and a [`Manifest`] as JSON under the metadata key `manifest`, with a key `digest` besides: SHA-256 of the
//! description and all tensors, by which damage is noticed.
//!
//! Normalised inputs are x = (raw − mean) / std, with mean and std from the manifest; where there is a
//! whitening, they are (x − m) W after that, and the way back is y W⁻¹ + m, then · std + mean.
//!
//! A reader needs nothing else. The inputs that belong to `labels` are drawn anew by the recipe of
//! [`super::reference`], which needs the points and the manifest's `reference`; another program gets
//! them to rounding and not bit by bit, and that page says why this suffices.

use std::path::Path;

use burn::tensor::{Tensor, TensorData, backend::Backend};
use ndarray::{Array2, Axis, concatenate, s};
use serde::Serialize;

use super::manifest::{LabelKind, TaskRecord};
use super::{Manifest, Part, SyntheticSet, whitening};
use crate::error::{Error, Result};
use crate::numeric::host::numbers;
use crate::store::atomic;
use crate::store::tensor_file::{self, Numbers, Reason, Tensors, Values};
use crate::task::{LinearPart, Task};

const KEY: &str = "manifest";
const LINEAR_PART: &str = "linear_part";

/// A synthetic set with all that is needed to use it.
#[derive(Debug, Clone)]
pub struct Artefact<B: Backend> {
    /// The set.
    pub set: SyntheticSet<B>,
    /// The linear part that the task took off its targets: a prediction is the network's plus this.
    pub linear_part: Option<LinearPart>,
    /// What is said about it.
    pub manifest: Manifest,
}

impl<B: Backend> Artefact<B> {
    /// A set distilled from that task with that seed, and the preset's name where there was one.
    /// `settings` is what there is to say of how: [`crate::run::Settings`], or whatever
    /// describes a run with a network of one's own.
    ///
    /// # Errors
    /// [`Error::Mismatch`]: the set is not of the task's shape, or has not the same number of points
    /// for each class.
    pub fn new(
        set: SyntheticSet<B>,
        task: &Task,
        settings: &impl Serialize,
        seed: u64,
        preset: Option<&str>,
    ) -> Result<Self> {
        let unfit = |problem: String| Error::Mismatch(format!("no artefact: {problem}"));
        let settings = serde_json::to_value(settings)
            .map_err(|error| unfit(format!("the settings are no JSON ({error})")))?;
        let artefact = Self {
            manifest: Manifest {
                format: Manifest::FORMAT,
                retort: env!("CARGO_PKG_VERSION").to_owned(),
                preset: preset.map(str::to_owned),
                seed,
                task: TaskRecord::of(task),
                normalisation: task.normalisation.clone(),
                labels: LabelKind::of(&task.target, &numbers(&set.targets())?),
                reference: set.reference().cloned(),
                settings,
            },
            linear_part: task.linear_part.clone(),
            set,
        };
        check(&artefact.tensors()?, &artefact.manifest).map_err(unfit)?;
        Ok(artefact)
    }

    /// Writes the file, at once or not at all. Equal artefacts give equal bytes. Numbers are rounded
    /// to single precision.
    ///
    /// # Errors
    /// [`Error::Artefact`] where a number is not finite, [`Error::Write`] where the file cannot be
    /// written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let tensors = self.tensors()?;
        let bytes = check(&tensors, &self.manifest)
            .and_then(|()| tensor_file::bytes(KEY, &self.manifest, &tensors))
            .map_err(|problem| unusable(path, problem))?;
        atomic::write(path, &bytes)
    }

    /// Reads a file that [`Artefact::save`] wrote: the same values, but for step sizes, which the
    /// set keeps as logarithms and which may differ in their last bit.
    ///
    /// # Errors
    /// [`Error::Artefact`]: the file cannot be read, is foreign, damaged or of another format, or
    /// its tensors contradict its manifest.
    pub fn load(path: &Path, device: &B::Device) -> Result<Self> {
        let (mut manifest, mut tensors) = read(path)?;
        whitening::take(&mut tensors, &mut manifest).map_err(|problem| refused(path, problem))?;
        let matrix = |part: Part| {
            tensors
                .get(part.name())
                .and_then(|numbers| numbers.tensor::<B, 2>(device))
        };
        let (Some(inputs), Some(targets)) = (matrix(Part::Inputs), matrix(Part::Targets)) else {
            return Err(refused(path, "it has no points".to_owned()));
        };
        let mut set = SyntheticSet::new(inputs, targets);
        if let Some(sizes) = tensors.get(Part::StepSizes.name()) {
            let logarithms: Vec<f64> = sizes.doubles().into_iter().map(f64::ln).collect();
            let data = TensorData::new(logarithms, [sizes.shape[0], 1]);
            set = set.with(Part::StepSizes, Tensor::from_data(data, device));
        }
        if let Some((labels, reference)) = matrix(Part::Labels).zip(manifest.reference.clone()) {
            set = set.with_labels(labels, reference);
        }
        Ok(Self {
            set,
            linear_part: tensors.get(LINEAR_PART).and_then(linear_part),
            manifest,
        })
    }

    /// Numbers that the set stands for, as the memory account of an evaluation counts them: the file
    /// spells hard labels out as one-hot rows, but each of them is one number.
    pub fn floats(&self) -> usize {
        self.manifest.labels.floats(&self.set)
            + self.linear_part.as_ref().map_or(0, LinearPart::floats)
    }

    /// The file's tensors.
    fn tensors(&self) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        for (part, tensor) in self.set.parts() {
            let mut numbers = Numbers::of(tensor)?;
            if *part == Part::StepSizes {
                let sizes: Vec<f64> = numbers.doubles().into_iter().map(f64::exp).collect();
                numbers = Numbers {
                    shape: vec![sizes.len()],
                    values: Values::Double(sizes),
                };
            }
            tensors.insert(part.name().to_owned(), numbers.single());
        }
        if let Some(part) = &self.linear_part {
            let intercept = part.intercept.view().insert_axis(Axis(0));
            let rows = concatenate(Axis(0), &[intercept, part.slope.view()])
                .map_err(|error| Error::Mismatch(format!("the linear part: {error}")))?;
            let numbers = Numbers {
                shape: rows.shape().to_vec(),
                values: Values::Single(rows.iter().copied().collect()),
            };
            tensors.insert(LINEAR_PART.to_owned(), numbers);
        }
        if let Some(whitening) = &self.manifest.normalisation.whitening {
            tensors.extend(whitening::tensors(whitening));
        }
        Ok(tensors)
    }
}

/// The points `[n, features]` of a file that [`Artefact::save`] wrote, as they are stored: normalised, and in
/// double precision.
///
/// # Errors
/// Those of [`Artefact::load`].
pub fn points_of(path: &Path) -> Result<Array2<f64>> {
    let (_, tensors) = read(path)?;
    let matrix = |numbers: &Numbers| {
        let [rows, columns] = numbers.shape[..] else {
            return None;
        };
        Array2::from_shape_vec((rows, columns), numbers.doubles()).ok()
    };
    let points = tensors.get(Part::Inputs.name()).and_then(matrix);
    points.ok_or_else(|| refused(path, "it has no points".to_owned()))
}

/// The manifest and the tensors of a file, checked.
fn read(path: &Path) -> Result<(Manifest, Tensors)> {
    let (manifest, tensors) =
        tensor_file::read(path, KEY, Manifest::FORMAT).map_err(|problem| refused(path, problem))?;
    check(&tensors, &manifest).map_err(|problem| refused(path, problem))?;
    Ok((manifest, tensors))
}

fn refused(path: &Path, problem: Reason) -> Error {
    unusable(
        path,
        format!("{problem}; give a synthetic.safetensors that `distill` wrote"),
    )
}

fn unusable(path: &Path, problem: Reason) -> Error {
    Error::Artefact {
        path: path.to_owned(),
        problem,
    }
}

fn linear_part(numbers: &Numbers) -> Option<LinearPart> {
    let Values::Single(values) = &numbers.values else {
        return None;
    };
    let [rows, columns] = numbers.shape[..] else {
        return None;
    };
    let rows = Array2::from_shape_vec((rows, columns), values.clone()).ok()?;
    Some(LinearPart {
        intercept: rows.row(0).to_owned(),
        slope: rows.slice(s![1.., ..]).to_owned(),
    })
}

/// Refuses tensors that the manifest does not describe.
fn check(tensors: &Tensors, manifest: &Manifest) -> Result<(), Reason> {
    manifest.check()?;
    let (features, outputs) = (manifest.task.features(), manifest.task.outputs);
    let points = tensors
        .get(Part::Inputs.name())
        .and_then(|inputs| inputs.shape.first().copied());
    for (name, numbers) in tensors {
        let rows = numbers.shape.first().copied().unwrap_or(1);
        let expected = match name.as_str() {
            "inputs" => [points, features],
            "targets" => [points, Some(outputs)],
            "labels" => [Some(rows), Some(outputs)],
            "linear_part" => [features.and_then(|d| d.checked_add(1)), Some(outputs)],
            "step_sizes" => [Some(rows), None],
            whitening::MEAN => [features, None],
            whitening::MATRIX => [features, features],
            _ => return Err(format!("{name:?} is no tensor of a synthetic set")),
        };
        let expected: Vec<usize> = expected.into_iter().flatten().collect();
        if numbers.shape != expected || numbers.is_double() {
            return Err(format!(
                "{name:?} has shape {:?}, and single-precision numbers of shape {expected:?} belong there",
                numbers.shape
            ));
        }
    }
    let Some(targets) = tensors
        .get(Part::Targets.name())
        .filter(|_| points.is_some())
    else {
        return Err("it has no points: `inputs` and `targets` are needed".to_owned());
    };
    manifest.check_targets(&targets.doubles())?;
    if tensors.contains_key(Part::Labels.name()) != manifest.reference.is_some() {
        return Err("readout labels and the way their inputs are drawn go together".to_owned());
    }
    whitening::check(tensors, manifest)?;
    match tensors.get(Part::StepSizes.name()) {
        Some(sizes) if !sizes.doubles().iter().all(|size| *size > 0.0) => {
            Err("a step size is not positive".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::wording::told;
    use burn_flex::Flex;
    use serde_json::{Value, json};

    /// A description of two points of shape 1×2×2 in two classes.
    fn manifest() -> Value {
        json!({
            "format": 1, "retort": "0.1.0", "preset": null, "seed": 1,
            "task": {
                "name": "t", "fingerprint": "ab", "inputs": [1, 2, 2], "outputs": 2,
                "target": {"classes": ["a", "b"]},
            },
            "normalisation": {
                "inputs": {"mean": [0.5], "std": [0.25]}, "targets": {"mean": [], "std": []},
                "whitening": null,
            },
            "labels": "hard", "reference": null, "settings": {},
        })
    }

    fn tensors() -> Tensors {
        let matrix = |values: &[f32]| Numbers {
            shape: vec![2, values.len() / 2],
            values: Values::Single(values.to_vec()),
        };
        Tensors::from([
            ("inputs".to_owned(), matrix(&[0.5; 8])),
            ("targets".to_owned(), matrix(&[1.0, 0.0, 0.0, 1.0])),
        ])
    }

    /// What loading a well-sealed file with this content says.
    fn load(manifest: &Value, tensors: &Tensors) -> Result<Artefact<Flex>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("set");
        // The seal is over the description as this version understands it.
        let bytes = match serde_json::from_value::<Manifest>(manifest.clone()) {
            Ok(manifest) => tensor_file::bytes(KEY, &manifest, tensors),
            Err(_) => tensor_file::bytes(KEY, manifest, tensors),
        };
        std::fs::write(&file, bytes.unwrap()).unwrap();
        Artefact::load(&file, &Default::default())
    }

    #[test]
    fn a_description_that_contradicts_its_tensors_or_itself_is_refused() {
        load(&manifest(), &tensors()).unwrap();
        let huge = u64::MAX;
        for (place, value) in [
            ("/format", json!(2)),
            ("/task/inputs", json!([1, 2, 3])),
            ("/task/inputs", json!([huge, huge, 2])),
            ("/task/inputs", json!(0)),
            ("/task/outputs", json!(3)),
            ("/task/target", json!({"values": ["a", "b"]})),
            ("/labels", json!("firm")),
            ("/normalisation/inputs/std", json!([0.0])),
            ("/normalisation/inputs/std", json!([1e300])),
            ("/normalisation/inputs/mean", json!([1.0, 2.0, 3.0])),
            ("/normalisation/whitening", json!({"penalty": 0.1})),
            ("/normalisation/whitening", json!({"penalty": 0.0})),
            ("/reference", json!({"seed": 1, "rank": 2})),
            ("/reference", json!({"seed": 1, "rank": 0})),
            ("/seed", json!(-1)),
        ] {
            let mut manifest = manifest();
            *manifest.pointer_mut(place).unwrap() = value;
            let error = load(&manifest, &tensors()).unwrap_err();
            assert!(matches!(error, Error::Artefact { .. }), "{place}: {error}");
            told(error);
        }
    }

    #[test]
    fn tensors_that_the_description_has_no_place_for_are_refused() {
        let numbers = |shape: &[usize], value: f32| Numbers {
            shape: shape.to_vec(),
            values: Values::Single(vec![value; shape.iter().product()]),
        };
        let double = Numbers {
            shape: vec![2, 4],
            values: Values::Double(vec![0.5; 8]),
        };
        for (name, numbers, seen) in [
            ("inputs", numbers(&[2, 5], 0.0), "[2, 5]"),
            ("inputs", numbers(&[], 0.0), "[]"),
            ("inputs", double, "\"inputs\""),
            ("targets", numbers(&[3, 2], 0.5), "[3, 2]"),
            ("targets", numbers(&[2, 2], 0.5), ""),
            ("step_sizes", numbers(&[2, 1], 0.1), "[2, 1]"),
            ("step_sizes", numbers(&[], 0.1), "[]"),
            ("step_sizes", numbers(&[2], -0.1), ""),
            ("labels", numbers(&[4, 2], 0.1), ""),
            ("linear_part", numbers(&[4, 2], 0.1), "[5, 2]"),
            ("whitening.mean", numbers(&[4], 0.1), ""),
            ("whitening.mean", numbers(&[4, 1], 0.1), "[4, 1]"),
            ("whitening.matrix", numbers(&[4, 4], 0.1), ""),
            ("whitening.matrix", numbers(&[4, 3], 0.1), "[4, 3]"),
            ("weights", numbers(&[4], 0.1), "\"weights\""),
        ] {
            let mut tensors = tensors();
            tensors.insert(name.to_owned(), numbers);
            let error = load(&manifest(), &tensors).unwrap_err();
            assert!(matches!(error, Error::Artefact { .. }), "{name}: {error}");
            let message = told(error);
            assert!(message.contains(seen), "{name}: {message}");
        }
        for name in ["inputs", "targets"] {
            let mut tensors = tensors();
            tensors.remove(name);
            assert!(load(&manifest(), &tensors).is_err(), "{name}");
        }
    }
}
