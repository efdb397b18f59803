//! The training on the points that performance matching and trajectory matching walk back through.

use std::collections::BTreeSet;

use burn::tensor::{Tensor, TensorData, backend::Backend};
use serde::{Deserialize, Serialize};

use super::{Context, OuterGradient, Trouble};
use crate::error::{Error, Result};
use crate::inner::descent::Descent;
use crate::inner::unroll::{self, InnerProblem, RECORD_NUMBERS, hypergradient};
use crate::network::{AnyNetwork, Weights};
use crate::seed::Seed;
use crate::settings::range;
use crate::synthetic::{Part, SyntheticSet};

/// How many step sizes the set stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepSizes {
    /// One for all steps.
    One,
    /// One for each step.
    PerStep,
}

/// Most steps of an inner training.
const MOST_STEPS: usize = 1_000_000;
/// Most numbers in the vectors that are kept of them: 8 GiB.
const MOST_KEPT: usize = 1 << 31;

/// The part of an objective's settings that says how the points are trained on.
#[derive(Debug, Clone, Copy)]
pub struct InnerTraining {
    /// `objective.unroll`: steps T.
    pub unroll: usize,
    /// Steps that are walked back; 0 for all.
    pub window: usize,
    /// `objective.step_size`: η at the beginning.
    pub step_size: f64,
    /// How many step sizes the set stores.
    pub step_sizes: StepSizes,
    /// How the weights are moved.
    pub descent: Descent,
    /// `objective.parts`: that the points are taken in.
    pub parts: usize,
}

impl InnerTraining {
    /// Refuses what is out of range.
    pub fn check(&self) -> Result<()> {
        range::count("objective.unroll", self.unroll, 1..=MOST_STEPS)?;
        let size = self.step_size;
        range::within("objective.step_size", size, range::STEP_SIZES)?;
        range::momentum("objective.inner_momentum", self.descent.momentum)?;
        range::count("objective.parts", self.parts, 1..=MOST_STEPS)
    }

    fn walked(&self) -> usize {
        match self.window {
            0 => self.unroll,
            window => window,
        }
    }

    /// Refuses a network of which too many copies would be kept.
    pub fn fits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        let weights = network.layout().floats();
        let kept = unroll::kept(self.walked()) * self.descent.vectors();
        if kept.saturating_mul(weights) <= MOST_KEPT {
            return Ok(());
        }
        let accepted = format!(
            "keeps {kept} copies of the network's {weights} weights, and at most {MOST_KEPT} \
             numbers are accepted: unroll less, or take a smaller network"
        );
        let (key, value) = match self.window {
            0 => ("objective.unroll", self.unroll),
            window => ("objective.window", window),
        };
        Err(Error::setting(key, value, accepted))
    }

    /// The set with step sizes, which an earlier stage may have made.
    pub fn prepare<B: Backend>(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        if !set.len().is_multiple_of(self.parts) {
            let accepted = format!(
                "the {} points cannot be taken in so many equal parts: give a divisor of their number",
                set.len()
            );
            return Err(Error::setting("objective.parts", self.parts, accepted));
        }
        let initial = self.initial(&set);
        let Some(present) = set.step_sizes() else {
            return Ok(set.with(Part::StepSizes, initial));
        };
        let ([present, _], [wanted, _]) = (present.dims(), initial.dims());
        if present == wanted {
            return Ok(set);
        }
        let accepted = format!(
            "this makes {wanted} step sizes, but an earlier stage made {present}; \
             give both stages the same objective.step_sizes and objective.unroll"
        );
        Err(Error::setting("objective.unroll", self.unroll, accepted))
    }

    /// Logarithms of the first step sizes.
    fn initial<B: Backend>(&self, set: &SyntheticSet<B>) -> Tensor<B, 2> {
        let count = match self.step_sizes {
            StepSizes::One => 1,
            StepSizes::PerStep => self.unroll,
        };
        let logarithms = vec![self.step_size.ln(); count];
        Tensor::from_data(
            TensorData::new(logarithms, [count, 1]),
            &set.inputs().device(),
        )
    }

    /// The training of a network on a set for that many steps.
    fn problem<B: Backend>(
        &self,
        steps: usize,
        set: &SyntheticSet<B>,
        context: &Context<'_, B>,
        seed: &Seed,
    ) -> InnerProblem<B> {
        let step_sizes = set.step_sizes().unwrap_or_else(|| self.initial(set).exp());
        InnerProblem {
            inputs: set.inputs(),
            targets: set.targets(),
            step_sizes,
            descent: self.descent,
            steps,
            window: self.walked(),
            parts: self.parts,
            loss: context.loss,
            augmentation: context.augmentation.clone(),
            seed: seed.clone(),
            record_numbers: RECORD_NUMBERS,
        }
    }

    /// The outer loss after so many steps from a start, and the gradients of the parts that are learned.
    /// `outer` gives loss and weight gradient at the end of the training.
    pub fn outer_gradient<B: Backend>(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        (start, steps): (Weights<B>, usize),
        learn: &BTreeSet<Part>,
        seed: &Seed,
        outer: impl FnOnce(&Weights<B>) -> (Tensor<B, 1>, Weights<B>),
    ) -> OuterGradient<B> {
        let problem = self.problem(steps, set, context, seed);
        let (loss, back) = hypergradient(context.network, start, &problem, outer);
        // The set stores log η: dL/d log η = η dL/dη.
        let step_sizes = back.step_sizes * problem.step_sizes;
        let gradients = [
            (Part::Inputs, back.inputs),
            (Part::Targets, back.targets),
            (Part::StepSizes, step_sizes),
        ];
        let learned = gradients
            .into_iter()
            .filter(|(part, _)| learn.contains(part));
        OuterGradient::new(loss, learned.collect())
    }

    /// What to change in the settings at that path after a trouble.
    pub fn remedy(path: &str, trouble: Trouble) -> Option<String> {
        match trouble {
            Trouble::FirstStep => Some(format!("lower {path}.step_size")),
            Trouble::State => None,
        }
    }
}
