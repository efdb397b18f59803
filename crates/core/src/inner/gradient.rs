//! The weight gradient of a network's loss on some rows.

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::{Tape, leaf, lift};

/// Which slots of the weights a gradient is taken of; the others' gradients are zero.
pub type Slots = Vec<usize>;

/// All slots of these weights.
pub fn all_slots<A: Backend>(weights: &Weights<A>) -> Slots {
    (0..weights.tensors().len()).collect()
}

/// Loss and its weight gradient, as plain numbers, in one pass over one tape.
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
    let (value, gradient) = on(network, weights, inputs, targets, loss, slots);
    (value, gradient)
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
