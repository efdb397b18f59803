//! The weight gradient of a network's loss on some rows.

use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};

use super::Loss;
use super::lanes::{self, side_by_side};
use crate::kernel::Grain;
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::{Tape, leaf, lift};

/// All slots of these weights, to take the gradient of.
pub fn all_slots<A: Backend>(weights: &Weights<A>) -> Vec<usize> {
    (0..weights.tensors().len()).collect()
}

/// Chunks that a lane works off before their results are summed.
const WAVE: usize = 4;

/// First rows and lengths of the chunks in which rows go through a network: on a processor their
/// activations then stay in the cache. They depend on the network, the backend and the number of rows
/// alone, not on the machine, so that sums over chunks have the same bits on any number of cores. Their
/// number is even, or a multiple of eight where there are many, and their lengths differ by one row at
/// most, so that lanes get equal shares.
pub fn chunks<B: Backend>(network: &dyn AnyNetwork<B>, rows: usize) -> Vec<(usize, usize)> {
    let most = (network.grain().activations / network.activations().max(1)).max(1);
    let count = match rows.div_ceil(most) {
        few @ ..2 => few,
        few @ ..8 => few.next_multiple_of(2),
        many => many.next_multiple_of(8),
    };
    let count = count.min(rows);
    let first = |chunk| chunk * rows / count;
    (0..count)
        .map(|chunk| (first(chunk), first(chunk + 1) - first(chunk)))
        .collect()
}

/// Loss and its weight gradient, as plain numbers; zero for the slots not named. The loss is a mean
/// over rows, so both are the chunks' means weighted by their share of the rows; chunks go through
/// the network side by side, and are summed in order.
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
    let sum = |total: (Tensor<B, 1>, Weights<B>), part: (Tensor<B, 1>, Weights<B>)| {
        (total.0 + part.0, total.1.zip(&part.1, |a, b| a + b))
    };
    match chunks(network, rows).as_slice() {
        [] | [_] => on(network, weights, inputs, targets, loss, slots),
        chunks => summed(network.grain(), chunks, of_chunk, sum)
            .unwrap_or_else(|| (Tensor::zeros([1], &inputs.device()), weights.zeros_like())),
    }
}

/// The sum of what is made of every chunk, in the chunks' order; none of no chunks. Chunks go side by
/// side in waves, so that only a few of the things to be summed are there at once.
fn summed<O: Send>(
    grain: Grain,
    chunks: &[(usize, usize)],
    make: impl Fn((usize, usize)) -> O + Sync,
    sum: impl Fn(O, O) -> O,
) -> Option<O> {
    let waves = chunks.chunks(WAVE * lanes::count(grain));
    waves
        .flat_map(|wave| side_by_side(grain, wave, &make))
        .reduce(sum)
}

/// The weight gradient, and the derivatives of its product ⟨∇_θ loss(θ, X, y), v⟩ with a direction
/// with respect to all three.
#[derive(Debug, Clone)]
pub struct Product<B: Backend> {
    /// ∇_θ loss itself.
    pub gradient: Weights<B>,
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
            gradient: gradient.map(|tensor| tensor.inner().mul_scalar(share)),
            weights: weights.map(|leaf| slope(&leaf, &gradients)),
            inputs: slope(&inputs, &gradients),
            targets: slope(&targets, &gradients),
        }
    };
    let joined = |a, b| Tensor::cat(vec![a, b], 0);
    let sum = |total: Product<B>, part: Product<B>| Product {
        gradient: total.gradient.zip(&part.gradient, |a, b| a + b),
        weights: total.weights.zip(&part.weights, |a, b| a + b),
        inputs: joined(total.inputs, part.inputs),
        targets: joined(total.targets, part.targets),
    };
    summed(network.grain(), &chunks(network, rows), of_chunk, sum).unwrap_or_else(|| Product {
        gradient: weights.zeros_like(),
        weights: weights.zeros_like(),
        inputs: inputs.zeros_like(),
        targets: targets.zeros_like(),
    })
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
