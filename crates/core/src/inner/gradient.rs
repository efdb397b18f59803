//! The weight gradient of a network's loss on some rows.

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use super::lanes::side_by_side;
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::{Tape, leaf, lift};

/// All slots of these weights, to take the gradient of.
pub fn all_slots<A: Backend>(weights: &Weights<A>) -> Vec<usize> {
    (0..weights.tensors().len()).collect()
}

/// Rows that pass through a network at once: their activations then stay in the cache, and memory
/// does not grow with the number of rows.
const CHUNK: usize = 512;

/// Loss and its weight gradient, as plain numbers; zero for the slots not named. The loss is a mean
/// over rows, so both are the chunks' means weighted by their share of the rows; chunks go through
/// the network side by side.
///
/// Shapes: inputs `[n, features]`, targets `[n, outputs]`.
pub fn plain<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: Tensor<B, 2>,
    targets: Tensor<B, 2>,
    loss: Loss,
    slots: &[usize],
) -> (Tensor<B, 1>, Weights<B>) {
    let rows = inputs.dims()[0];
    if rows <= CHUNK {
        return on(network, weights, inputs, targets, loss, slots);
    }
    let of_chunk = |first: usize| {
        let count = CHUNK.min(rows - first);
        let chunk = |all: &Tensor<B, 2>| all.clone().narrow(0, first, count);
        let (inputs, targets) = (chunk(&inputs), chunk(&targets));
        let (value, gradient) = on(network, weights, inputs, targets, loss, slots);
        let share = count as f64 / rows as f64;
        (
            value.mul_scalar(share),
            gradient.map(|tensor| tensor.mul_scalar(share)),
        )
    };
    let firsts: Vec<usize> = (0..rows).step_by(CHUNK).collect();
    // Summed in order, whichever came first: the same numbers every time.
    let sum = |total: (Tensor<B, 1>, Weights<B>), part: (Tensor<B, 1>, Weights<B>)| {
        (total.0 + part.0, total.1.zip(&part.1, |a, b| a + b))
    };
    let none = || (Tensor::zeros([1], &inputs.device()), weights.zeros_like());
    side_by_side(&firsts, of_chunk)
        .into_iter()
        .reduce(sum)
        .unwrap_or_else(none)
}

/// Loss and its weight gradient as tensors that the point tape still tracks: the way from points
/// (and weights, where they are leaves of that tape) to gradient can be differentiated again.
pub fn tracked<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<Tape<B>>,
    inputs: Tensor<Tape<B>, 2>,
    targets: Tensor<Tape<B>, 2>,
    loss: Loss,
    slots: &[usize],
) -> (Tensor<Tape<B>, 1>, Weights<Tape<B>>) {
    on::<Tape<B>>(network, weights, inputs, targets, loss, slots)
}

/// The gradient on a tape over `A`.
fn on<A: Backend>(
    network: &(impl Forward<Tape<A>> + ?Sized),
    weights: &Weights<A>,
    inputs: Tensor<A, 2>,
    targets: Tensor<A, 2>,
    loss: Loss,
    slots: &[usize],
) -> (Tensor<A, 1>, Weights<A>) {
    let mut slot = 0;
    let leaves = weights.map(|tensor| {
        slot += 1;
        if slots.contains(&(slot - 1)) {
            leaf(tensor)
        } else {
            lift(tensor)
        }
    });
    let outputs = network.forward(&leaves, lift(inputs)).outputs;
    let value = loss.value(outputs, lift(targets));
    let gradients = value.backward();
    let mut leaf = leaves.tensors().iter();
    let gradient = weights.map(|tensor| {
        leaf.next()
            .and_then(|leaf| leaf.grad(&gradients))
            .unwrap_or_else(|| tensor.zeros_like())
    });
    (value.inner(), gradient)
}
