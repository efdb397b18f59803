//! The state of a run between two outer steps, which can be stored and continued.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};

use crate::inner::optimiser::Moments;
use crate::objective::ObjectiveState;
use crate::synthetic::{Part, SyntheticSet};

/// The state of a run. It holds no random numbers: every step derives its own from the seed and the
/// number of the step.
#[derive(Debug, Clone)]
pub struct State<B: Backend> {
    /// The stage that the next step belongs to, counted from 0. At the end of the run, the number of
    /// stages.
    pub stage: usize,
    /// Number of steps done in that stage.
    pub step: usize,
    /// The synthetic set, prepared for that stage.
    pub set: SyntheticSet<B>,
    /// The optimiser's moments of each part.
    pub moments: BTreeMap<Part, Moments<B, 2>>,
    /// The running mean of the gradient's norm, `[1]`. `None` before a stage's first step, and if
    /// `distill.clip_to_mean` is 0.
    pub norm_mean: Option<Tensor<B, 1>>,
    /// The state that the objective keeps between steps.
    pub objective: ObjectiveState<B>,
    /// The stage's first loss. Divergence is judged relative to it.
    pub first_loss: Option<f64>,
}

impl<B: Backend> State<B> {
    /// The state before the first step of a stage that starts from `set`.
    pub(super) fn before(stage: usize, set: SyntheticSet<B>) -> Self {
        Self {
            stage,
            step: 0,
            set,
            moments: BTreeMap::new(),
            norm_mean: None,
            objective: ObjectiveState::default(),
            first_loss: None,
        }
    }
}
