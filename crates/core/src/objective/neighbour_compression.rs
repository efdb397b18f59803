//! Neighbour compression: the points move such that the nearest of them tells what a real row is.
//!
//! A real row x has each point as its neighbour with a probability p_i ∝ exp(−‖x − x_i‖² / w²). For classes,
//! min over X of −log Σ_i p_i y_i, mean over real rows, with y_i the target of the row's class — Kusner,
//! Tyree, Weinberger and Agrawal, "Stochastic Neighbor Compression" (SNC), ICML 2014, eq. 3 and 4, with one
//! width for all inputs. For values, min of ‖Σ_i p_i y_i − y‖²/2. There is no network, and only first
//! derivatives are needed.

use std::collections::BTreeSet;

use burn::tensor::activation::softmax;
use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::{Context, Method, Objective, ObjectiveState, OuterGradient, check_learn, kernel_width};
use crate::error::Result;
use crate::inner::Loss;
use crate::inner::row_kernel::squared_distances;
use crate::network::AnyNetwork;
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, range, table};
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::lift;

/// Added to the probability of the class, so that one row far from all points of its class cannot decide the
/// gradient.
const FLOOR: f64 = 1e-3;

const SNC: Paper = Paper {
    used: "stochastic neighbour compression (SNC)",
    citation: "Kusner, Tyree, Weinberger and Agrawal. Stochastic Neighbor Compression. ICML 2014",
    link: "https://proceedings.mlr.press/v32/kusner14.html",
};

/// Settings of neighbour compression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NeighbourCompression {
    /// The learned parts of the set: `inputs` (default), `targets` or both.
    pub learn: BTreeSet<Part>,
    /// Width w of the neighbourhood, as a share of the median distance between the points at the start;
    /// 1e-3 to 1e3. Default: 0.1.
    pub width: f64,
}

impl Default for NeighbourCompression {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs]),
            width: 0.1,
        }
    }
}

impl Check for NeighbourCompression {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets])?;
        range::within("objective.width", self.width, 1e-3..=1e3)
    }
}

impl Method for NeighbourCompression {
    fn kind(&self) -> &'static str {
        "neighbour-compression"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![SNC]
    }
}

impl<B: Backend> Objective<B> for NeighbourCompression {
    fn check_state(
        &self,
        _network: &dyn AnyNetwork<B>,
        _set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        kernel_width::check(&mut state).map(drop)
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let width = kernel_width::width(self.width, context.training.part, set, &mut state)?;
        let real = context.real(seed);
        let transform = context.augmentation.siamese(seed);
        let on_tape = set.on_tape(&self.learn);
        let points = transform.apply(on_tape.set.inputs());
        let inputs = lift(transform.apply(real.inputs));
        let nearness = squared_distances(inputs, points).mul_scalar(-1.0 / (width * width));
        let found = softmax(nearness, 1).matmul(on_tape.set.targets());
        let wanted = lift(real.targets);
        let loss = match context.loss {
            Loss::CrossEntropy => {
                // A learned target may be negative.
                let probability = (found * wanted).sum_dim(1).clamp_min(0.0);
                total::mean(probability.add_scalar(FLOOR).log()).neg()
            }
            Loss::SquaredError => {
                let outputs = found.dims()[1] as f64;
                total::mean((found - wanted).square()).mul_scalar(0.5 * outputs)
            }
        };
        let value = loss.clone().inner();
        Ok(OuterGradient::new(value, on_tape.gradients(loss)).keeping(state))
    }
}
