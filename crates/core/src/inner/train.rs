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

/// The weights after training from `start` on these rows, visited in shuffled epochs; the last batch
/// of an epoch may be smaller.
pub fn train<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Weights<B>,
    rows: &Rows<B>,
    training: &Training<'_>,
    seed: &Seed,
) -> Weights<B> {
    let optimiser = Optimiser::new(training.optimiser, training.momentum);
    let slots = gradient::all_slots(&start);
    let mut weights = start;
    let mut moments: Vec<Option<Moments<B, 1>>> = vec![None; slots.len()];
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
        let (_, gradient) = gradient::plain(
            network,
            &weights,
            transform.apply(batch.inputs),
            batch.targets,
            training.loss,
            &slots,
        );
        let gradient = gradient.add_scaled(&weights, training.weight_decay);
        let rate = training.learning_rate * training.schedule.factor(step, training.steps);
        let mut slot = 0;
        weights = weights.zip(&gradient, |weight, slope| {
            let (weight, next) = optimiser.step(rate, weight, slope, moments[slot].take());
            moments[slot] = Some(next);
            slot += 1;
            weight
        });
    }
    weights
}
