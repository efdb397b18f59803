//! A network's features of some rows, or their mean, plain or tracked by the point tape.

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

/// Features `[n, features]` of all rows, without a tape, chunk by chunk.
pub fn rows<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: &Tensor<B, 2>,
) -> Tensor<B, 2> {
    let of_chunk = |(first, count)| {
        let chunk = inputs.clone().narrow(0, first, count);
        Forward::<B>::forward(network, weights, chunk).features
    };
    let chunks = chunks(network, inputs.dims()[0]);
    Tensor::cat(side_by_side(network.grain(), &chunks, of_chunk), 0)
}

/// Features of rows on the point tape, under constant weights.
pub fn tracked_rows<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: Tensor<Tape<B>, 2>,
) -> Tensor<Tape<B>, 2> {
    Forward::<Tape<B>>::forward(network, &weights.map(lift), inputs).features
}

/// Mean features on the point tape, for inputs that are learned.
pub fn tracked_mean<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: Tensor<Tape<B>, 2>,
) -> Tensor<Tape<B>, 2> {
    tracked_rows(network, weights, inputs).mean_dim(0)
}
