//! The weight gradient of a network's loss on some rows.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use super::lanes::queued;
use crate::kernel::Grain;
use crate::network::{AnyNetwork, Forward, Mirror, WeightLeaves, Weights};
use crate::numeric::total;
use crate::tape::{Derivatives, Leaf, Tape, lift};

/// All slots of these weights, to take the gradient of.
pub fn all_slots<A: Backend>(weights: &Weights<A>) -> Vec<usize> {
    (0..weights.tensors().len()).collect()
}

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
    let pass = Pass::new(network, network.unused(), weights, loss, slots);
    let of_chunk = |(first, count)| {
        let [inputs, targets] = [&inputs, &targets].map(|all: &Tensor<B, 2>| match count == rows {
            true => all.clone(),
            false => all.clone().narrow(0, first, count),
        });
        pass.of(inputs, targets, count as f64 / rows as f64)
    };
    let sum = |(value, gradient): (Tensor<B, 1>, Weights<B>), next: (Tensor<B, 1>, Weights<B>)| {
        (value + next.0, gradient.added(next.1))
    };
    match summed(network.grain(), chunks(network, rows), of_chunk, sum) {
        Some((value, gradient)) => (value, pass.whole(gradient)),
        None => (Tensor::zeros([1], &inputs.device()), weights.zeros_like()),
    }
}

/// The sum of what is made of every chunk, in the chunks' order; none of no chunks. Chunks go side by
/// side, and each is added as soon as it and all before it are there: few are held, unless one takes very long.
pub(super) fn summed<C: Send, O: Send>(
    grain: Grain,
    chunks: Vec<C>,
    make: impl Fn(C) -> O + Sync,
    sum: impl Fn(O, O) -> O,
) -> Option<O> {
    let chunks: Vec<Mutex<Option<C>>> = chunks.into_iter().map(|it| Mutex::new(Some(it))).collect();
    let of_place = |place: usize| {
        let mut chunk = chunks[place].lock().unwrap_or_else(PoisonError::into_inner);
        chunk.take().map(&make)
    };
    let mut total: Option<O> = None;
    let Ok(()) = queued(grain, chunks.len(), 0, of_place, |_, made: Option<O>| {
        total = match (total.take(), made) {
            (Some(total), Some(made)) => Some(sum(total, made)),
            (total, made) => total.or(made),
        };
        Ok::<(), Infallible>(())
    });
    total
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
    tracked_chunk(network, weights, (inputs, targets), loss, slots, 1.0)
}

/// The same of rows that are this share of all, times that share.
pub(super) fn tracked_chunk<B: Backend>(
    network: &dyn AnyNetwork<B>,
    weights: &Weights<Tape<B>>,
    (inputs, targets): (Tensor<Tape<B>, 2>, Tensor<Tape<B>, 2>),
    loss: Loss,
    slots: &[usize],
    share: f64,
) -> (Tensor<Tape<B>, 1>, Weights<Tape<B>>) {
    let pass = Pass::<Tape<B>, _>::new(network, network.unused(), weights, loss, slots);
    let (value, gradient) = pass.of(inputs, targets, share);
    (value, pass.whole(gradient))
}

/// What rows go through on a tape over `A`: the weights, or half of them where they are a mirrored start.
struct Pass<'a, A: Backend, N: ?Sized> {
    network: &'a N,
    unused: Vec<usize>,
    weights: &'a Weights<A>,
    /// How they mirror, and the half that tells all.
    half: Option<(Arc<Mirror>, Weights<A>)>,
    loss: Loss,
    slots: &'a [usize],
}

impl<'a, A: Backend, N: Forward<Tape<A>> + ?Sized> Pass<'a, A, N> {
    fn new(
        network: &'a N,
        unused: Vec<usize>,
        weights: &'a Weights<A>,
        loss: Loss,
        slots: &'a [usize],
    ) -> Self {
        let half = weights.mirror().map(|mirror| {
            let half = mirror.first_half(weights);
            (mirror, half)
        });
        Self {
            network,
            unused,
            weights,
            half,
            loss,
            slots,
        }
    }

    /// Loss and gradient of some rows, which are this share of all; of a mirrored start in the half.
    fn of(
        &self,
        inputs: Tensor<A, 2>,
        targets: Tensor<A, 2>,
        share: f64,
    ) -> (Tensor<A, 1>, Weights<A>) {
        let weights = self.half.as_ref().map_or(self.weights, |(_, half)| half);
        let leaves = WeightLeaves::new(weights, self.slots, self.unused.clone());
        let outputs = || {
            let inputs = lift(inputs);
            self.network.forward(&leaves.tracked(), inputs).outputs
        };
        if self.half.is_none() {
            let loss = self.loss.value(outputs(), lift(targets)).mul_scalar(share);
            return (
                loss.clone().inner(),
                leaves.derivatives(&Derivatives::of(loss)),
            );
        }
        let (loss, derivative) = at_zero(self.loss, targets, share);
        let outputs = outputs();
        // Zero, or no number where an output of the half is none.
        let unsound = total::of(outputs.clone().inner()).mul_scalar(0.0);
        let along = total::of(outputs * lift(derivative));
        (loss + unsound, leaves.derivatives(&Derivatives::of(along)))
    }

    /// The gradient in all weights.
    fn whole(&self, gradient: Weights<A>) -> Weights<A> {
        match &self.half {
            Some((mirror, _)) => mirror.whole_gradient(self.weights.layout(), &gradient),
            None => gradient,
        }
    }
}

/// That share of the loss of outputs that are zero, and its derivative there `[n, outputs]`.
fn at_zero<A: Backend>(
    loss: Loss,
    targets: Tensor<A, 2>,
    share: f64,
) -> (Tensor<A, 1>, Tensor<A, 2>) {
    let outputs = Leaf::new(targets.zeros_like());
    let value = loss
        .value(outputs.tracked(), lift(targets))
        .mul_scalar(share);
    let number = value.clone().inner();
    (number, Derivatives::of(value).at(outputs, "outputs"))
}
