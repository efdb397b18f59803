//! The inner training on the points, which performance matching and trajectory matching differentiate.

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

/// The number of step sizes that the set stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepSizes {
    /// One for all steps.
    One,
    /// One for each step.
    PerStep,
}

/// Largest number of steps of an inner training.
const MOST_STEPS: usize = 1_000_000;
/// Bound on the numbers in all weights and moments that are kept: 8 GiB in single precision.
const MOST_KEPT: usize = 1 << 31;

/// The settings of an inner training on the points.
#[derive(Debug, Clone, Copy)]
pub struct InnerTraining {
    /// `objective.unroll`: number of steps T.
    pub unroll: usize,
    /// `objective.window`: number of last steps that the backward pass covers; 0 for all.
    pub window: usize,
    /// `objective.step_size`: initial step size η.
    pub step_size: f64,
    /// `objective.step_sizes`: number of step sizes that the set stores.
    pub step_sizes: StepSizes,
    /// The rule that moves the weights.
    pub descent: Descent,
    /// `objective.parts`: number of minibatches that steps take in turns.
    pub parts: usize,
}

impl InnerTraining {
    /// Checks the ranges of all values.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting's name.
    pub fn check(&self) -> Result<()> {
        range::count("objective.unroll", self.unroll, 1..=MOST_STEPS)?;
        let size = self.step_size;
        range::within("objective.step_size", size, range::STEP_SIZES)?;
        range::momentum("objective.inner_momentum", self.descent.momentum)?;
        range::count("objective.parts", self.parts, 1..=MOST_STEPS)
    }

    /// The number of steps that the backward pass covers.
    fn walked(&self) -> usize {
        match self.window {
            0 => self.unroll,
            window => window,
        }
    }

    /// Refuses a network if too many copies of its weights would be kept.
    ///
    /// # Errors
    /// [`Error::Setting`] for `objective.unroll` or `objective.window`.
    pub fn fits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        let weights = network.layout().floats();
        let kept = unroll::kept(self.walked()) * self.descent.vectors();
        if kept.saturating_mul(weights) <= MOST_KEPT {
            return Ok(());
        }
        let accepted = format!(
            "keeps {kept} copies of the network's {weights} weights, but at most {MOST_KEPT} \
             numbers are accepted: give less, or take a smaller network"
        );
        let (key, value) = match self.window {
            0 => ("objective.unroll", self.unroll),
            window => ("objective.window", window),
        };
        Err(Error::setting(key, value, accepted))
    }

    /// Adds step sizes to the set, unless an earlier stage made them.
    ///
    /// # Errors
    /// [`Error::Setting`] if `objective.parts` does not divide the number of points, or the set has another
    /// number of step sizes.
    pub fn prepare<B: Backend>(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        if !set.len().is_multiple_of(self.parts) {
            let accepted = format!(
                "the {} points cannot be divided into this number of equal parts: give a divisor of \
                 their number",
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

    /// Logarithms of the initial step sizes, `[1, 1]` or `[steps, 1]`.
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

    /// The inner training on a set for `steps` steps.
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

    /// Trains for `steps` steps from `start`, and returns the outer loss with its gradients with respect to
    /// the parts in `learn`. `outer` returns loss and weight gradient at the end of the training.
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

    /// The remedy for a trouble; `path` is the path of the settings.
    pub fn remedy(path: &str, trouble: Trouble) -> Option<String> {
        match trouble {
            Trouble::FirstStep => Some(format!("lower {path}.step_size")),
            Trouble::State => None,
        }
    }
}
