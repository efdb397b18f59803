//! Judging a predictor on rows with known targets.

use burn::tensor::{Tensor, backend::Backend};

use super::Metric;
use crate::error::Result;
use crate::host::matrix;
use crate::task::{Rows, Split};

/// Rows that pass through a network at once.
pub const CHUNK: usize = 4096;

/// The metric of a predictor (inputs `[n, features]` to outputs `[n, outputs]`) on a split.
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

/// Place of the largest value; none where one is not a number.
fn largest(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best = None;
    for (place, value) in values.enumerate() {
        if value.is_nan() {
            return None;
        }
        if best.is_none_or(|(_, top)| value > top) {
            best = Some((place, value));
        }
    }
    best.map(|(place, _)| place)
}
