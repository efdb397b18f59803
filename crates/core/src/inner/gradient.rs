//! The weight gradient of a network's loss on some rows.

use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};

use super::Loss;
use super::lanes::{self, side_by_side};
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::{Tape, leaf, lift};

/// All slots of these weights, to take the gradient of.
pub fn all_slots<A: Backend>(weights: &Weights<A>) -> Vec<usize> {
    (0..weights.tensors().len()).collect()
}

/// Numbers that the rows of a chunk leave in a network's layers: about what a core's share of the
/// cache holds.
const CHUNK: usize = 1 << 20;

/// First rows and lengths of the chunks in which rows go through a network: their activations then
/// stay in the cache, and memory does not grow with the number of rows. Chunks are of one length, but
/// for the last, and there are as many in each lane.
pub fn chunks<B: Backend>(network: &dyn AnyNetwork<B>, rows: usize) -> Vec<(usize, usize)> {
    let most = (CHUNK / network.activations().max(1)).max(1);
    let fewest = rows.div_ceil(most);
    let length = match fewest {
        0 | 1 => rows.max(1),
        _ => rows
            .div_ceil(fewest.next_multiple_of(lanes::count()))
            .max(1),
    };
    let firsts = (0..rows).step_by(length);
    firsts
        .map(|first| (first, length.min(rows - first)))
        .collect()
}

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
    let of_chunk = |(first, count)| {
        let [inputs, targets] =
            [&inputs, &targets].map(|all: &Tensor<B, 2>| all.clone().narrow(0, first, count));
        let (value, gradient) = on(network, weights, inputs, targets, loss, slots);
        let share = count as f64 / rows as f64;
        (
            value.mul_scalar(share),
            gradient.map(|tensor| tensor.mul_scalar(share)),
        )
    };
    // Summed in order, whichever came first: the same numbers every time.
    let sum = |total: (Tensor<B, 1>, Weights<B>), part: (Tensor<B, 1>, Weights<B>)| {
        (total.0 + part.0, total.1.zip(&part.1, |a, b| a + b))
    };
    match chunks(network, rows).as_slice() {
        [] | [_] => on(network, weights, inputs, targets, loss, slots),
        chunks => side_by_side(chunks, of_chunk)
            .into_iter()
            .reduce(sum)
            .unwrap_or_else(|| (Tensor::zeros([1], &inputs.device()), weights.zeros_like())),
    }
}

/// Derivatives of ⟨∇_θ loss(θ, X, y), v⟩ with respect to all three: the product of mixed second
/// derivatives with a direction.
#[derive(Debug, Clone)]
pub struct Product<B: Backend> {
    /// With respect to the weights.
    pub weights: Weights<B>,
    /// With respect to the inputs, `[n, features]`.
    pub inputs: Tensor<B, 2>,
    /// With respect to the targets, `[n, outputs]`.
    pub targets: Tensor<B, 2>,
}

/// The product for a direction v, on a nested tape; chunks of rows go side by side, as in [`plain`].
pub fn product<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<B>,
    inputs: &Tensor<B, 2>,
    targets: &Tensor<B, 2>,
    loss: Loss,
    direction: &Weights<B>,
) -> Product<B> {
    let rows = inputs.dims()[0];
    let slots = all_slots(weights);
    let of_chunk = |(first, count)| {
        let share = count as f64 / rows as f64;
        let weights = weights.map(leaf);
        let inputs = leaf(inputs.clone().narrow(0, first, count));
        let targets = leaf(targets.clone().narrow(0, first, count));
        let (x, y) = (inputs.clone(), targets.clone());
        let (_, gradient) = tracked(network, &weights, x, y, loss, &slots);
        let direction = direction.map(|tensor| lift(tensor.mul_scalar(share)));
        let gradients = gradient.dot(&direction).backward();
        Product {
            weights: weights.map(|leaf| slope(&leaf, &gradients)),
            inputs: slope(&inputs, &gradients),
            targets: slope(&targets, &gradients),
        }
    };
    let parts = side_by_side(&chunks(network, rows), of_chunk);
    let sum = |total: Weights<B>, part: Weights<B>| total.zip(&part, |a, b| a + b);
    let whole = parts.iter().map(|part| part.weights.clone()).reduce(sum);
    let joined = |of: fn(&Product<B>) -> Tensor<B, 2>| match parts.as_slice() {
        [part] => of(part),
        parts => Tensor::cat(parts.iter().map(of).collect(), 0),
    };
    let (inputs, targets) = (joined(|p| p.inputs.clone()), joined(|p| p.targets.clone()));
    Product {
        weights: whole.unwrap_or_else(|| weights.zeros_like()),
        inputs,
        targets,
    }
}

/// A leaf's gradient; zero where nothing depends on it.
fn slope<B: Backend, const D: usize>(
    leaf: &Tensor<Tape<B>, D>,
    gradients: &<Tape<B> as AutodiffBackend>::Gradients,
) -> Tensor<B, D> {
    leaf.grad(gradients)
        .unwrap_or_else(|| leaf.clone().inner().zeros_like())
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
