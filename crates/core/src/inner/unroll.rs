//! The unroll: an inner training on the points, and its backward pass, one step at a time.
//!
//! T steps of gradient descent with momentum μ and step sizes η_t (or of Adam, see [`Descent`]),
//!
//! ```text
//!   m_{t+1} = μ m_t + g_t,    g_t = ∇_θ loss(θ_t, X),    θ_{t+1} = θ_t − η_t m_{t+1},
//! ```
//!
//! lead from fresh weights θ_0 to θ_T, whose loss L on real data is the outer loss. The hypergradient
//! needs no graph over all steps. With λ = ∂L/∂θ and κ = ∂L/∂m, the backward pass computes
//!
//! ```text
//!   ∂L/∂η_t += −⟨λ, m_{t+1}⟩      κ ← κ − η_t λ
//!   ∂L/∂X   += ∇_X ⟨g_t, κ⟩       λ ← λ + ∇_θ ⟨g_t, κ⟩      κ ← μ κ
//! ```
//!
//! Each ∇⟨g_t, κ⟩ is one product on the nested tapes of one step (Wang et al., "Dataset Distillation",
//! 2018; Maclaurin et al., 2015).
//!
//! Memory. The weights before each step are kept if there are few steps. Otherwise only the weights at
//! the start of every segment of ⌈√T⌉ steps are kept, and the others are computed again. Tapes are kept
//! for the steps that the backward pass reaches first, as many as fit [`InnerProblem::record_numbers`];
//! the other steps are computed again. This takes O(√T) weight vectors, or O(√W) with a window, and the
//! tapes of a bounded number of steps.
//!
//! With a *window* of W steps, the backward pass covers only the last W steps (Feng, Vedantam and Kempe,
//! "Embarrassingly Simple Dataset Distillation", ICLR 2024). The steps may take the points in
//! minibatches, in turns, as Wang et al. do.

use std::ops::Range;

use burn::tensor::{Tensor, backend::Backend};

use super::descent::{Adjoint, Descent, Iterate};
use super::minibatch::Minibatch;
use super::step_record::{LossAt, Product, StepRecord, product};
use super::{Loss, gradient};
use crate::augment::{Augmentation, Transform};
use crate::network::{AnyNetwork, Forward, Weights};
use crate::seed::Seed;
use crate::tape::{Tape, lift};

/// Above this number of steps, weights are computed again in the backward pass instead of being kept.
const KEPT_STEPS: usize = 32;

/// The [`InnerProblem::record_numbers`] of performance and trajectory matching: 512 MiB in single precision.
pub const RECORD_NUMBERS: usize = 1 << 27;

/// An inner training: its points and its settings.
#[derive(Debug, Clone)]
pub struct InnerProblem<A: Backend> {
    /// Inputs, `[points, features]`.
    pub inputs: Tensor<A, 2>,
    /// Targets, `[points, outputs]`.
    pub targets: Tensor<A, 2>,
    /// Positive step sizes, `[1, 1]` for all steps or `[steps, 1]`.
    pub step_sizes: Tensor<A, 2>,
    /// The rule that moves the weights.
    pub descent: Descent,
    /// Number of steps T.
    pub steps: usize,
    /// Number of steps W, the last ones, that the backward pass covers; all steps if W ≥ T.
    pub window: usize,
    /// Number of minibatches that the points are divided into, which steps take in turns. It must divide
    /// the number of points. Minibatch k holds every point whose place is k modulo this number.
    pub parts: usize,
    /// The loss of each step.
    pub loss: Loss,
    /// Augmentation of the inputs, drawn at each step for each point.
    pub augmentation: Augmentation,
    /// Seed of the augmentation's draws.
    pub seed: Seed,
    /// About how many numbers the tapes that are kept for the backward pass may hold in all.
    pub record_numbers: usize,
}

/// Derivatives of the outer loss with respect to an [`InnerProblem`].
#[derive(Debug, Clone)]
pub struct Hypergradient<B: Backend> {
    /// With respect to the inputs, `[points, features]`.
    pub inputs: Tensor<B, 2>,
    /// With respect to the targets, `[points, outputs]`.
    pub targets: Tensor<B, 2>,
    /// With respect to the step sizes, in their shape.
    pub step_sizes: Tensor<B, 2>,
}

impl<A: Backend> InnerProblem<A> {
    /// The row of the step sizes that a step takes.
    fn row(&self, step: usize) -> usize {
        step.min(self.step_sizes.dims()[0] - 1)
    }

    /// The points that a step sees.
    fn minibatch(&self, step: usize) -> Minibatch {
        Minibatch::new(step, self.parts)
    }

    fn transform(&self, step: usize) -> Transform {
        let seed = self.seed.indexed("inner", step as u64);
        let points = self.inputs.dims()[0] / self.parts.max(1);
        self.augmentation.plain(points, &seed)
    }

    /// The augmented inputs of a step's minibatch.
    fn inputs_at(&self, step: usize) -> Tensor<A, 2> {
        let inputs = self.minibatch(step).rows(self.inputs.clone());
        self.transform(step).apply(inputs)
    }

    /// The targets of a step's minibatch.
    fn targets_at(&self, step: usize) -> Tensor<A, 2> {
        self.minibatch(step).rows(self.targets.clone())
    }

    fn step_size(&self, step: usize) -> Tensor<A, 1> {
        let sizes = self.step_sizes.clone();
        sizes.narrow(0, self.row(step), 1).flatten(0, 1)
    }

    /// The first step of the window.
    fn first(&self) -> usize {
        self.steps.saturating_sub(self.window)
    }

    fn advance(&self, iterate: Iterate<A>, step: usize, gradient: &Weights<A>) -> Iterate<A> {
        let size = self.step_size(step);
        self.descent.advance(iterate, step, &size, gradient)
    }
}

/// A step for the backward pass: the iterate before it and, if it is kept, the record of its gradient.
#[derive(Debug)]
struct Step<B: Backend> {
    number: usize,
    start: Iterate<B>,
    recorded: Option<StepRecord<B>>,
}

/// An inner problem with its network.
struct Unrolled<'a, B: Backend> {
    network: &'a dyn AnyNetwork<B>,
    problem: &'a InnerProblem<B>,
    /// Number of step records that may be kept at once.
    records: usize,
}

impl<'a, B: Backend> Unrolled<'a, B> {
    fn new(network: &'a dyn AnyNetwork<B>, problem: &'a InnerProblem<B>) -> Self {
        let rows = problem.inputs.dims()[0] / problem.parts.max(1);
        Self {
            network,
            problem,
            records: problem.record_numbers / StepRecord::floats(network, rows).max(1),
        }
    }

    fn loss_at<'b>(&'b self, weights: &'b Weights<B>, step: usize) -> LossAt<'b, B> {
        LossAt {
            network: self.network,
            weights,
            inputs: self.problem.inputs_at(step),
            targets: self.problem.targets_at(step),
            loss: self.problem.loss,
            // The backward pass ends at the first step of the window and needs no derivative with respect
            // to the weights before it.
            to_weights: step > self.problem.first(),
        }
    }

    /// The iterate after a step that is not recorded.
    fn advance(&self, start: Iterate<B>, step: usize) -> Iterate<B> {
        let gradient = self.plain_gradient(&start.weights, step);
        self.problem.advance(start, step, &gradient)
    }

    fn plain_gradient(&self, weights: &Weights<B>, step: usize) -> Weights<B> {
        let (inputs, targets) = (self.problem.inputs_at(step), self.problem.targets_at(step));
        let (slots, loss) = (gradient::all_slots(weights), self.problem.loss);
        gradient::plain(self.network, weights, inputs, targets, loss, &slots).1
    }

    /// The iterate after a kept step.
    fn after(&self, step: &Step<B>) -> Iterate<B> {
        let start = step.start.clone();
        match step.recorded.as_ref().and_then(StepRecord::gradient) {
            Some(gradient) => self.problem.advance(start, step.number, &gradient),
            None => self.advance(start, step.number),
        }
    }

    /// All steps of a segment from its first iterate. The last ones are recorded.
    fn segment(&self, mut start: Iterate<B>, steps: Range<usize>) -> Vec<Step<B>> {
        let mut segment: Vec<Step<B>> = Vec::with_capacity(steps.len());
        for number in steps.clone() {
            if let Some(before) = segment.last() {
                start = self.after(before);
            }
            let record = steps.end - number <= self.records;
            let recorded = record.then(|| StepRecord::new(&self.loss_at(&start.weights, number)));
            segment.push(Step {
                number,
                start: start.clone(),
                recorded,
            });
        }
        segment
    }

    /// The gradient of a kept step. If the step is not recorded, it is computed again and recorded for the
    /// product that follows, unless the record would be too large. There is room: the backward pass has
    /// already dropped the records of later steps.
    fn gradient(&self, step: &mut Step<B>) -> Weights<B> {
        let taken = self.loss_at(&step.start.weights, step.number);
        if step.recorded.is_none() && (self.records > 0 || taken.is_one_chunk()) {
            step.recorded = Some(StepRecord::new(&taken));
        }
        let recorded = step.recorded.as_ref().and_then(StepRecord::gradient);
        recorded.unwrap_or_else(|| self.plain_gradient(&step.start.weights, step.number))
    }

    /// The product of a kept step's gradient with a direction.
    fn product(&self, step: Step<B>, direction: &Weights<B>) -> Option<Product<B>> {
        match step.recorded {
            Some(recorded) => recorded.product(direction),
            None => product(&self.loss_at(&step.start.weights, step.number), direction),
        }
    }
}

/// Runs the inner training from `start` and returns the outer loss, `[1]`, and its hypergradient. `outer`
/// returns the outer loss and its weight gradient at θ_T.
pub fn hypergradient<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: Weights<B>,
    problem: &InnerProblem<B>,
    outer: impl FnOnce(&Weights<B>) -> (Tensor<B, 1>, Weights<B>),
) -> (Tensor<B, 1>, Hypergradient<B>) {
    let unrolled = Unrolled::new(network, problem);
    let begin = problem.first();
    let length = segment_length(problem.steps - begin);
    let last = begin + (problem.steps - begin).saturating_sub(1) / length * length;
    let mut iterate = Iterate::new(start);
    for step in 0..begin {
        iterate = unrolled.advance(iterate, step);
    }
    let mut earlier = Vec::new();
    for first in (begin..last).step_by(length) {
        earlier.push((iterate.clone(), first..first + length));
        for step in first..first + length {
            iterate = unrolled.advance(iterate, step);
        }
    }
    let segment = unrolled.segment(iterate.clone(), last..problem.steps);
    if let Some(step) = segment.last() {
        iterate = unrolled.after(step);
    }
    let (loss, lambda) = outer(&iterate.weights);
    let mut way = ReversePass {
        unrolled: &unrolled,
        adjoint: problem.descent.end(lambda),
        after: iterate,
        derivatives: Hypergradient {
            inputs: problem.inputs.zeros_like(),
            targets: problem.targets.zeros_like(),
            step_sizes: problem.step_sizes.zeros_like(),
        },
    };
    way.walk(segment);
    for (start, steps) in earlier.into_iter().rev() {
        way.walk(unrolled.segment(start, steps));
    }
    (loss, way.derivatives)
}

/// Largest number of iterates that are kept at once if the backward pass covers `steps` steps: one for each
/// earlier segment, and one for each step of the segment at hand.
pub fn kept(steps: usize) -> usize {
    let length = segment_length(steps);
    steps.saturating_sub(1) / length + length.min(steps)
}

fn segment_length(steps: usize) -> usize {
    if steps <= KEPT_STEPS {
        steps.max(1)
    } else {
        (steps as f64).sqrt().ceil() as usize
    }
}

/// The state of the backward pass.
struct ReversePass<'a, B: Backend> {
    unrolled: &'a Unrolled<'a, B>,
    /// Derivatives with respect to `after`.
    adjoint: Adjoint<B>,
    /// The iterate after the next step that the pass takes.
    after: Iterate<B>,
    derivatives: Hypergradient<B>,
}

impl<B: Backend> ReversePass<'_, B> {
    /// Goes back through the steps of a segment and drops each of them.
    fn walk(&mut self, segment: Vec<Step<B>>) {
        for step in segment.into_iter().rev() {
            self.step(step);
        }
    }

    /// Goes back through one step: from the derivatives after it to those before it.
    fn step(&mut self, mut step: Step<B>) {
        let problem = self.unrolled.problem;
        let number = step.number;
        let size = problem.step_size(number);
        let gradient = || self.unrolled.gradient(&mut step);
        let back = problem
            .descent
            .back(number, &size, &self.adjoint, &self.after, gradient);
        let before = step.start.clone();
        let Some(product) = self.unrolled.product(step, &back.gradient) else {
            return;
        };
        let row = problem.row(number);
        let derivatives = &mut self.derivatives;
        let sizes = derivatives.step_sizes.clone();
        let derivative = sizes.clone().narrow(0, row, 1) + back.size.reshape([1, 1]);
        derivatives.step_sizes = sizes.slice_assign([row..row + 1, 0..1], derivative);
        let minibatch = problem.minibatch(number);
        let transform = problem.transform(number);
        let by_inputs = transform.pull_back(minibatch.rows(problem.inputs.clone()), product.inputs);
        derivatives.inputs = minibatch.add(derivatives.inputs.clone(), by_inputs);
        derivatives.targets = minibatch.add(derivatives.targets.clone(), product.targets);
        self.adjoint = Adjoint {
            weights: self.adjoint.weights.plus(&product.weights),
            moments: back.moments,
        };
        self.after = before;
    }
}

/// The same outer loss, `[1]`, with all steps of the window on the point tape. Tests compare the step-wise
/// backward pass with it. Memory grows with the graphs of all these steps.
pub fn full_graph<B: Backend>(
    network: &dyn AnyNetwork<B>,
    start: &Weights<B>,
    problem: &InnerProblem<Tape<B>>,
    outer_inputs: Tensor<B, 2>,
    outer_targets: Tensor<B, 2>,
) -> Tensor<Tape<B>, 1> {
    let mut iterate = Iterate::new(start.map(lift));
    for step in 0..problem.steps {
        if step == problem.first() {
            let cut = |weights: &Weights<Tape<B>>| weights.map(Tensor::detach);
            iterate = Iterate {
                weights: cut(&iterate.weights),
                moments: iterate.moments.iter().map(cut).collect(),
            };
        }
        let slots = gradient::all_slots(start);
        let (_, gradient) = gradient::tracked(
            network,
            &iterate.weights,
            problem.inputs_at(step),
            problem.targets_at(step),
            problem.loss,
            &slots,
        );
        iterate = problem.advance(iterate, step, &gradient);
    }
    let outputs =
        Forward::<Tape<B>>::forward(network, &iterate.weights, lift(outer_inputs)).outputs;
    problem.loss.value(outputs, lift(outer_targets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_iterates_of_few_steps_are_kept_and_segments_of_many() {
        for (steps, weights) in [(0, 0), (1, 1), (8, 8), (32, 32), (33, 5 + 6), (100, 9 + 10)] {
            assert_eq!(kept(steps), weights, "{steps} steps");
        }
    }
}
