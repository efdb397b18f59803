//! The weight gradient of a network's loss on some rows.

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use super::lanes::{self, side_by_side};
use crate::kernel::Grain;
use crate::network::{AnyNetwork, Forward, WeightLeaves, Weights};
use crate::tape::{Leaf, Slopes, Tape, lift};
use crate::total;

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
    let (rows, unused) = (inputs.dims()[0], network.unused());
    let of_chunk = |(first, count)| {
        let [inputs, targets] =
            [&inputs, &targets].map(|all: &Tensor<B, 2>| all.clone().narrow(0, first, count));
        let seen = (inputs, targets);
        let (value, gradient) = on(network, unused.clone(), weights, seen, loss, slots);
        let share = count as f64 / rows as f64;
        (
            value.mul_scalar(share),
            gradient.map(|tensor| tensor.mul_scalar(share)),
        )
    };
    let sum = |total: (Tensor<B, 1>, Weights<B>), part: (Tensor<B, 1>, Weights<B>)| {
        (total.0 + part.0, total.1.plus(&part.1))
    };
    let chunks = chunks(network, rows);
    if chunks.len() < 2 {
        return on(network, unused, weights, (inputs, targets), loss, slots);
    }
    summed(network.grain(), chunks, of_chunk, sum)
        .unwrap_or_else(|| (Tensor::zeros([1], &inputs.device()), weights.zeros_like()))
}

/// The sum of what is made of every chunk, in the chunks' order; none of no chunks. Chunks go side by
/// side in waves, so that only a few of the things to be summed are there at once.
pub(super) fn summed<C: Send, O: Send>(
    grain: Grain,
    chunks: Vec<C>,
    make: impl Fn(C) -> O + Sync,
    sum: impl Fn(O, O) -> O,
) -> Option<O> {
    let mut chunks = chunks.into_iter();
    let waves = std::iter::from_fn(|| {
        let wave: Vec<C> = chunks.by_ref().take(WAVE * lanes::count(grain)).collect();
        (!wave.is_empty()).then_some(wave)
    });
    waves
        .flat_map(|wave| side_by_side(grain, wave, &make))
        .reduce(sum)
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
    let unused = network.unused();
    on::<Tape<B>>(network, unused, weights, (inputs, targets), loss, slots)
}

/// The gradient on a tape over `A`. Of a mirrored start half goes through the network.
fn on<A: Backend>(
    network: &(impl Forward<Tape<A>> + ?Sized),
    unused: Vec<usize>,
    weights: &Weights<A>,
    (inputs, targets): (Tensor<A, 2>, Tensor<A, 2>),
    loss: Loss,
    slots: &[usize],
) -> (Tensor<A, 1>, Weights<A>) {
    if let Some(mirror) = weights.mirror() {
        let (value, pull) = at_zero(loss, targets);
        let leaves = WeightLeaves::new(&mirror.first_half(weights), slots, unused);
        let outputs = network.forward(&leaves.tracked(), lift(inputs)).outputs;
        let half = leaves.slopes(&Slopes::of(total::of(outputs * lift(pull))));
        return (value, mirror.whole_gradient(weights.layout(), &half));
    }
    let leaves = WeightLeaves::new(weights, slots, unused);
    let outputs = network.forward(&leaves.tracked(), lift(inputs)).outputs;
    let value = loss.value(outputs, lift(targets));
    (value.clone().inner(), leaves.slopes(&Slopes::of(value)))
}

/// The loss of outputs that are zero, and its slope there `[n, outputs]`.
fn at_zero<A: Backend>(loss: Loss, targets: Tensor<A, 2>) -> (Tensor<A, 1>, Tensor<A, 2>) {
    let outputs = Leaf::new(targets.zeros_like());
    let value = loss.value(outputs.tracked(), lift(targets));
    let number = value.clone().inner();
    (number, Slopes::of(value).at(outputs, "outputs"))
}
