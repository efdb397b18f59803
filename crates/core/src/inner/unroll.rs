//! The differentiable unroll: training steps on the points, walked back one at a time.
//!
//! T steps of gradient descent with momentum μ and step sizes η_t (or of Adam, see [`Descent`]),
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
//! computed again. The tapes of the steps that are walked back next are kept too, as many as fit
//! [`InnerProblem::record_numbers`]; the others are taken again. Memory is then O(√T) weight vectors, with a
//! window O(√W), and a bounded number of steps' graphs.
//!
//! The way back may end before the start: with a *window* of W steps only the last W are walked back
//! (Feng, Vedantam and Kempe, "Embarrassingly Simple Dataset Distillation", ICLR 2024). And the points
//! may be taken in turns, a part of them each step, as Wang et al. do.

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

/// Above this many steps weights are computed again on the way back instead of being kept.
const KEPT_STEPS: usize = 32;

/// What [`InnerProblem::record_numbers`] is in performance and trajectory matching: 512 MiB in single precision.
pub const RECORD_NUMBERS: usize = 1 << 27;

/// What the unrolled network learns and how.
#[derive(Debug, Clone)]
pub struct InnerProblem<A: Backend> {
    /// Inputs, `[points, features]`.
    pub inputs: Tensor<A, 2>,
    /// Targets, `[points, outputs]`.
    pub targets: Tensor<A, 2>,
    /// Positive step sizes, `[1, 1]` for all steps or `[steps, 1]`.
    pub step_sizes: Tensor<A, 2>,
    /// How the steps move the weights.
    pub descent: Descent,
    /// Number of steps T.
    pub steps: usize,
    /// How many of them are walked back, the last ones: all where there are no more.
    pub window: usize,
    /// Parts that the points are taken in, one each step, in turns; divides their number. Part k holds
    /// every point whose place is k modulo this.
    pub parts: usize,
    /// The loss of each step.
    pub loss: Loss,
    /// What is done to the inputs before each step: a draw for each point.
    pub augmentation: Augmentation,
    /// Where those draws come from, step by step.
    pub seed: Seed,
    /// Numbers that the tapes kept for the way back may hold in all, about.
    pub record_numbers: usize,
}

/// Derivatives of the outer loss with respect to a problem.
#[derive(Debug, Clone)]
pub struct Hypergradient<B: Backend> {
    /// Of the inputs.
    pub inputs: Tensor<B, 2>,
    /// Of the targets.
    pub targets: Tensor<B, 2>,
    /// Of the step sizes, in their shape.
    pub step_sizes: Tensor<B, 2>,
}

impl<A: Backend> InnerProblem<A> {
    /// Which of the step sizes a step takes.
    fn row(&self, step: usize) -> usize {
        step.min(self.step_sizes.dims()[0] - 1)
    }

    /// Which points a step sees.
    fn minibatch(&self, step: usize) -> Minibatch {
        Minibatch::new(step, self.parts)
    }

    fn transform(&self, step: usize) -> Transform {
        let seed = self.seed.indexed("inner", step as u64);
        let points = self.inputs.dims()[0] / self.parts.max(1);
        self.augmentation.plain(points, &seed)
    }

    /// The inputs that a step sees.
    fn inputs_at(&self, step: usize) -> Tensor<A, 2> {
        let inputs = self.minibatch(step).rows(self.inputs.clone());
        self.transform(step).apply(inputs)
    }

    /// Their targets.
    fn targets_at(&self, step: usize) -> Tensor<A, 2> {
        self.minibatch(step).rows(self.targets.clone())
    }

    fn step_size(&self, step: usize) -> Tensor<A, 1> {
        let sizes = self.step_sizes.clone();
        sizes.narrow(0, self.row(step), 1).flatten(0, 1)
    }

    /// The first step that is walked back.
    fn first(&self) -> usize {
        self.steps.saturating_sub(self.window)
    }

    fn advance(&self, iterate: Iterate<A>, step: usize, gradient: &Weights<A>) -> Iterate<A> {
        let size = self.step_size(step);
        self.descent.advance(iterate, step, &size, gradient)
    }
}

/// A step that will be walked back: where it starts and, where it is kept, the record of its gradient.
#[derive(Debug)]
struct Step<B: Backend> {
    number: usize,
    start: Iterate<B>,
    recorded: Option<StepRecord<B>>,
}

/// A problem, who takes it, and how many steps' records may be kept at once.
struct Unrolled<'a, B: Backend> {
    network: &'a dyn AnyNetwork<B>,
    problem: &'a InnerProblem<B>,
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
            // Nothing asks for the derivative with respect to where the way back ends.
            to_weights: step > self.problem.first(),
        }
    }

    /// Where a step leads that is not recorded.
    fn advance(&self, start: Iterate<B>, step: usize) -> Iterate<B> {
        let gradient = self.plain_gradient(&start.weights, step);
        self.problem.advance(start, step, &gradient)
    }

    fn plain_gradient(&self, weights: &Weights<B>, step: usize) -> Weights<B> {
        let (inputs, targets) = (self.problem.inputs_at(step), self.problem.targets_at(step));
        let (slots, loss) = (gradient::all_slots(weights), self.problem.loss);
        gradient::plain(self.network, weights, inputs, targets, loss, &slots).1
    }

    /// Where a kept step leads.
    fn after(&self, step: &Step<B>) -> Iterate<B> {
        let start = step.start.clone();
        match step.recorded.as_ref().and_then(StepRecord::gradient) {
            Some(gradient) => self.problem.advance(start, step.number, &gradient),
            None => self.advance(start, step.number),
        }
    }

    /// All steps of a segment, the last ones recorded.
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

    /// The gradient of a kept step. One that is not recorded is taken again, and recorded by it for the product to
    /// come, unless that record is too large: the records of the steps behind it are no more.
    fn gradient(&self, step: &mut Step<B>) -> Weights<B> {
        let taken = self.loss_at(&step.start.weights, step.number);
        if step.recorded.is_none() && (self.records > 0 || taken.is_one_chunk()) {
            step.recorded = Some(StepRecord::new(&taken));
        }
        let recorded = step.recorded.as_ref().and_then(StepRecord::gradient);
        recorded.unwrap_or_else(|| self.plain_gradient(&step.start.weights, step.number))
    }

    /// The derivatives of a kept step's gradient.
    fn product(&self, step: Step<B>, direction: &Weights<B>) -> Option<Product<B>> {
        match step.recorded {
            Some(recorded) => recorded.product(direction),
            None => product(&self.loss_at(&step.start.weights, step.number), direction),
        }
    }
}

/// The outer loss after the problem, and its hypergradient: `outer` gives loss and weight gradient at
/// θ_T.
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

/// Steps whose starts are kept at once, at most, where that many are walked back: those that begin the
/// earlier segments, and every step of the last one.
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

/// The way back, as far as it has been walked.
struct ReversePass<'a, B: Backend> {
    unrolled: &'a Unrolled<'a, B>,
    adjoint: Adjoint<B>,
    /// Where the next step to be walked back leads.
    after: Iterate<B>,
    derivatives: Hypergradient<B>,
}

impl<B: Backend> ReversePass<'_, B> {
    /// A segment; each of its steps is dropped behind.
    fn walk(&mut self, segment: Vec<Step<B>>) {
        for step in segment.into_iter().rev() {
            self.step(step);
        }
    }

    /// One step: from the derivatives behind it to those before it.
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

/// The same outer loss with the graph of all steps of the window on the point tape: what the step-wise
/// way back is tested against. Memory grows with T whole graphs.
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
    fn few_steps_are_all_kept_and_many_in_segments() {
        for (steps, weights) in [(0, 0), (1, 1), (8, 8), (32, 32), (33, 5 + 6), (100, 9 + 10)] {
            assert_eq!(kept(steps), weights, "{steps} steps");
        }
    }
}
