//! The weight gradient of a network's loss on rows.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use super::lanes::queued;
use crate::kernel::Grain;
use crate::network::{AnyNetwork, Forward, Mirror, WeightLeaves, Weights};
use crate::numeric::total;
use crate::tape::{Derivatives, Leaf, Tape, lift};

/// All slots of these weights, for a gradient with respect to all of them.
pub fn all_slots<A: Backend>(weights: &Weights<A>) -> Vec<usize> {
    (0..weights.tensors().len()).collect()
}

/// Returns the first row and the length of each chunk in which `rows` rows go through a network.
///
/// On a CPU, the activations of a chunk fit the cache. Chunks depend only on the network, the backend and
/// the number of rows, not on the machine, so that sums over chunks have the same bits on any number of
/// cores. Their number is even, or a multiple of eight if there are many, and their lengths differ by at
/// most one row, so that lanes get equal shares.
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

/// Returns the loss, `[1]`, and its weight gradient as plain numbers, for inputs `[n, features]` and
/// targets `[n, outputs]`. The gradient is zero for slots not in `slots`.
///
/// The loss is a mean over rows, so loss and gradient are sums over chunks, weighted by their shares of
/// the rows. Chunks are computed in parallel and summed in order.
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

/// Computes `make` of every chunk in parallel and sums the results in order. Returns `None` if there are
/// no chunks. Each result is added as soon as all before it are, so few are held unless one takes very
/// long.
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

/// Returns the loss, `[1]`, and its weight gradient, tracked by the point tape. The gradient can be
/// differentiated again with respect to the points, and to weights that are leaves of that tape.
/// Inputs are `[n, features]` and targets `[n, outputs]`.
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

/// Like [`tracked`], for rows that are `share` of all rows; loss and gradient are multiplied by `share`.
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

/// Computes loss and gradient of rows on a tape over `A`. Of mirrored weights only one half goes through
/// the network (see [`crate::network`]).
struct Pass<'a, A: Backend, N: ?Sized> {
    network: &'a N,
    unused: Vec<usize>,
    weights: &'a Weights<A>,
    /// The mirror and the first half of the weights, if they are mirrored.
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

    /// Loss and gradient of rows that are `share` of all rows. The gradient of mirrored weights is that of
    /// the first half; [`Self::whole`] completes it.
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
        // Zero, or NaN if an output of the half is not finite.
        let unsound = total::of(outputs.clone().inner()).mul_scalar(0.0);
        let along = total::of(outputs * lift(derivative));
        (loss + unsound, leaves.derivatives(&Derivatives::of(along)))
    }

    /// Completes a gradient of the first half to that of all weights.
    fn whole(&self, gradient: Weights<A>) -> Weights<A> {
        match &self.half {
            Some((mirror, _)) => mirror.whole_gradient(self.weights.layout(), &gradient),
            None => gradient,
        }
    }
}

/// The loss of outputs that are zero, times `share`, and its derivative with respect to them
/// `[n, outputs]`.
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
