//! Judging a predictor on rows with known targets.

use burn::tensor::{Tensor, backend::Backend};

use super::Metric;
use crate::error::Result;
use crate::host::{matrix, numbers};
use crate::network::Weights;
use crate::task::{Rows, Split};

/// Rows that are on the device at once.
pub const CHUNK: usize = 4096;

/// The metric on a split of a predictor (inputs `[n, features]` to outputs `[n, outputs]`) that has
/// these weights; NaN where a weight or an output is not finite, whatever the metric: a network that
/// diverged has no score. Outputs alone do not tell, since relu makes a NaN zero.
///
/// # Errors
/// The device cannot be read.
pub fn judge<B: Backend>(
    metric: Metric,
    split: &Split,
    device: &B::Device,
    weights: &Weights<B>,
    predict: impl Fn(Tensor<B, 2>) -> Tensor<B, 2>,
) -> Result<f64> {
    for tensor in weights.tensors() {
        if !numbers(tensor)?.iter().all(|weight| weight.is_finite()) {
            return Ok(f64::NAN);
        }
    }
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
    use ndarray::array;

    /// The score where outputs are the inputs times `factor`, of a network with this one weight.
    fn score(metric: Metric, split: &Split, factor: f64, weight: f32) -> f64 {
        let device = Default::default();
        let predict = |inputs: Tensor<Flex, 2>| inputs.mul_scalar(factor);
        let weight = Tensor::<Flex, 1>::from_floats([weight], &device);
        let weights = weights::read(&Param::from_tensor(weight));
        judge::<Flex>(metric, split, &device, &weights, predict).unwrap()
    }

    #[test]
    fn weights_or_outputs_that_are_not_finite_have_no_score() {
        let classes = Split::classes(array![[1.0, 0.0], [2.0, 3.0]], vec![0, 0], 2);
        let values = Split::values(array![[1.0], [2.0]], array![[1.0], [4.0]]);
        assert_eq!(score(Metric::Accuracy, &classes, 1.0, 1.0), 0.5);
        assert_eq!(score(Metric::Mse, &values, 1.0, 1.0), 2.0);
        for wrong in [f32::NAN, f32::INFINITY] {
            for (factor, weight) in [(f64::from(wrong), 1.0), (1.0, wrong)] {
                assert!(score(Metric::Accuracy, &classes, factor, weight).is_nan());
                assert!(score(Metric::Mse, &values, factor, weight).is_nan());
            }
        }
    }
}
