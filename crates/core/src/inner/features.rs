//! A network's features of rows, plain or tracked by the point tape.

use burn::tensor::{Tensor, backend::Backend};

use super::gradient::chunks;
use super::lanes::side_by_side;
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::Tape;

/// Returns the features `[n, L]` of inputs `[n, d]`, without a tape and in chunks.
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
    Tensor::cat(side_by_side(network.grain(), chunks, of_chunk), 0)
}

/// Returns the features `[n, L]` of inputs `[n, d]` on the point tape; the weights are constants.
pub fn tracked_rows<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: Tensor<Tape<B>, 2>,
) -> Tensor<Tape<B>, 2> {
    Forward::<Tape<B>>::forward(network, &weights.lifted(), inputs).features
}
