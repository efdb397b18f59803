//! The weight gradient of a training step, recorded on nested tapes so that it can be differentiated again.
//!
//! The backward pass through a step takes the derivatives of ⟨∇_θ loss(θ, X, y), v⟩ with respect to θ, X
//! and y. The direction v is known only when the pass has gone through all later steps. Either the step is
//! recorded when it is taken, and the record is kept until then ([`StepRecord`]); or it is computed a
//! second time ([`product`]), which takes a quarter more time and keeps no record.

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use super::gradient::{all_slots, chunks, summed, tracked_chunk};
use super::lanes::side_by_side;
use crate::kernel::Grain;
use crate::network::{AnyNetwork, WeightLeaves, Weights};
use crate::tape::{Derivatives, Leaf, Tape, lift};

/// The derivatives of the product ⟨∇_θ loss(θ, X, y), v⟩ of a weight gradient with a direction v.
#[derive(Debug, Clone)]
pub struct Product<B: Backend> {
    /// With respect to the weights.
    pub weights: Weights<B>,
    /// With respect to the inputs, `[n, features]`.
    pub inputs: Tensor<B, 2>,
    /// With respect to the targets, `[n, outputs]`.
    pub targets: Tensor<B, 2>,
}

impl<B: Backend> Product<B> {
    /// Joins the products of two chunks of rows.
    fn joined(self, next: Self) -> Self {
        let below = |a, b| Tensor::cat(vec![a, b], 0);
        Self {
            weights: self.weights.added(next.weights),
            inputs: below(self.inputs, next.inputs),
            targets: below(self.targets, next.targets),
        }
    }
}

/// The arguments of a weight gradient: network, weights and rows.
#[derive(Debug, Clone)]
pub struct LossAt<'a, B: Backend> {
    /// The network.
    pub network: &'a dyn AnyNetwork<B>,
    /// Its weights θ.
    pub weights: &'a Weights<B>,
    /// Inputs X, `[n, features]`, at least one row.
    pub inputs: Tensor<B, 2>,
    /// Targets y, `[n, outputs]`.
    pub targets: Tensor<B, 2>,
    /// The loss, a mean over rows.
    pub loss: Loss,
    /// Whether a product has derivatives with respect to the weights; if not, they are zero.
    pub to_weights: bool,
}

impl<B: Backend> LossAt<'_, B> {
    /// Whether all rows make a single chunk.
    pub(super) fn is_one_chunk(&self) -> bool {
        self.chunks().len() < 2
    }

    fn chunks(&self) -> Vec<(usize, usize)> {
        chunks(self.network, self.inputs.dims()[0])
    }

    /// Records the gradient of one chunk of rows on nested tapes.
    fn record(&self, (first, count): (usize, usize)) -> Chunk<B> {
        let rows = |all: &Tensor<B, 2>| Leaf::new(all.clone().narrow(0, first, count));
        let slots = all_slots(self.weights);
        let leaves = if self.to_weights {
            slots.as_slice()
        } else {
            &[]
        };
        let weights = WeightLeaves::new(self.weights, leaves, self.network.unused());
        let (inputs, targets) = (rows(&self.inputs), rows(&self.targets));
        let seen = (inputs.tracked(), targets.tracked());
        let share = count as f64 / self.inputs.dims()[0] as f64;
        let (network, loss) = (self.network, self.loss);
        let on_tape = weights.tracked();
        let (_, gradient) = tracked_chunk(network, &on_tape, seen, loss, &slots, share);
        Chunk {
            weights,
            inputs,
            targets,
            gradient,
        }
    }
}

/// The share of one chunk of rows in the gradient, on a tape, with the leaves that keep the tape alive.
#[derive(Debug)]
struct Chunk<B: Backend> {
    weights: WeightLeaves<B>,
    inputs: Leaf<B, 2>,
    targets: Leaf<B, 2>,
    gradient: Weights<Tape<B>>,
}

impl<B: Backend> Chunk<B> {
    fn gradient(&self) -> Weights<B> {
        self.gradient.map(Tensor::inner)
    }

    fn product(self, direction: &Weights<B>) -> Product<B> {
        let derivatives = Derivatives::of(self.gradient.dot(&direction.map(lift)));
        Product {
            weights: self.weights.derivatives(&derivatives),
            inputs: derivatives.at(self.inputs, "the inputs"),
            targets: derivatives.at(self.targets, "the targets"),
        }
    }
}

/// A weight gradient with the tapes that it was computed on.
#[derive(Debug)]
pub struct StepRecord<B: Backend> {
    grain: Grain,
    chunks: Vec<Chunk<B>>,
}

impl<B: Backend> StepRecord<B> {
    /// Computes and records the gradient, chunks of rows in parallel.
    pub fn new(taken: &LossAt<'_, B>) -> Self {
        let grain = taken.network.grain();
        Self {
            grain,
            chunks: side_by_side(grain, taken.chunks(), |chunk| taken.record(chunk)),
        }
    }

    /// About how many numbers a record holds for `rows` rows.
    pub fn floats(network: &dyn AnyNetwork<B>, rows: usize) -> usize {
        let activations = network.activations().saturating_mul(rows);
        let gradients = chunks(network, rows).len() * network.layout().floats();
        activations
            .saturating_mul(network.tape_copies())
            .saturating_add(gradients)
    }

    /// Returns ∇_θ loss, or `None` if there are no rows.
    pub fn gradient(&self) -> Option<Weights<B>> {
        let parts = self.chunks.iter().map(Chunk::gradient);
        parts.reduce(Weights::added)
    }

    /// Returns the product with a direction, or `None` if there are no rows. It consumes the tapes.
    pub fn product(self, direction: &Weights<B>) -> Option<Product<B>> {
        let of_chunk = |chunk: Chunk<B>| chunk.product(direction);
        summed(self.grain, self.chunks, of_chunk, Product::joined)
    }
}

/// Returns the product of a gradient that was not recorded, or `None` if there are no rows. Only a few
/// chunks of rows are on tapes at once.
pub fn product<B: Backend>(taken: &LossAt<'_, B>, direction: &Weights<B>) -> Option<Product<B>> {
    let of_chunk = |chunk| taken.record(chunk).product(direction);
    summed(
        taken.network.grain(),
        taken.chunks(),
        of_chunk,
        Product::joined,
    )
}
