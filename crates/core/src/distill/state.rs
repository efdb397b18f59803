//! The state of a run between two outer steps: a value that can be stored and continued from.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, backend::Backend};

use crate::inner::optimiser::Moments;
use crate::objective::ObjectiveState;
use crate::synthetic::{Part, SyntheticSet};

/// Where a run stands. Random numbers need no place in it: every step derives its own from the seed
/// and its number.
#[derive(Debug, Clone)]
pub struct State<B: Backend> {
    /// The stage that the next step belongs to, counted from 0; the number of stages at the end.
    pub stage: usize,
    /// Steps done in that stage.
    pub step: usize,
    /// The synthetic set, prepared for that stage.
    pub set: SyntheticSet<B>,
    /// What the optimiser remembers of each part.
    pub moments: BTreeMap<Part, Moments<B, 2>>,
    /// The running mean of the gradient's norm, one number, where `distill.clip_to_mean` asks for it;
    /// none before a stage's first step.
    pub norm_mean: Option<Tensor<B, 1>>,
    /// What the objective keeps.
    pub objective: ObjectiveState<B>,
    /// The stage's first loss, against which divergence is judged.
    pub first_loss: Option<f64>,
}

impl<B: Backend> State<B> {
    /// Before the first step of a stage, whose set that is.
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
