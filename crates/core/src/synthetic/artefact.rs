//! The artefact: a synthetic set as a file that can be used without this program.
//!
//! It is a safetensors file with tensors in single precision:
//!
//! | tensor | shape | |
//! |---|---|---|
//! | `inputs` | `[n, features]` | normalised inputs, class by class |
//! | `targets` | `[n, outputs]` | |
//! | `step_sizes` | `[k]` | optional: positive inner step sizes; one for all steps, or one per step |
//! | `labels` | `[m, outputs]` | optional: readout labels; their inputs are [drawn again](super::reference) |
//! | `linear_part` | `[1 + features, outputs]` | optional: α, then β, to be added to predictions |
//! | `whitening.mean` | `[features]` | optional: m of a [`Whitening`](crate::task::Whitening) |
//! | `whitening.matrix` | `[features, features]` | with the mean: W, symmetric and positive definite |
//!
//! The metadata key `manifest` has a [`Manifest`] as JSON. It also has a field `digest`, the first 128 bits
//! of the SHA-256 of the description and all tensors, which reveals damage.
//!
//! Normalised inputs are x = (raw − mean) / std, with mean and std from the manifest. With a whitening, the
//! inputs are y = (x − m) W. To undo this, compute x = y W⁻¹ + m and raw = x · std + mean.
//!
//! A reader needs nothing else. The inputs that belong to `labels` are drawn again by the recipe of
//! [`super::reference`], from the points and the manifest's `reference`. Another program gets them up to
//! rounding, not bit for bit. That page says why this is enough.

use std::path::Path;

use burn::tensor::{Tensor, TensorData, backend::Backend};
use ndarray::{Array2, Axis, concatenate, s};
use serde::Serialize;

use super::foreign::names::{MANIFEST as KEY, without_manifest};
use super::manifest::{LabelKind, TaskRecord};
use super::{Manifest, Part, SyntheticSet, whitening};
use crate::error::{Error, Result};
use crate::store::atomic;
use crate::store::tensor_file::{self, Numbers, Reason, Tensors, Values};
use crate::task::{LinearPart, Task};

const LINEAR_PART: &str = "linear_part";

/// A synthetic set with everything that is needed to use it.
#[derive(Debug, Clone)]
pub struct Artefact<B: Backend> {
    /// The set.
    pub set: SyntheticSet<B>,
    /// The linear part that the task subtracted from its targets. A prediction is the network's output plus
    /// this part.
    pub linear_part: Option<LinearPart>,
    /// The description of the set.
    pub manifest: Manifest,
}

impl<B: Backend> Artefact<B> {
    /// An artefact of a set that was distilled from this task with this seed, and with this preset if
    /// there was one. `settings` describes how: [`crate::run::Settings`], or a struct that describes a run
    /// with a network of your own.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the set does not have the task's shapes or points of each
    /// class, if a number or a setting is not valid for the file, or if the settings cannot be written as
    /// JSON. [`Error::Device`] if the device cannot be read.
    pub fn new(
        set: SyntheticSet<B>,
        task: &Task,
        settings: &impl Serialize,
        seed: u64,
        preset: Option<&str>,
    ) -> Result<Self> {
        let unfit = |problem: String| Error::Mismatch(format!("no artefact: {problem}"));
        let settings = serde_json::to_value(settings)
            .map_err(|error| unfit(format!("the settings cannot be written as JSON ({error})")))?;
        let artefact = Self {
            manifest: Manifest {
                format: Manifest::FORMAT,
                retort: env!("CARGO_PKG_VERSION").to_owned(),
                preset: preset.map(str::to_owned),
                seed,
                task: TaskRecord::of(task),
                normalisation: task.normalisation.clone(),
                labels: LabelKind::of(&task.target, &set)?,
                arrangement: set.arrangement().clone(),
                reference: set.reference().cloned(),
                settings,
            },
            linear_part: task.linear_part.clone(),
            set,
        };
        check(&artefact.tensors()?, &artefact.manifest).map_err(unfit)?;
        Ok(artefact)
    }

    /// Writes the file atomically, with numbers rounded to single precision. Equal artefacts give equal
    /// bytes.
    ///
    /// # Errors
    /// [`Error::Artefact`] if a number is not finite or the artefact contradicts itself, [`Error::Write`] if
    /// the file cannot be written, [`Error::Device`] if the device cannot be read.
    pub fn save(&self, path: &Path) -> Result<()> {
        let tensors = self.tensors()?;
        let bytes = check(&tensors, &self.manifest)
            .and_then(|()| tensor_file::bytes(KEY, &self.manifest, &tensors))
            .map_err(|problem| unusable(path, problem))?;
        atomic::write(path, &bytes)
    }

    /// Reads a file that [`Artefact::save`] wrote. The values are the same, except that step sizes may differ
    /// in their last bit, because the set stores their logarithms.
    ///
    /// # Errors
    /// [`Error::Artefact`] if the file cannot be read, is not an artefact, is damaged or has another format,
    /// or if its tensors contradict its manifest.
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
        let mut set = SyntheticSet::new(inputs, targets).arranged(manifest.arrangement.clone());
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

    /// Count of numbers in the set and the linear part, as an evaluation counts memory: a hard label counts
    /// as one number, although the file stores a one-hot row.
    pub fn floats(&self) -> usize {
        self.manifest.labels.floats(&self.set)
            + self.linear_part.as_ref().map_or(0, LinearPart::floats)
    }

    /// The tensors of the file.
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

/// Reads the points' inputs `[n, features]` from a file that [`Artefact::save`] wrote: normalised, as stored,
/// and converted to double precision.
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

/// Reads and checks the manifest and the tensors of a file.
fn read(path: &Path) -> Result<(Manifest, Tensors)> {
    if let Some(problem) = without_manifest(path) {
        return Err(unusable(path, problem));
    }
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

/// Checks the manifest, and that the tensors are those that it describes.
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
            _ => return Err(format!("a synthetic set has no tensor {name:?}")),
        };
        let expected: Vec<usize> = expected.into_iter().flatten().collect();
        if numbers.shape != expected || numbers.is_double() {
            return Err(format!(
                "{name:?} has shape {:?}, but must have shape {expected:?} and single precision",
                numbers.shape
            ));
        }
    }
    let Some(targets) = tensors
        .get(Part::Targets.name())
        .filter(|_| points.is_some())
    else {
        return Err("it has no points: it must have `inputs` and `targets`".to_owned());
    };
    manifest.check_targets(&targets.doubles())?;
    if tensors.contains_key(Part::Labels.name()) != manifest.reference.is_some() {
        return Err(
            "`labels` and the manifest's `reference` need each other, and one is missing"
                .to_owned(),
        );
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

    /// The manifest of two points of shape 1×2×2 in two classes.
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

    /// Loads a file with this content and a valid digest.
    fn load(manifest: &Value, tensors: &Tensors) -> Result<Artefact<Flex>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("set");
        // The digest is over the description as this version of the program reads it.
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
