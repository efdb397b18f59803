//! Normalisation of raw numbers: shift and scale by feature or by channel, then whitening if the task asks
//! for it. It is fitted on the training part, stored in the artefact, and undone to show inputs.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::{PixelRange, Whitening};
use crate::error::Result;

/// Shift and scale of groups of columns: x = (raw − mean) / std. Each entry applies to
/// `width / mean.len()` neighbouring columns. There is one entry for all columns, one for each channel, or
/// one for each feature. Without entries nothing is changed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Columns {
    /// Means to subtract.
    pub mean: Vec<f32>,
    /// Deviations to divide by; never 0.
    pub std: Vec<f32>,
    /// What the means lack in single precision, in the same order. Empty if that is little beside every deviation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<f64>,
}

/// Largest share of a deviation that a mean in single precision may lack.
const MOST_LACKING: f64 = 0.01;

/// The normalisation of a task. It is empty if rows are raw.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Normalisation {
    /// Shift and scale of the inputs.
    pub inputs: Columns,
    /// Shift and scale of real-valued targets.
    pub targets: Columns,
    /// The number by which the pixels of the files were divided before all else, if it is not 255: 2ⁿ − 1
    /// for pictures of n bits. Raw rows are the quotients, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divisor: Option<u16>,
    /// The range of pixels that are not from 0 to 1. `None` for pixels that are, and for other inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<PixelRange>,
    /// Whitening of the inputs, after their shift and scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whitening: Option<Whitening>,
}

impl Normalisation {
    /// A normalisation of the inputs only, without a whitening.
    pub fn of_inputs(inputs: Columns) -> Self {
        Self {
            inputs,
            ..Self::default()
        }
    }

    /// Turns input rows back into raw rows, in place.
    ///
    /// # Errors
    /// Those of [`Whitening::undo`].
    pub fn undo_inputs(&self, rows: &mut Array2<f32>) -> Result<()> {
        if let Some(whitening) = &self.whitening {
            whitening.undo(rows)?;
        }
        self.inputs.undo(rows);
        Ok(())
    }
}

impl Columns {
    /// Mean 0 and deviation 1, for numbers from 0 to 1 that stay as they are.
    pub fn unit() -> Self {
        Self::new(vec![0.0], vec![1.0])
    }

    /// These means and deviations.
    pub fn new(mean: Vec<f32>, std: Vec<f32>) -> Self {
        let rest = Vec::new();
        Self { mean, std, rest }
    }

    /// The mean of a group.
    pub fn centre(&self, group: usize) -> f64 {
        f64::from(self.mean[group]) + self.rest.get(group).copied().unwrap_or(0.0)
    }

    /// Mean and standard deviation of each of `groups` equal groups of neighbouring columns, computed in
    /// double precision. A group whose numbers are (nearly) all equal gets the deviation 1.
    pub fn fit(rows: &Array2<f32>, groups: usize) -> Self {
        let mut columns = Self::default();
        let width = rows.ncols() / groups.max(1);
        for block in rows.axis_chunks_iter(Axis(1), width.max(1)) {
            let count = block.len().max(1) as f64;
            let mean = block.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
            let square = block
                .iter()
                .map(|&v| (f64::from(v) - mean).powi(2))
                .sum::<f64>()
                / count;
            let std = square.sqrt() as f32;
            columns.mean.push(mean as f32);
            columns.std.push(if std > 1e-6 * (1.0 + mean.abs() as f32) {
                std
            } else {
                1.0
            });
        }
        columns
    }

    /// Adds a group of this mean and deviation, rounded to single precision. What a mean lacks then is kept, if it is
    /// not little beside its deviation. The deviation is positive, and stays so: the smallest one is the smallest
    /// normal number of single precision.
    pub fn push(&mut self, mean: f64, std: f64) {
        let rest = mean - f64::from(mean as f32);
        if rest.abs() > MOST_LACKING * std {
            self.rest.resize(self.mean.len(), 0.0);
            self.rest.push(rest);
        }
        self.mean.push(mean as f32);
        self.std
            .push((std as f32).clamp(f32::MIN_POSITIVE, f32::MAX));
    }

    /// Replaces raw numbers by x = (raw − mean) / std.
    pub fn apply(&self, rows: &mut Array2<f32>) {
        self.each(rows, |value, mean, std| (value - mean) / std);
    }

    /// Replaces numbers x by raw = x · std + mean.
    pub fn undo(&self, rows: &mut Array2<f32>) {
        self.each(rows, |value, mean, std| value * std + mean);
    }

    /// Replaces each number by `f(number, mean, std)`, row by row as the numbers are in memory.
    fn each(&self, rows: &mut Array2<f32>, f: impl Fn(f32, f32, f32) -> f32) {
        let groups = self.mean.len();
        let width = rows.ncols();
        if groups == 0 {
            return;
        }
        let group = |column: usize| column * groups / width;
        let columns: Vec<(f32, f32)> = (0..width)
            .map(|column| (self.mean[group(column)], self.std[group(column)]))
            .collect();
        for mut row in rows.rows_mut() {
            for (value, &(mean, std)) in row.iter_mut().zip(&columns) {
                *value = f(*value, mean, std);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn undo_reverses_apply_for_groups_of_columns() {
        let raw = array![[1.0, 2.0, 10.0, 20.0], [3.0, 4.0, 30.0, 60.0]];
        let columns = Columns::fit(&raw, 2);
        let mut rows = raw.clone();
        columns.apply(&mut rows);
        assert!(
            rows.columns()
                .into_iter()
                .take(2)
                .flatten()
                .copied()
                .sum::<f32>()
                .abs()
                < 1e-5
        );
        columns.undo(&mut rows);
        assert!(rows.iter().zip(&raw).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn a_mean_that_single_precision_cannot_hold_is_kept() {
        let mut columns = Columns::default();
        for (mean, std) in [(0.1, 1.0), (1e9 + 17.0, 2.0), (3.0, 1.0)] {
            columns.push(mean, std);
        }
        assert_eq!(columns.centre(1), 1e9 + 17.0);
        assert_eq!(
            [columns.centre(0), columns.centre(2)],
            [f64::from(0.1_f32), 3.0]
        );
        let text = serde_json::to_string(&columns).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Columns>(&text).ok(), Some(columns));
        let old = serde_json::from_str::<Columns>(r#"{"mean": [4.0], "std": [5.0]}"#);
        assert_eq!(old.ok(), Some(Columns::new(vec![4.0], vec![5.0])));
    }

    #[test]
    fn a_constant_column_keeps_its_scale() {
        let columns = Columns::fit(&array![[5.0, 1.0], [5.0, 2.0]], 2);
        assert_eq!(columns.std[0], 1.0);
    }
}
