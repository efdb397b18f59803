//! What an artefact says about itself.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::{Reference, SyntheticSet};
use crate::settings::Check;
use crate::shape::InputShape;
use crate::store::tensor_file::Reason;
use crate::task::{Columns, Normalisation, Target, Task};

/// The description in an artefact's metadata: with it, a reader needs nothing but the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the file's layout: [`Manifest::FORMAT`].
    pub format: u32,
    /// Version of Retort that wrote the file.
    pub retort: String,
    /// Name of the preset it was made with, where there was one.
    pub preset: Option<String>,
    /// Seed of the run.
    pub seed: u64,
    /// What was distilled.
    pub task: TaskRecord,
    /// How raw data became rows: inputs in the file are normalised, and so are real-valued targets.
    /// Of a whitening, the JSON has the penalty only; its numbers are tensors of the file.
    pub normalisation: Normalisation,
    /// Kind of the points' targets.
    pub labels: LabelKind,
    /// How the inputs of the readout labels are drawn, where there are readout labels.
    pub reference: Option<Reference>,
    /// The resolved settings of the run.
    pub settings: serde_json::Value,
}

/// What an artefact says about its task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// Name of the task.
    pub name: String,
    /// Digest of its data, see [`Task::fingerprint`].
    pub fingerprint: String,
    /// Shape of an input row.
    pub inputs: InputShape,
    /// Length of a target row.
    pub outputs: usize,
    /// Meaning of a target row, with the names of classes or values.
    pub target: Target,
}

/// Kind of the points' targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelKind {
    /// One-hot rows, the same number of each class, class by class.
    Hard,
    /// A real number a class.
    Soft,
    /// Values of a regression.
    Real,
}

impl TaskRecord {
    /// What is kept of a task.
    pub fn of(task: &Task) -> Self {
        Self {
            name: task.name.clone(),
            fingerprint: task.fingerprint(),
            inputs: task.inputs,
            outputs: task.target.len(),
            target: task.target.clone(),
        }
    }

    /// Numbers in an input row; none where the shape is empty or beyond counting.
    pub(super) fn features(&self) -> Option<usize> {
        let sides = match &self.inputs {
            InputShape::Vector(features) => std::slice::from_ref(features),
            InputShape::Picture(sides) => sides.as_slice(),
        };
        sides
            .iter()
            .try_fold(1_usize, |product, &side| product.checked_mul(side))
            .filter(|&features| features > 0)
    }
}

impl LabelKind {
    /// The kind of these targets, `[n, outputs]` row by row.
    pub fn of(target: &Target, targets: &[f64]) -> Self {
        match target {
            Target::Values(_) => Self::Real,
            Target::Classes(names) if is_class_major(targets, names.len()) => Self::Hard,
            Target::Classes(_) => Self::Soft,
        }
    }

    /// Numbers that a set with targets of this kind stores: a hard label is one, the others are as
    /// many as an output has.
    pub fn floats<B: Backend>(self, set: &SyntheticSet<B>) -> usize {
        let [points, outputs] = set.targets().dims();
        match self {
            Self::Hard => set.floats() - points * (outputs - 1),
            Self::Soft | Self::Real => set.floats(),
        }
    }
}

impl Manifest {
    /// The layout that this version writes and reads.
    pub const FORMAT: u32 = 1;

    /// Refuses a description that contradicts itself.
    pub(super) fn check(&self) -> Result<(), Reason> {
        let task = &self.task;
        let features = task.features().ok_or_else(|| {
            format!(
                "inputs of shape {:?} hold no countable numbers",
                task.inputs
            )
        })?;
        if task.outputs == 0 || task.outputs != task.target.len() {
            let names = task.target.len();
            return Err(format!("{} outputs have {names} names", task.outputs));
        }
        let columns = &self.normalisation;
        check_columns(&columns.inputs, features, "inputs")?;
        check_columns(&columns.targets, task.outputs, "targets")?;
        if let Some(whitening) = &columns.whitening
            && !(whitening.penalty > 0.0 && whitening.penalty.is_finite())
        {
            let penalty = whitening.penalty;
            return Err(format!("a whitening with the penalty {penalty} cannot be"));
        }
        match (&self.labels, &task.target) {
            (LabelKind::Real, Target::Values(_))
            | (LabelKind::Hard | LabelKind::Soft, Target::Classes(_)) => {}
            (labels, target) => return Err(format!("{labels:?} labels do not suit {target:?}")),
        }
        match &self.reference {
            Some(reference) => reference
                .settings
                .check()
                .map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }

    /// Refuses targets `[n, outputs]` that are not of the kind said.
    pub(super) fn check_targets(&self, targets: &[f64]) -> Result<(), Reason> {
        let outputs = self.task.outputs;
        let points = targets.len() / outputs.max(1);
        if let Some(classes) = self.task.target.classes()
            && !points.is_multiple_of(classes)
        {
            return Err(format!(
                "{points} points are not the same number for each of {classes} classes"
            ));
        }
        if self.labels == LabelKind::Hard && !is_class_major(targets, outputs) {
            return Err("its targets are not one-hot rows, class by class".to_owned());
        }
        Ok(())
    }
}

fn check_columns(columns: &Columns, width: usize, what: &str) -> Result<(), Reason> {
    let (mean, std) = (&columns.mean, &columns.std);
    let fits = mean.is_empty() || (mean.len() <= width && width.is_multiple_of(mean.len()));
    let sane = mean.iter().all(|m| m.is_finite()) && std.iter().all(|s| s.is_finite() && *s > 0.0);
    if mean.len() == std.len() && fits && sane {
        return Ok(());
    }
    Err(format!(
        "the normalisation of {what} ({} means, {} deviations) cannot belong to rows of {width}",
        mean.len(),
        std.len()
    ))
}

/// Whether rows are one-hot, the same number of each class, class by class.
fn is_class_major(targets: &[f64], classes: usize) -> bool {
    let points = targets.len() / classes.max(1);
    points > 0
        && points.is_multiple_of(classes)
        && targets
            .chunks_exact(classes)
            .enumerate()
            .all(|(point, row)| {
                let class = point / (points / classes);
                let expected = |place| if place == class { 1.0 } else { 0.0 };
                row.iter()
                    .enumerate()
                    .all(|(place, &v)| v == expected(place))
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_labels_are_one_hot_and_class_major() {
        let classes = Target::Classes(vec!["a".to_owned(), "b".to_owned()]);
        let kind = |targets: &[f64]| LabelKind::of(&classes, targets);
        assert_eq!(kind(&[1.0, 0.0, 0.0, 1.0]), LabelKind::Hard);
        assert_eq!(kind(&[0.0, 1.0, 1.0, 0.0]), LabelKind::Soft);
        assert_eq!(kind(&[1.0, 0.0, 0.1, 0.9]), LabelKind::Soft);
        assert_eq!(kind(&[1.0, 0.0]), LabelKind::Soft);
        let value = Target::Values(vec!["y".to_owned()]);
        assert_eq!(LabelKind::of(&value, &[1.0, 0.0]), LabelKind::Real);
    }
}
