//! The differentiable unroll: training steps on the points, walked back one at a time.
//!
//! T steps of gradient descent with momentum μ and step sizes η_t,
//!
//! ```text
//!   m_{t+1} = μ m_t + g_t,    g_t = ∇_θ loss(θ_t, X),    θ_{t+1} = θ_t − η_t m_{t+1},
//! ```
//!
//! turn a start θ_0 into θ_T, whose loss on real data is the outer loss. Its hypergradient needs no
//! graph over all steps: with λ = ∂L/∂θ and κ = ∂L/∂m it goes back by
//!
//! ```text
//!   ∂L/∂η_t += −⟨λ, m_{t+1}⟩      κ ← κ − η_t λ
//!   ∂L/∂X   += ∇_X ⟨g_t, κ⟩       λ ← λ + ∇_θ ⟨g_t, κ⟩      κ ← μ κ
//! ```
//!
//! and each ∇⟨g_t, κ⟩ is one product on a nested tape of one step (Wang et al., "Dataset
//! Distillation", 2018; Maclaurin et al., 2015). What is kept between is weight vectors: every one
//! where they are few, otherwise the start of every segment of ⌈√T⌉ steps, from which the others are
//! computed again. Memory is then O(√T) weight vectors and one step's graph.

use burn::tensor::{Tensor, backend::Backend};

use super::{Loss, gradient};
use crate::network::{AnyNetwork, Forward, Weights};
use crate::tape::{Tape, lift};

/// Above this many steps weights are computed again on the way back instead of being kept.
const KEPT_STEPS: usize = 32;

/// What the unrolled network learns and how.
#[derive(Debug, Clone)]
pub struct Lesson<A: Backend> {
    /// Inputs, `[points, features]`.
    pub inputs: Tensor<A, 2>,
    /// Targets, `[points, outputs]`.
    pub targets: Tensor<A, 2>,
    /// Positive step sizes, `[1, 1]` for all steps or `[steps, 1]`.
    pub step_sizes: Tensor<A, 2>,
    /// Momentum μ.
    pub momentum: f64,
    /// Number of steps T.
    pub steps: usize,
    /// The loss of each step.
    pub loss: Loss,
}

/// Derivatives of the outer loss with respect to a lesson.
#[derive(Debug, Clone)]
pub struct Hypergradient<B: Backend> {
    /// Of the inputs.
    pub inputs: Tensor<B, 2>,
    /// Of the targets.
    pub targets: Tensor<B, 2>,
    /// Of the step sizes, in their shape.
    pub step_sizes: Tensor<B, 2>,
}

/// Weights and, where there is momentum, velocity between two steps.
#[derive(Debug, Clone)]
struct Moment<A: Backend> {
    weights: Weights<A>,
    velocity: Option<Weights<A>>,
}

impl<A: Backend> Lesson<A> {
    /// Which of the step sizes a step takes.
    fn row(&self, step: usize) -> usize {
        step.min(self.step_sizes.dims()[0] - 1)
    }

    fn step_size(&self, step: usize) -> Tensor<A, 1> {
        let sizes = self.step_sizes.clone();
        sizes.narrow(0, self.row(step), 1).flatten(0, 1)
    }

    fn advance(&self, moment: Moment<A>, step: usize, gradient: Weights<A>) -> Moment<A> {
        let velocity = match moment.velocity {
            Some(old) => gradient.add_scaled(&old, self.momentum),
            None => gradient,
        };
        let size = self.step_size(step);
        let weights = moment.weights.zip(&velocity, |w, m| w - m * size.clone());
        Moment {
            weights,
            velocity: (self.momentum > 0.0).then_some(velocity),
        }
    }
}

impl<B: Backend> Lesson<B> {
    fn step(&self, network: &dyn AnyNetwork<B>, moment: Moment<B>, step: usize) -> Moment<B> {
        let weights = &moment.weights;
        let slots = gradient::all_slots(weights);
        let (inputs, targets) = (self.inputs.clone(), self.targets.clone());
        let (_, gradient) = gradient::plain(network, weights, inputs, targets, self.loss, &slots);
        self.advance(moment, step, gradient)
    }
}

/// The outer loss after the lesson, and its hypergradient: `outer` gives loss and weight gradient at
/// θ_T.
pub fn hypergradient<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Weights<B>,
    lesson: &Lesson<B>,
    outer: impl FnOnce(&Weights<B>) -> (Tensor<B, 1>, Weights<B>),
) -> (Tensor<B, 1>, Hypergradient<B>) {
    let segment = segment_length(lesson.steps);
    let mut starts = Vec::new();
    let mut kept: Vec<Moment<B>> = Vec::new();
    let mut moment = Moment {
        weights: start,
        velocity: None,
    };
    for step in 0..lesson.steps {
        if step % segment == 0 {
            starts.extend(kept.drain(..).next());
        }
        let next = lesson.step(network, moment.clone(), step);
        kept.push(moment);
        moment = next;
    }
    let (loss, mut lambda) = outer(&moment.weights);
    let mut back = Hypergradient {
        inputs: lesson.inputs.zeros_like(),
        targets: lesson.targets.zeros_like(),
        step_sizes: lesson.step_sizes.zeros_like(),
    };
    let mut kappa = lambda.zeros_like();
    let mut after = moment;
    for step in (0..lesson.steps).rev() {
        if kept.is_empty() {
            kept.extend(starts.pop());
            for step in step + 1 - segment..step {
                let next = lesson.step(network, kept[kept.len() - 1].clone(), step);
                kept.push(next);
            }
        }
        let Some(before) = kept.pop() else { break };
        (lambda, kappa) = walk_back(
            network,
            lesson,
            step,
            [&before, &after],
            (lambda, kappa),
            &mut back,
        );
        after = before;
    }
    (loss, back)
}

fn segment_length(steps: usize) -> usize {
    if steps <= KEPT_STEPS {
        steps.max(1)
    } else {
        (steps as f64).sqrt().ceil() as usize
    }
}

/// One step back: from λ, κ behind the step to λ, κ before it.
fn walk_back<B: Backend>(
    network: &dyn AnyNetwork<B>,
    lesson: &Lesson<B>,
    step: usize,
    [before, after]: [&Moment<B>; 2],
    (lambda, kappa): (Weights<B>, Weights<B>),
    back: &mut Hypergradient<B>,
) -> (Weights<B>, Weights<B>) {
    let size = lesson.step_size(step);
    let kappa = kappa.zip(&lambda, |k, l| k - l * size.clone());
    let Lesson {
        inputs,
        targets,
        loss,
        ..
    } = lesson;
    let slopes = gradient::product(network, &before.weights, inputs, targets, *loss, &kappa);
    // Without momentum the velocity is the gradient.
    let velocity = after.velocity.as_ref().unwrap_or(&slopes.gradient);
    let row = lesson.row(step);
    let slope = lambda.dot(velocity).neg().reshape([1, 1]);
    let slope = back.step_sizes.clone().narrow(0, row, 1) + slope;
    back.step_sizes = back
        .step_sizes
        .clone()
        .slice_assign([row..row + 1, 0..1], slope);
    back.inputs = back.inputs.clone() + slopes.inputs;
    back.targets = back.targets.clone() + slopes.targets;
    let lambda = lambda.zip(&slopes.weights, |l, slope| l + slope);
    (lambda, kappa.map(|k| k.mul_scalar(lesson.momentum)))
}

/// The same outer loss with the graph of all steps on the point tape: what the step-wise way back is
/// tested against. Memory grows with T whole graphs.
pub fn full_graph<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: &Weights<B>,
    lesson: &Lesson<Tape<B>>,
    outer_inputs: Tensor<B, 2>,
    outer_targets: Tensor<B, 2>,
) -> Tensor<Tape<B>, 1> {
    let mut moment = Moment {
        weights: start.map(lift),
        velocity: None,
    };
    for step in 0..lesson.steps {
        let slots = gradient::all_slots(start);
        let (_, gradient) = gradient::tracked(
            network,
            &moment.weights,
            lesson.inputs.clone(),
            lesson.targets.clone(),
            lesson.loss,
            &slots,
        );
        moment = lesson.advance(moment, step, gradient);
    }
    let outputs = Forward::<Tape<B>>::forward(network, &moment.weights, lift(outer_inputs)).outputs;
    lesson.loss.value(outputs, lift(outer_targets))
}
