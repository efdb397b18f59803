//! The manifest: the description of an artefact.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::{Arrangement, Reference, SyntheticSet};
use crate::numeric::host::numbers;
use crate::settings::Check;
use crate::shape::InputShape;
use crate::store::tensor_file::Reason;
use crate::task::{Columns, Normalisation, TableSchema, Target, Task};

/// The description in an artefact's metadata. With it, a reader needs only the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the file's layout, see [`Manifest::FORMAT`].
    pub format: u32,
    /// Version of Retort that wrote the file.
    pub retort: String,
    /// Name of the preset, if the run had one.
    pub preset: Option<String>,
    /// Seed of the run.
    pub seed: u64,
    /// The task that was distilled.
    pub task: TaskRecord,
    /// How raw data became rows. Inputs and real-valued targets in the file are normalised. The JSON has
    /// only the penalty of a whitening; its other numbers are tensors of the file.
    pub normalisation: Normalisation,
    /// Kind of the points' targets.
    pub labels: LabelKind,
    /// How many points each class has, and which prefixes are sets of their own.
    #[serde(flatten)]
    pub arrangement: Arrangement,
    /// How the inputs of the readout labels are drawn, if there are readout labels.
    pub reference: Option<Reference>,
    /// The resolved settings of the run.
    pub settings: serde_json::Value,
}

/// The description of a task in an artefact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// Name of the task.
    pub name: String,
    /// Digest of the task's data, see [`Task::fingerprint`].
    pub fingerprint: String,
    /// Shape of an input row.
    pub inputs: InputShape,
    /// Length of a target row.
    pub outputs: usize,
    /// Kind of the targets, with the names of classes or values.
    pub target: Target,
    /// The columns of a table: how rows are encoded, and points decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<TableSchema>,
}

/// Kind of the points' targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelKind {
    /// One-hot rows, class by class.
    Hard,
    /// A real number for each class.
    Soft,
    /// Values of a regression.
    Real,
}

impl TaskRecord {
    /// The description of a task.
    pub fn of(task: &Task) -> Self {
        Self {
            name: task.name.clone(),
            fingerprint: task.fingerprint(),
            inputs: task.inputs,
            outputs: task.target.len(),
            target: task.target.clone(),
            columns: task.columns.clone(),
        }
    }

    /// A sentence about classes that the set and a task of as many call differently, or `None` if there are none.
    pub fn renamed_classes(&self, task: &Task) -> Option<String> {
        let [own, other] = [&self.target, &task.target].map(Target::class_names);
        if own.len() != other.len() {
            return None;
        }
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            let these = these.iter().filter(|name| !those.contains(name));
            these.take(5).map(|name| format!("{name:?}")).collect()
        };
        let [was, is] = [only(own, other), only(other, own)].map(|names| names.join(", "));
        let is_renamed = !was.is_empty();
        is_renamed.then(|| format!("the classes {was} of the set are called {is} in the data"))
    }

    /// Count of numbers in an input row, or `None` if it is 0 or too large for a `usize`.
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
    /// The kind of the set's targets.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn of<B: Backend>(target: &Target, set: &SyntheticSet<B>) -> Result<Self, crate::Error> {
        Ok(Self::arranged(
            target,
            &numbers(&set.targets())?,
            set.arrangement(),
        ))
    }

    /// The kind of these targets `[n, outputs]`, given row by row.
    fn arranged(target: &Target, targets: &[f64], arrangement: &Arrangement) -> Self {
        match target {
            Target::Values(_) => Self::Real,
            Target::Classes(names) if is_class_major(targets, names.len(), arrangement) => {
                Self::Hard
            }
            Target::Classes(_) => Self::Soft,
        }
    }

    /// Count of numbers in a set with targets of this kind. A hard label counts as one number, any other
    /// target as the length of its row.
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

    /// Checks that the description does not contradict itself.
    pub(super) fn check(&self) -> Result<(), Reason> {
        let task = &self.task;
        let features = task.features().ok_or_else(|| {
            format!(
                "inputs of shape {:?} have no numbers, or too many",
                task.inputs
            )
        })?;
        if task.outputs == 0 || task.outputs != task.target.len() {
            let names = task.target.len();
            return Err(format!(
                "it has {} outputs, but {names} names for them",
                task.outputs
            ));
        }
        if let Some(schema) = &task.columns {
            schema.check(features)?;
        }
        let columns = &self.normalisation;
        check_columns(&columns.inputs, features, "inputs")?;
        check_columns(&columns.targets, task.outputs, "targets")?;
        if let Some(whitening) = &columns.whitening
            && !(whitening.penalty > 0.0 && whitening.penalty.is_finite())
        {
            let penalty = whitening.penalty;
            return Err(format!(
                "the penalty of the whitening is {penalty}, but must be positive and finite"
            ));
        }
        match (&self.labels, &task.target) {
            (LabelKind::Real, Target::Values(_))
            | (LabelKind::Hard | LabelKind::Soft, Target::Classes(_)) => {}
            (labels, target) => return Err(format!("{labels:?} labels do not fit {target:?}")),
        }
        match &self.reference {
            Some(reference) => reference
                .settings
                .check()
                .map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }

    /// Checks that targets `[n, outputs]` are of the kind that the manifest says.
    pub(super) fn check_targets(&self, targets: &[f64]) -> Result<(), Reason> {
        let outputs = self.task.outputs;
        let points = targets.len() / outputs.max(1);
        let classes = self.task.target.classes().unwrap_or(0);
        if let Some(problem) = self.arrangement.problem(points, classes) {
            return Err(problem);
        }
        if self.labels == LabelKind::Hard && !is_class_major(targets, outputs, &self.arrangement) {
            return Err(
                "the manifest says hard labels, but the targets are not one-hot rows in the order of the classes".to_owned(),
            );
        }
        Ok(())
    }
}

fn check_columns(columns: &Columns, width: usize, what: &str) -> Result<(), Reason> {
    let (mean, std) = (&columns.mean, &columns.std);
    let fits = mean.is_empty() || (mean.len() <= width && width.is_multiple_of(mean.len()));
    let sane = mean.iter().all(|m| m.is_finite()) && std.iter().all(|s| s.is_finite() && *s > 0.0);
    let sane =
        sane && columns.rest.len() <= mean.len() && columns.rest.iter().all(|m| m.is_finite());
    if mean.len() == std.len() && fits && sane {
        return Ok(());
    }
    Err(format!(
        "the normalisation of {what} ({} means, {} deviations) does not fit rows of {width} numbers",
        mean.len(),
        std.len()
    ))
}

/// Whether rows are one-hot, class by class, in the numbers of the arrangement.
fn is_class_major(targets: &[f64], classes: usize, arrangement: &Arrangement) -> bool {
    let points = targets.len() / classes.max(1);
    let counts = arrangement.counts(points, classes);
    let expected = counts.iter().enumerate().flat_map(|(class, &count)| {
        let row = move |place| if place == class { 1.0 } else { 0.0 };
        (0..count).flat_map(move |_| (0..classes).map(row))
    });
    points > 0 && counts.iter().sum::<usize>() == points && expected.eq(targets.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_labels_are_one_hot_and_class_major() {
        let classes = Target::Classes(vec!["a".to_owned(), "b".to_owned()]);
        let none = Arrangement::default();
        let kind = |targets: &[f64]| LabelKind::arranged(&classes, targets, &none);
        assert_eq!(kind(&[1.0, 0.0, 0.0, 1.0]), LabelKind::Hard);
        assert_eq!(kind(&[0.0, 1.0, 1.0, 0.0]), LabelKind::Soft);
        assert_eq!(kind(&[1.0, 0.0, 0.1, 0.9]), LabelKind::Soft);
        assert_eq!(kind(&[1.0, 0.0]), LabelKind::Soft);
        let value = Target::Values(vec!["y".to_owned()]);
        let kind = LabelKind::arranged(&value, &[1.0, 0.0], &none);
        assert_eq!(kind, LabelKind::Real);
    }

    #[test]
    fn hard_labels_follow_the_numbers_of_the_classes() {
        let classes = Target::Classes(vec!["a".to_owned(), "b".to_owned()]);
        let targets = [1.0, 0.0, 0.0, 1.0, 0.0, 1.0];
        for (counts, expected) in [([1, 2], LabelKind::Hard), ([2, 1], LabelKind::Soft)] {
            let arrangement = Arrangement {
                counts: counts.to_vec(),
                nested: Vec::new(),
            };
            let kind = LabelKind::arranged(&classes, &targets, &arrangement);
            assert_eq!(kind, expected);
        }
    }
}
