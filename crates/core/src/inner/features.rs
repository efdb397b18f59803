//! The mean of a network's features over some rows, plain or tracked by the point tape.

use burn::tensor::{Tensor, backend::Backend};

use super::gradient::chunks;
use super::lanes::side_by_side;
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::{Tape, lift};

/// Mean features `[1, features]` of rows `[n, features]`: no tape at all, chunk by chunk.
pub fn mean<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: &Tensor<B, 2>,
) -> Tensor<B, 2> {
    let rows = inputs.dims()[0];
    let of_chunk = |(first, count)| {
        let chunk = inputs.clone().narrow(0, first, count);
        Forward::<B>::forward(network, weights, chunk)
            .features
            .sum_dim(0)
    };
    let sums = side_by_side(network.grain(), &chunks(network, rows), of_chunk);
    let total = sums.into_iter().reduce(|total, sum| total + sum);
    total
        .unwrap_or_else(|| Tensor::zeros([1, 1], &inputs.device()))
        .div_scalar(rows.max(1) as f64)
}

/// The same on the point tape, for inputs that are learned.
pub fn tracked_mean<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: Tensor<Tape<B>, 2>,
) -> Tensor<Tape<B>, 2> {
    Forward::<Tape<B>>::forward(network, &weights.map(lift), inputs)
        .features
        .mean_dim(0)
}
