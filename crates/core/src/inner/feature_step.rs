//! The feature step of `docs/theory.md`: one full-batch gradient step on the weights W of one layer.
//!
//! The new weights are the step itself, W¹ = −η ∇_W L, with η such that the columns of W¹ have mean norm
//! 1.5. The layer's biases are drawn again from N(0, 1). All other weights stay as they are. The readout on
//! these features is fitted by [`super::ridge`].

use burn::tensor::{Tensor, TensorData, backend::Backend};

use super::{Loss, gradient};
use crate::error::{Error, Result};
use crate::network::{AnyNetwork, FeatureLayer, Weights};
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::tape::Tape;

/// The paper that the feature step comes from.
pub const PAPER: Paper = Paper {
    used: "features in one gradient step, then a ridge readout",
    citation: "Damian, Lee and Soltanolkotabi. Neural Networks can Learn Representations with Gradient Descent. COLT 2022",
    link: "https://arxiv.org/abs/2206.15144",
};

/// Mean norm of the columns of W¹.
const COLUMN_NORM: f64 = 1.5;

/// Returns the layer that the step moves.
///
/// # Errors
/// [`Error::Mismatch`] if the network has no such layer.
pub fn layer<B: Backend>(network: &dyn AnyNetwork<B>) -> Result<FeatureLayer> {
    network.feature_layer().ok_or_else(|| {
        let problem = "this network has no layer that the feature step can move";
        Error::Mismatch(problem.to_owned())
    })
}

/// Returns the weights after the feature step from `start` on inputs `[n, features]` and targets
/// `[n, outputs]`.
///
/// # Errors
/// Those of [`layer`].
pub fn plain<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: &Weights<B>,
    inputs: Tensor<B, 2>,
    targets: Tensor<B, 2>,
    loss: Loss,
    seed: &Seed,
) -> Result<Weights<B>> {
    let layer = layer(network)?;
    let (_, gradient) = gradient::plain(network, start, inputs, targets, loss, &[layer.weight]);
    Ok(stepped(
        start.clone(),
        &gradient,
        layer,
        &biases(start, layer, seed),
    ))
}

/// Like [`plain`], on the point tape: the result can be differentiated with respect to the points.
///
/// # Errors
/// Those of [`layer`].
pub fn tracked<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: &Weights<B>,
    inputs: Tensor<Tape<B>, 2>,
    targets: Tensor<Tape<B>, 2>,
    loss: Loss,
    seed: &Seed,
) -> Result<Weights<Tape<B>>> {
    let layer = layer(network)?;
    let on_tape = start.lifted();
    let (_, gradient) =
        gradient::tracked(network, &on_tape, inputs, targets, loss, &[layer.weight]);
    Ok(stepped(
        on_tape,
        &gradient,
        layer,
        &biases(start, layer, seed),
    ))
}

/// Returns the weights for random features: `start` without the step, but with the layer's biases drawn
/// again.
///
/// # Errors
/// Those of [`layer`].
pub fn random<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: &Weights<B>,
    seed: &Seed,
) -> Result<Weights<B>> {
    let layer = layer(network)?;
    Ok(with_biases(
        start.clone(),
        layer,
        &biases(start, layer, seed),
    ))
}

fn stepped<A: Backend>(
    start: Weights<A>,
    gradient: &Weights<A>,
    layer: FeatureLayer,
    biases: &[f32],
) -> Weights<A> {
    let known = start
        .mirror()
        .and_then(|mirror| mirror.stepped(layer.weight));
    let moved = gradient.matrix(layer.weight);
    let squares = moved.clone().square().sum_dim(0);
    // Neurons whose gradient is exactly zero keep zero weights and pass no derivative on.
    let norms = squares
        .clone()
        .clamp_min(f64::from(f32::MIN_POSITIVE))
        .sqrt();
    let mean = total::mean(norms).reshape([1, 1]);
    let scaled = moved.mul_scalar(-COLUMN_NORM) / mean;
    let moved = with_biases(
        start.with(layer.weight, scaled.flatten(0, 1)),
        layer,
        biases,
    );
    match known {
        Some(known) => moved.known(known),
        None => moved,
    }
}

fn with_biases<A: Backend>(weights: Weights<A>, layer: FeatureLayer, biases: &[f32]) -> Weights<A> {
    let Some(slot) = layer.bias else {
        return weights;
    };
    let device = weights.tensors()[slot].device();
    let data = TensorData::new(biases.to_vec(), [biases.len()]);
    weights.with(slot, Tensor::from_data(data, &device))
}

fn biases<B: Backend>(weights: &Weights<B>, layer: FeatureLayer, seed: &Seed) -> Vec<f32> {
    let count = layer
        .bias
        .map_or(0, |slot| weights.tensors()[slot].dims()[0]);
    seed.child("biases").stream().normal(count)
}
