//! A set in the units of the data that its user brought: normalisation and whitening are undone.
//!
//! [`RawSet::of`] decodes an artefact, and [`RawSet::into_set`] encodes for a task. Numbers are in double
//! precision, so that normalised numbers in single precision survive both ways bit for bit, except through a
//! whitening.

use burn::tensor::{Tensor, TensorData, backend::Backend};
use ndarray::Array2;

use super::{Arrangement, Artefact, LabelKind, Part, Reference, SyntheticSet};
use crate::error::{Error, Result};
use crate::numeric::host::{matrix, numbers};
use crate::shape::InputShape;
use crate::task::{
    Cell, Columns, LinearPart, Normalisation, PixelRange, TableSchema, Target, Task, upload,
};

/// A set in the units of the data.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSet {
    /// Shape of an input.
    pub shape: InputShape,
    /// Kind of the targets, with names of classes or values.
    pub target: Target,
    /// Inputs `[points, features]`. Pictures are channel by channel, with pixels from 0 to 1 or in their
    /// `range`; learned pixels may lie outside.
    pub inputs: Array2<f64>,
    /// The number that stands for white in the files that pictures came from, if it is not 255: 2ⁿ − 1 for
    /// pictures of n bits.
    pub white: Option<u16>,
    /// The range of pixels that are not from 0 to 1. The inputs are in the units of this range then.
    pub range: Option<PixelRange>,
    /// Targets `[points, outputs]`: for classes a number each as it was learned or one-hot, otherwise values
    /// in the units of the data.
    pub targets: Array2<f64>,
    /// Positive step sizes, one for all steps or one for each. `None` if the set has none.
    pub step_sizes: Option<Vec<f64>>,
    /// The readout labels. `None` if the set has none.
    pub readout: Option<RawReadout>,
    /// The points as rows of the table that the set was made from. `None` if it was no table.
    pub table: Option<RawRows>,
}

/// Points as rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRows {
    /// The columns of the table.
    pub schema: TableSchema,
    /// A field for each input column of the schema, for each point.
    pub inputs: Vec<Vec<Cell>>,
}

/// Readout labels with their reference inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct RawReadout {
    /// Reference inputs `[labels, features]`, as [`RawSet::inputs`].
    pub inputs: Array2<f64>,
    /// Labels `[labels, outputs]`, as [`RawSet::targets`].
    pub labels: Array2<f64>,
    /// How the reference inputs are drawn from the points.
    pub reference: Reference,
}

impl RawSet {
    /// Decodes the set of an artefact.
    ///
    /// # Errors
    /// [`Error::Device`] if the device cannot be read; the errors of
    /// [`Whitening::undo`](crate::task::Whitening::undo).
    pub fn of<B: Backend>(artefact: &Artefact<B>) -> Result<Self> {
        let (set, manifest) = (&artefact.set, &artefact.manifest);
        let decode = |inputs: Array2<f64>, targets: &Tensor<B, 2>| -> Result<_> {
            let targets = matrix(targets)?;
            let rows = inputs.mapv(|v| v as f32);
            let targets = match &artefact.linear_part {
                Some(part) => targets + part.predict(&rows).mapv(f64::from),
                None => targets,
            };
            let targets = undone(&manifest.normalisation.targets, targets);
            Ok((raw_inputs(&manifest.normalisation, inputs)?, targets))
        };
        let points = matrix(&set.inputs())?;
        let table = manifest.task.columns.as_ref().map(|schema| RawRows {
            inputs: schema.decode(points.view()),
            schema: schema.clone(),
        });
        let (inputs, targets) = decode(points, &set.targets())?;
        let readout = match set.labels() {
            Some((labels, reference)) => {
                let drawn = reference.inputs(&set.inputs(), set.label_count())?;
                let (inputs, labels) = decode(matrix(&drawn)?, &labels)?;
                let reference = reference.clone();
                Some(RawReadout {
                    inputs,
                    labels,
                    reference,
                })
            }
            None => None,
        };
        let step_sizes = set.step_sizes();
        Ok(Self {
            shape: manifest.task.inputs,
            white: manifest.normalisation.divisor,
            range: manifest.normalisation.range,
            target: manifest.task.target.clone(),
            inputs,
            targets,
            step_sizes: step_sizes.map(|sizes| numbers(&sizes)).transpose()?,
            readout,
            table,
        })
    }

    /// Encodes the set as rows of a task, which must have the same shapes and kind of targets. Points with
    /// one-hot targets are sorted by class.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if shapes or kinds differ, or if an encoded number is not finite in single
    /// precision.
    pub fn into_set<B: Backend>(
        mut self,
        task: &Task,
        device: &B::Device,
    ) -> Result<SyntheticSet<B>> {
        let (features, outputs) = (task.inputs.len(), task.target.len());
        let has_classes = |target: &Target| target.classes().is_some();
        if (self.inputs.ncols(), self.targets.ncols()) != (features, outputs)
            || has_classes(&self.target) != has_classes(&task.target)
        {
            return Err(Error::Mismatch(format!(
                "the set has {} numbers in an input and {} in a target, but the task {:?} has {features} and \
                 {outputs}",
                self.inputs.ncols(),
                self.targets.ncols(),
                task.name
            )));
        }
        let counts = task.target.classes().map(|classes| {
            self.sort();
            let mut counts = vec![0; classes];
            self.classes()
                .into_iter()
                .for_each(|class| counts[class] += 1);
            counts
        });
        let encode = |inputs: &Array2<f64>, targets: Array2<f64>| -> Result<_> {
            let inputs = normal_inputs(&task.normalisation, inputs);
            let targets = done(&task.normalisation.targets, targets);
            let targets = match &task.linear_part {
                Some(part) => targets - LinearPart::predict(part, &inputs).mapv(f64::from),
                None => targets,
            };
            let targets = targets.mapv(|v| v as f32);
            match inputs.iter().chain(&targets).all(|v| v.is_finite()) {
                true => Ok((inputs, targets)),
                false => Err(Error::Mismatch(
                    "the set has a number that is not finite, or is too large in the units of the task".to_owned(),
                )),
            }
        };
        let (inputs, targets) = encode(&self.inputs, self.targets)?;
        let mut set = SyntheticSet::new(upload(&inputs, device), upload(&targets, device));
        if let Some(counts) = counts {
            let nested = Vec::new();
            set = set.arranged(Arrangement { counts, nested });
        }
        if let Some(sizes) = self.step_sizes {
            let logarithms: Vec<f64> = sizes.into_iter().map(f64::ln).collect();
            let count = logarithms.len();
            let data = TensorData::new(logarithms, [count, 1]);
            set = set.with(Part::StepSizes, Tensor::from_data(data, device));
        }
        if let Some(readout) = self.readout {
            let (_, labels) = encode(&readout.inputs, readout.labels)?;
            set = set.with_labels(upload(&labels, device), readout.reference);
        }
        Ok(set)
    }

    /// The class with the largest target, for each point.
    pub fn classes(&self) -> Vec<usize> {
        largest(&self.targets)
    }

    /// Whether every target is one-hot.
    pub fn is_hard(&self) -> bool {
        let hard = |row: ndarray::ArrayView1<'_, f64>| {
            row.iter().filter(|&&v| v == 1.0).count() == 1
                && row.iter().all(|&v| v == 0.0 || v == 1.0)
        };
        self.target.classes().is_some() && self.targets.rows().into_iter().all(hard)
    }

    /// Kind of the targets.
    pub fn kind(&self) -> LabelKind {
        match &self.target {
            Target::Values(_) => LabelKind::Real,
            Target::Classes(_) if self.is_hard() => LabelKind::Hard,
            Target::Classes(_) => LabelKind::Soft,
        }
    }

    /// Puts the points of class 0 first, then those of class 1, and so on; the order within a class stays.
    fn sort(&mut self) {
        let classes = self.classes();
        let mut order: Vec<usize> = (0..classes.len()).collect();
        order.sort_by_key(|&point| classes[point]);
        if self.is_hard() {
            self.inputs = self.inputs.select(ndarray::Axis(0), &order);
            self.targets = self.targets.select(ndarray::Axis(0), &order);
        }
    }
}

/// The column of the largest number of each row.
pub fn largest(rows: &Array2<f64>) -> Vec<usize> {
    let of_row = |row: ndarray::ArrayView1<'_, f64>| {
        let best = |best: (usize, f64), (place, &v): (usize, &f64)| {
            if v > best.1 { (place, v) } else { best }
        };
        row.iter().enumerate().fold((0, f64::NEG_INFINITY), best).0
    };
    rows.rows().into_iter().map(of_row).collect()
}

fn raw_inputs(normalisation: &Normalisation, inputs: Array2<f64>) -> Result<Array2<f64>> {
    let inputs = match &normalisation.whitening {
        Some(whitening) => {
            let mut rows = inputs.mapv(|v| v as f32);
            whitening.undo(&mut rows)?;
            rows.mapv(f64::from)
        }
        None => inputs,
    };
    Ok(undone(&normalisation.inputs, inputs))
}

fn normal_inputs(normalisation: &Normalisation, raw: &Array2<f64>) -> Array2<f32> {
    let mut rows = done(&normalisation.inputs, raw.clone()).mapv(|v| v as f32);
    if let Some(whitening) = &normalisation.whitening {
        whitening.apply(&mut rows);
    }
    rows
}

/// x · std + mean.
pub(super) fn undone(columns: &Columns, rows: Array2<f64>) -> Array2<f64> {
    each(columns, rows, |value, mean, std| value * std + mean)
}

/// (raw − mean) / std.
fn done(columns: &Columns, rows: Array2<f64>) -> Array2<f64> {
    each(columns, rows, |value, mean, std| (value - mean) / std)
}

/// [`Columns::apply`] and [`Columns::undo`] in double precision.
fn each(columns: &Columns, mut rows: Array2<f64>, f: impl Fn(f64, f64, f64) -> f64) -> Array2<f64> {
    let (groups, width) = (columns.mean.len(), rows.ncols());
    if groups > 0 {
        for ((_, column), value) in rows.indexed_iter_mut() {
            let group = column * groups / width;
            *value = f(*value, columns.centre(group), columns.std[group].into());
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn single_precision_survives_both_ways_bit_for_bit() {
        let columns = Columns::new(vec![1.7e3, -0.3], vec![0.01, 41.0]);
        let rows = array![[0.1_f32, -2.5], [3.7e-3, 1e-7], [-1.3, 0.0]].mapv(f64::from);
        let back = done(&columns, undone(&columns, rows.clone())).mapv(|v| v as f32);
        assert_eq!(back.mapv(f64::from), rows);
    }

    #[test]
    fn the_largest_target_is_the_class() {
        assert_eq!(
            largest(&array![[0.1, 0.9, 0.9], [-1.0, -2.0, -3.0]]),
            [1, 0]
        );
    }
}
