//! What every objective promises, what it sees and what it says.

use super::memory::Memory;
use crate::augment::Augmentation;
use crate::error::{Error, Result};
use crate::experts::{ExpertSettings, Trajectories};
use crate::inner::Loss;
use crate::network::AnyNetwork;
use crate::seed::Seed;
use crate::settings::{Check, keys};
use crate::synthetic::{Part, Parts, SyntheticSet};
use crate::task::Resident;
use burn::tensor::{Tensor, backend::Backend};
use std::collections::BTreeSet;

/// Refuses to learn nothing, or a part that is not among those the objective can move.
pub(super) fn check_learn(learn: &BTreeSet<Part>, movable: &[Part]) -> Result<()> {
    if !learn.is_empty() && learn.iter().all(|part| movable.contains(part)) {
        return Ok(());
    }
    let accepted = format!("must be one or more of {}", keys::shown(&movable));
    Err(Error::setting(
        "objective.learn",
        keys::shown(learn),
        accepted,
    ))
}

/// What an objective may look at.
#[derive(Debug)]
pub struct Scene<'a, B: Backend> {
    /// The task; objectives see its training part only.
    pub task: &'a Resident<'a, B>,
    /// The network that is trained inside.
    pub network: &'a dyn AnyNetwork<B>,
    /// What is done to rows before the network sees them.
    pub augmentation: &'a Augmentation,
    /// The loss it is trained with.
    pub loss: Loss,
    /// Real rows to look at in a step (a class, where the objective works class by class); 0 for all.
    pub batch: usize,
    /// Trainings on real data to follow, where the objective follows any.
    pub experts: Option<&'a dyn Trajectories<B>>,
}

/// What an objective says of a set: its loss, and the direction in which the loss grows.
#[derive(Debug)]
pub struct Signal<B: Backend> {
    /// The loss, one number.
    pub loss: Tensor<B, 1>,
    /// Its gradient with respect to each part that is learned.
    pub gradients: Parts<B>,
    /// Parts that are set to these values in place of a step along the gradient: those whose best value
    /// over all that was seen is known.
    pub solved: Parts<B>,
    /// What the objective must be given at the next step.
    pub memory: Memory<B>,
}

/// A way to compare real data and a synthetic set through a network.
///
/// Contract, checked for every registered objective with every registered network: the gradient is
/// that of the loss (central differences in `f64`; where only a window of an inner training is walked
/// back, of the loss as a function of what that window does), the loss is zero or at its floor where the two
/// sides are the same, weights are left as they were, and the same seed gives the same signal.
pub trait Objective<B: Backend>: Check + Send + Sync {
    /// The parts of the set that this objective changes.
    fn learns(&self) -> BTreeSet<Part>;

    /// The set that its stage begins with: as the stages before left it, with whatever parts this
    /// objective needs and none of them has made. That happens once, at the beginning of the stage, so
    /// that an earlier stage never sees it. Before a run all stages are tried one after the other
    /// without their steps, so that what is missing is known before any work: refusals follow from
    /// the parts and their shapes, not from the numbers in them.
    ///
    /// # Errors
    /// The set lacks something that only its settings can give.
    fn prepare(&self, set: SyntheticSet<B>) -> Result<SyntheticSet<B>> {
        Ok(set)
    }

    /// The trainings on real data that it follows, if it does.
    fn experts(&self) -> Option<&ExpertSettings> {
        None
    }

    /// Whether this objective can work with that network; asked once, before any work.
    ///
    /// # Errors
    /// A parameter or layer that the network does not have.
    fn fits(&self, _network: &dyn AnyNetwork<B>) -> Result<()> {
        Ok(())
    }

    /// Loss and gradient at one outer step. All randomness comes from `seed`.
    ///
    /// # Errors
    /// A linear system without a solution, or a device that cannot be read.
    fn signal(
        &self,
        scene: &Scene<'_, B>,
        set: &SyntheticSet<B>,
        memory: Memory<B>,
        seed: &Seed,
    ) -> Result<Signal<B>>;

    /// What to remember once the set has moved along the signal; the signal's own memory where
    /// nothing depends on that.
    fn remember(
        &self,
        _scene: &Scene<'_, B>,
        _set: &SyntheticSet<B>,
        memory: Memory<B>,
        _seed: &Seed,
    ) -> Memory<B> {
        memory
    }
}
