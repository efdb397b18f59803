//! A network's outputs and features as plain numbers.

use burn::tensor::{Tensor, backend::Backend};

use super::gradient::chunks;
use super::lanes::side_by_side;
use crate::network::{AnyNetwork, Forward, Output, Weights};

/// Returns outputs and features for inputs `[n, features]`, which go through the network in
/// [`chunks`].
pub fn plain<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: Tensor<B, 2>,
) -> Output<B> {
    let chunks = chunks(network, inputs.dims()[0]);
    if chunks.len() < 2 {
        return Forward::<B>::forward(network, weights, inputs);
    }
    let made = side_by_side(network.grain(), chunks, |(first, count)| {
        Forward::<B>::forward(network, weights, inputs.clone().narrow(0, first, count))
    });
    let (outputs, features) = made.into_iter().map(|of| (of.outputs, of.features)).unzip();
    Output {
        outputs: Tensor::cat(outputs, 0),
        features: Tensor::cat(features, 0),
    }
}
