//! The weight gradient of a step, recorded on nested tapes so that it can be differentiated again.
//!
//! The way back through an unrolled step takes the derivatives of ⟨∇_θ loss(θ, X, y), v⟩ with respect
//! to θ, X and y, for a direction v that is known only when all later steps have been walked back.
//! Either the step is recorded when it is taken and the record kept until then ([`StepRecord`]), or it
//! is taken a second time ([`product`]): a quarter of the time more, and no record to keep.

use burn::tensor::{Tensor, backend::Backend};

use super::Loss;
use super::gradient::{all_slots, chunks, summed, tracked_chunk};
use super::lanes::side_by_side;
use crate::kernel::Grain;
use crate::network::{AnyNetwork, WeightLeaves, Weights};
use crate::tape::{Derivatives, Leaf, Tape, lift};

/// The derivatives of a weight gradient's product ⟨∇_θ loss(θ, X, y), v⟩ with a direction.
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
    /// What both sets of rows give together.
    fn joined(self, next: Self) -> Self {
        let below = |a, b| Tensor::cat(vec![a, b], 0);
        Self {
            weights: self.weights.added(next.weights),
            inputs: below(self.inputs, next.inputs),
            targets: below(self.targets, next.targets),
        }
    }
}

/// What a gradient is taken of.
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
    /// The mean over rows of which the gradient is taken.
    pub loss: Loss,
    /// Whether a product's derivative with respect to the weights is wanted; where not it is zero.
    pub to_weights: bool,
}

impl<B: Backend> LossAt<'_, B> {
    /// Whether its product has all rows on one tape, recorded or not.
    pub(super) fn is_one_chunk(&self) -> bool {
        self.chunks().len() < 2
    }

    fn chunks(&self) -> Vec<(usize, usize)> {
        chunks(self.network, self.inputs.dims()[0])
    }

    /// Some of the rows on a nested tape.
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

/// What some rows add to the gradient, on a tape, and that tape's leaves, which hold it.
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

/// A gradient with the tapes that it was taken on.
#[derive(Debug)]
pub struct StepRecord<B: Backend> {
    grain: Grain,
    chunks: Vec<Chunk<B>>,
}

impl<B: Backend> StepRecord<B> {
    /// Takes the gradient; chunks of rows go side by side.
    pub fn new(taken: &LossAt<'_, B>) -> Self {
        let grain = taken.network.grain();
        Self {
            grain,
            chunks: side_by_side(grain, taken.chunks(), |chunk| taken.record(chunk)),
        }
    }

    /// Numbers that such a record holds for that many rows, about.
    pub fn floats(network: &dyn AnyNetwork<B>, rows: usize) -> usize {
        let activations = network.activations().saturating_mul(rows);
        let gradients = chunks(network, rows).len() * network.layout().floats();
        activations
            .saturating_mul(network.tape_copies())
            .saturating_add(gradients)
    }

    /// ∇_θ loss; none of no rows.
    pub fn gradient(&self) -> Option<Weights<B>> {
        let parts = self.chunks.iter().map(Chunk::gradient);
        parts.reduce(Weights::added)
    }

    /// Its product with a direction, which uses up the tapes; none of no rows.
    pub fn product(self, direction: &Weights<B>) -> Option<Product<B>> {
        let of_chunk = |chunk: Chunk<B>| chunk.product(direction);
        summed(self.grain, self.chunks, of_chunk, Product::joined)
    }
}

/// The product of a gradient that was not recorded; none of no rows. Only a few chunks of rows are on
/// tapes at once.
pub fn product<B: Backend>(taken: &LossAt<'_, B>, direction: &Weights<B>) -> Option<Product<B>> {
    let of_chunk = |chunk| taken.record(chunk).product(direction);
    summed(
        taken.network.grain(),
        taken.chunks(),
        of_chunk,
        Product::joined,
    )
}
