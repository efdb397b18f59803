//! Judging a predictor on rows with known targets.

use burn::tensor::{Tensor, backend::Backend};

use super::Metric;
use crate::error::Result;
use crate::host::matrix;
use crate::task::{Rows, Split};

/// Rows that are on the device at once.
pub const CHUNK: usize = 4096;

/// The metric of a predictor (inputs `[n, features]` to outputs `[n, outputs]`) on a split; NaN where
/// an output is not finite, whatever the metric: a network that diverged has no score.
///
/// # Errors
/// The device cannot be read.
pub fn judge<B: Backend>(
    metric: Metric,
    split: &Split,
    device: &B::Device,
    predict: impl Fn(Tensor<B, 2>) -> Tensor<B, 2>,
) -> Result<f64> {
    let mut total = 0.0;
    for first in (0..split.len()).step_by(CHUNK) {
        let rows: Vec<usize> = (first..(first + CHUNK).min(split.len())).collect();
        let chunk = split.select(&rows);
        let outputs = matrix(&predict(Rows::upload(&chunk, device).inputs))?;
        if !outputs.iter().all(|output| output.is_finite()) {
            return Ok(f64::NAN);
        }
        total += match metric {
            Metric::Accuracy => {
                let hits = outputs.rows().into_iter().zip(&chunk.labels);
                hits.filter(|(row, label)| largest(row.iter().copied()) == Some(**label))
                    .count() as f64
            }
            Metric::Mse => {
                let pairs = outputs.iter().zip(&chunk.targets);
                pairs
                    .map(|(output, target)| (output - f64::from(*target)).powi(2))
                    .sum::<f64>()
                    / chunk.targets.ncols() as f64
            }
        };
    }
    Ok(total / split.len() as f64)
}

/// Place of the largest value, the first of equals.
fn largest(values: impl Iterator<Item = f64>) -> Option<usize> {
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
    use burn_flex::Flex;
    use ndarray::array;

    /// The score where outputs are the inputs times `factor`.
    fn score(metric: Metric, split: &Split, factor: f64) -> f64 {
        let predict = |inputs: Tensor<Flex, 2>| inputs.mul_scalar(factor);
        judge::<Flex>(metric, split, &Default::default(), predict).unwrap()
    }

    #[test]
    fn outputs_that_are_not_finite_have_no_score() {
        let classes = Split::classes(array![[1.0, 0.0], [2.0, 3.0]], vec![0, 0], 2);
        let values = Split::values(array![[1.0], [2.0]], array![[1.0], [4.0]]);
        assert_eq!(score(Metric::Accuracy, &classes, 1.0), 0.5);
        assert_eq!(score(Metric::Mse, &values, 1.0), 2.0);
        for factor in [f64::NAN, f64::INFINITY] {
            assert!(score(Metric::Accuracy, &classes, factor).is_nan());
            assert!(score(Metric::Mse, &values, factor).is_nan());
        }
    }
}
