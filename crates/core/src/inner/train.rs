//! The one plain training loop: evaluation runs on it, and networks that age.

use burn::tensor::backend::Backend;

use super::optimiser::{Moments, Optimiser};
use super::{Loss, OptimiserKind, Schedule, gradient};
use crate::augment::Augmentation;
use crate::network::{AnyNetwork, Weights};
use crate::seed::Seed;
use crate::task::Rows;

/// How a network is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Training<'a> {
    /// Number of steps.
    pub steps: usize,
    /// Rows of a step; all where there are fewer.
    pub batch: usize,
    /// What moves the weights.
    pub optimiser: OptimiserKind,
    /// Learning rate at the first step.
    pub learning_rate: f64,
    /// How it falls.
    pub schedule: Schedule,
    /// Momentum, or Adam's first-moment coefficient.
    pub momentum: f64,
    /// Weight decay, added to the gradient.
    pub weight_decay: f64,
    /// The loss.
    pub loss: Loss,
    /// What is done to each step's rows: a draw for each of them.
    pub augmentation: &'a Augmentation,
}

/// A network's weights in the midst of a training.
#[derive(Debug, Clone)]
pub struct Trained<B: Backend> {
    /// The weights.
    pub weights: Weights<B>,
    /// What the optimiser remembers of each slot; nothing before the first step.
    pub moments: Vec<Moments<B, 1>>,
}

impl<B: Backend> Trained<B> {
    /// Where a training starts.
    pub fn new(weights: Weights<B>) -> Self {
        Self {
            weights,
            moments: Vec::new(),
        }
    }

    /// One step with that learning rate, on these rows as they are.
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

/// The weights after training from `start` on these rows, visited in shuffled epochs; the last batch
/// of an epoch may be smaller.
pub fn train<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Weights<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
) -> Weights<B> {
    continued(network, Trained::new(start), rows, training, seed).weights
}

/// The same from a training's midst: with what the optimiser remembers before, and after.
pub fn continued<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Trained<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
) -> Trained<B> {
    // What a checkpoint brings back comes without what is known of a start, and must go on with the same bits.
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
    }
    trained
}
