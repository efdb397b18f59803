//! The plain training loop, for the evaluation, for experts and for networks that age.

use burn::tensor::backend::Backend;

use super::optimiser::{Moments, Optimiser};
use super::{Loss, OptimiserKind, Schedule, gradient};
use crate::augment::Augmentation;
use crate::network::{AnyNetwork, Weights};
use crate::seed::Seed;
use crate::task::Rows;

/// Settings of a training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Training<'a> {
    /// Number of steps.
    pub steps: usize,
    /// Number of rows in a minibatch; all rows if there are fewer.
    pub batch: usize,
    /// Optimiser of the weights.
    pub optimiser: OptimiserKind,
    /// Learning rate at the first step.
    pub learning_rate: f64,
    /// How the learning rate falls.
    pub schedule: Schedule,
    /// Momentum, or Adam's first-moment coefficient.
    pub momentum: f64,
    /// Weight decay, added to the gradient.
    pub weight_decay: f64,
    /// The loss.
    pub loss: Loss,
    /// Augmentation of the inputs, drawn at each step for each row.
    pub augmentation: &'a Augmentation,
}

/// The state of a training: weights and optimiser moments.
#[derive(Debug, Clone)]
pub struct Trained<B: Backend> {
    /// The weights.
    pub weights: Weights<B>,
    /// The optimiser's moments of each slot; empty before the first step.
    pub moments: Vec<Moments<B, 1>>,
}

impl<B: Backend> Trained<B> {
    /// The state before the first step.
    pub fn new(weights: Weights<B>) -> Self {
        Self {
            weights,
            moments: Vec::new(),
        }
    }

    /// Takes one step on these rows, without augmentation.
    fn step(
        self,
        network: &dyn AnyNetwork<B>,
        rows: Rows<B>,
        training: &Training<'_>,
        learning_rate: f64,
    ) -> Self {
        let optimiser = Optimiser::new(training.optimiser, training.momentum);
        let slots = gradient::all_slots(&self.weights);
        let Rows { inputs, targets } = rows;
        let loss = training.loss;
        let (_, gradient) = gradient::plain(network, &self.weights, inputs, targets, loss, &slots);
        let gradient = gradient.add_scaled(&self.weights, training.weight_decay);
        let mut before = self.moments.into_iter();
        let mut moments = Vec::with_capacity(slots.len());
        let weights = self.weights.zip(&gradient, |weight, derivative| {
            let (weight, next) = optimiser.step(learning_rate, weight, derivative, before.next());
            moments.push(next);
            weight
        });
        Self { weights, moments }
    }
}

/// Trains from `start` on the rows and returns the weights. Rows are visited in shuffled epochs; the last
/// minibatch of an epoch may be smaller.
pub fn train<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Weights<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
) -> Weights<B> {
    continued(network, Trained::new(start), rows, training, seed).weights
}

/// Like [`train`]: `look` sees the weights after each step, with the number of steps done.
pub fn watched<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Weights<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
    look: &mut dyn FnMut(usize, &Weights<B>),
) -> Weights<B> {
    stepped(network, Trained::new(start), rows, training, seed, look).weights
}

/// Like [`train`], but continues a training: it takes and returns the optimiser's moments too.
pub fn continued<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Trained<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
) -> Trained<B> {
    stepped(network, start, rows, training, seed, &mut |_, _| {})
}

/// The steps of a training. `look` cannot change them.
fn stepped<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Trained<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
    look: &mut dyn FnMut(usize, &Weights<B>),
) -> Trained<B> {
    // Fresh weights may be known to be mirrored; weights from a checkpoint are not. The training must not use
    // that knowledge, so that both give the same bits.
    let mut trained = Trained {
        weights: start.weights.unknown(),
        ..start
    };
    let mut stream = seed.child("batches").stream();
    let mut order: Vec<usize> = Vec::new();
    for step in 0..training.steps {
        let batch = if training.batch >= rows.len() {
            rows.clone()
        } else {
            if order.is_empty() {
                order = stream.permutation(rows.len());
            }
            rows.select(&order.split_off(order.len().saturating_sub(training.batch)))
        };
        let step_seed = seed.indexed("step", step as u64);
        let transform = training.augmentation.plain(batch.len(), &step_seed);
        let batch = Rows {
            inputs: transform.apply(batch.inputs),
            targets: batch.targets,
        };
        let rate = training.learning_rate * training.schedule.factor(step, training.steps);
        trained = trained.step(network, batch, training, rate);
        look(step + 1, &trained.weights);
    }
    trained
}
