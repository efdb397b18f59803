//! The metric of predictors on the validation or test part of a task.

use std::ops::Range;
use std::sync::OnceLock;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::{Axis, Slice};

use super::Metric;
use super::recalls::Recalls;
use crate::error::Result;
use crate::inner::Loss;
use crate::network::Weights;
use crate::numeric::host::{matrix, numbers};
use crate::task::{Split, upload};

/// Number of rows that go through a predictor at once.
pub const CHUNK: usize = 4096;

/// A part of a task to take scores on. Its inputs are uploaded to the device at the first use.
#[derive(Debug)]
pub(super) struct HeldOut<'a, B: Backend> {
    split: &'a Split,
    device: &'a B::Device,
    inputs: OnceLock<Vec<Tensor<B, 2>>>,
}

impl<'a, B: Backend> HeldOut<'a, B> {
    /// Wraps a part of the task without uploading anything.
    pub fn new(split: &'a Split, device: &'a B::Device) -> Self {
        Self {
            split,
            device,
            inputs: OnceLock::new(),
        }
    }

    /// The rows.
    pub fn split(&self) -> &Split {
        self.split
    }

    /// The row range of every chunk.
    fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let rows = self.split.len();
        (0..rows)
            .step_by(CHUNK)
            .map(move |first| first..(first + CHUNK).min(rows))
    }

    /// The inputs of every chunk.
    fn inputs(&self) -> &[Tensor<B, 2>] {
        self.inputs.get_or_init(|| {
            let of_chunk = |rows: Range<usize>| {
                let rows = self.split.inputs.slice_axis(Axis(0), Slice::from(rows));
                upload(&rows.to_owned(), self.device)
            };
            self.chunks().map(of_chunk).collect()
        })
    }

    /// Returns the metric of each of `count` predictors. `predict` maps inputs `[n, features]` to the
    /// outputs `[n, outputs]` of all predictors, so that they can share work. The metric is NaN for a
    /// predictor with an output that is not finite.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn score(
        &self,
        metric: Metric,
        count: usize,
        predict: impl Fn(Tensor<B, 2>) -> Vec<Tensor<B, 2>>,
    ) -> Result<Vec<Measured>> {
        let classes = self.split.targets.ncols();
        let mut totals = vec![Total::none(metric, classes); count];
        for (rows, inputs) in self.chunks().zip(self.inputs()) {
            for (total, outputs) in totals.iter_mut().zip(predict(inputs.clone())) {
                self.add(total, rows.clone(), &outputs)?;
            }
            if totals.iter().all(|total| *total == Total::Lost) {
                break;
            }
        }
        Ok(totals.into_iter().map(Total::measured).collect())
    }

    /// Returns the mean loss over the rows of a predictor from inputs `[n, features]` to outputs `[n, outputs]`; NaN
    /// without rows.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn loss(&self, loss: Loss, predict: impl Fn(Tensor<B, 2>) -> Tensor<B, 2>) -> Result<f64> {
        let mut total = 0.0;
        for (rows, inputs) in self.chunks().zip(self.inputs()) {
            let count = rows.len() as f64;
            let targets = self.split.targets.slice_axis(Axis(0), Slice::from(rows));
            let targets = upload(&targets.to_owned(), self.device);
            let value = numbers(&loss.value(predict(inputs.clone()), targets))?;
            total += count * value.iter().sum::<f64>();
        }
        Ok(total / self.split.len() as f64)
    }

    /// Adds the outputs for these rows. If one is not finite, the total is lost.
    fn add(&self, total: &mut Total, rows: Range<usize>, outputs: &Tensor<B, 2>) -> Result<()> {
        let outputs = matrix(outputs)?;
        if !outputs.iter().all(|output| output.is_finite()) {
            *total = Total::Lost;
        }
        match total {
            Total::Lost => {}
            Total::Hits(recalls, by_row) => {
                for (row, &label) in outputs.rows().into_iter().zip(&self.split.labels[rows]) {
                    let is_hit = largest(row.iter().copied()) == Some(label);
                    recalls.add(label, is_hit);
                    by_row.push(f32::from(u8::from(is_hit)));
                }
            }
            Total::Squares(sum, by_row) => {
                let targets = self.split.targets.slice_axis(Axis(0), Slice::from(rows));
                let square = |(output, target): (&f64, &f32)| (output - f64::from(*target)).powi(2);
                let columns = targets.ncols() as f64;
                for (row, wanted) in outputs.rows().into_iter().zip(targets.rows()) {
                    let of_row = row.iter().zip(&wanted).map(square).sum::<f64>() / columns;
                    by_row.push(of_row as f32);
                }
                let pairs = outputs.iter().zip(&targets);
                *sum += pairs.map(square).sum::<f64>() / columns;
            }
        }
        Ok(())
    }
}

/// What a predictor scores on all rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    /// The metric; NaN for a predictor with an output that is not finite.
    pub value: f64,
    /// The balanced accuracy, for classes.
    pub balanced: Option<f64>,
    /// The metric of each row; empty if there is no score.
    pub by_row: Vec<f32>,
}

impl Measured {
    /// No score.
    pub const LOST: Self = Self {
        value: f64::NAN,
        balanced: None,
        by_row: Vec::new(),
    };
}

/// What a predictor scores on the rows so far.
#[derive(Debug, Clone, PartialEq)]
enum Total {
    /// Right and wrong classes, and whether each row is right.
    Hits(Recalls, Vec<f32>),
    /// The sum over rows of the mean squared error of a row, and that of each row.
    Squares(f64, Vec<f32>),
    /// An output is not finite.
    Lost,
}

impl Total {
    fn none(metric: Metric, classes: usize) -> Self {
        match metric {
            Metric::Accuracy => Self::Hits(Recalls::none(classes), Vec::new()),
            Metric::Mse => Self::Squares(0.0, Vec::new()),
        }
    }

    /// The score over the rows.
    fn measured(self) -> Measured {
        let (sum, balanced, by_row) = match self {
            Self::Hits(recalls, by_row) => {
                (recalls.hits() as f64, Some(recalls.balanced()), by_row)
            }
            Self::Squares(sum, by_row) => (sum, None, by_row),
            Self::Lost => return Measured::LOST,
        };
        Measured {
            value: sum / by_row.len() as f64,
            balanced,
            by_row,
        }
    }
}

/// Whether all weights are finite. A network that diverged has no score; its outputs may still be finite,
/// since relu turns NaN into zero.
///
/// # Errors
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub(super) fn are_finite<B: Backend>(weights: &Weights<B>) -> Result<bool> {
    for tensor in weights.tensors() {
        if !numbers(tensor)?.iter().all(|weight| weight.is_finite()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Index of the largest value, the first of equal ones; `None` if there are no values.
pub(super) fn largest(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best = None;
    for (place, value) in values.enumerate() {
        if best.is_none_or(|(_, top)| value > top) {
            best = Some((place, value));
        }
    }
    best.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::network::weights;
    use burn::module::Param;
    use burn_flex::Flex;
    use ndarray::{Array2, array};

    /// The scores of predictors that multiply inputs by each factor.
    fn scores(metric: Metric, split: &Split, factors: &[f64]) -> Vec<f64> {
        let device = Default::default();
        let held_out = HeldOut::<Flex>::new(split, &device);
        let predict = |inputs: Tensor<Flex, 2>| {
            let outputs = factors.iter().map(|&f| inputs.clone().mul_scalar(f));
            outputs.collect()
        };
        let found = held_out.score(metric, factors.len(), predict).unwrap();
        found.into_iter().map(|it| it.value).collect()
    }

    #[test]
    fn only_predictors_with_finite_outputs_have_a_score() {
        let classes = Split::classes(array![[1.0, 0.0], [2.0, 3.0]], vec![0, 0], 2);
        let values = Split::values(array![[1.0], [2.0]], array![[1.0], [4.0]]);
        for (metric, split, expected) in
            [(Metric::Accuracy, classes, 0.5), (Metric::Mse, values, 2.0)]
        {
            assert_eq!(scores(metric, &split, &[1.0]), [expected]);
            for wrong in [f64::NAN, f64::INFINITY] {
                let found = scores(metric, &split, &[wrong, 1.0, wrong]);
                assert!(found[0].is_nan() && found[2].is_nan());
                assert_eq!(found[1], expected);
            }
        }
    }

    #[test]
    fn the_score_over_chunks_is_that_of_all_rows_at_once() {
        let rows = CHUNK + 3;
        let inputs = Array2::from_shape_fn((rows, 1), |(row, _)| (row % 7) as f32);
        let targets = Array2::from_shape_fn((rows, 1), |(row, _)| (row % 5) as f32);
        let squares = inputs.iter().zip(&targets).map(|(a, b)| (a - b).powi(2));
        let expected = f64::from(squares.sum::<f32>()) / rows as f64;
        let found = scores(Metric::Mse, &Split::values(inputs, targets), &[1.0]);
        assert!((found[0] - expected).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn weights_that_are_not_finite_are_found() {
        let device = Default::default();
        for (weight, expected) in [(1.0, true), (f32::NAN, false), (f32::INFINITY, false)] {
            let weight = Tensor::<Flex, 1>::from_floats([weight], &device);
            let weights = weights::read(&Param::from_tensor(weight));
            assert_eq!(are_finite(&weights).unwrap(), expected);
        }
    }
}
