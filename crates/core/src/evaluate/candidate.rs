//! The candidates of an evaluation, their fresh networks side by side: the set, and what it is compared with.
//!
//! Networks do not know of one another: each is made from the seed of its run. So they go over the
//! [lanes](crate::inner::lanes), one a core at a time, whichever candidate they belong to, and their
//! scores have the same bits as one by one. What memory holds at once is what one network's training
//! needs, for every lane.

use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::backend::Backend;

use super::protocol::Protocol;
use super::trial::{DISTILLED, DISTILLED_HARD, FULL, Trial};
use crate::error::{Error, Result};
use crate::inner::lanes::queued;
use crate::seed::Seed;

/// What the seed of a run decides.
pub(super) type OfSeed<'a, T> = Box<dyn Fn(&Seed) -> T + Sync + 'a>;

/// What networks are trained on to have a score.
pub(super) struct Candidate<'a> {
    /// The score's name.
    pub name: &'a str,
    /// The score of the network of that run's seed.
    pub network: OfSeed<'a, Result<NetworkScore>>,
}

/// The score of one fresh network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NetworkScore {
    /// The metric; not finite where there is no score.
    pub value: f64,
    /// The share of its features inside the principal subspace, where that was asked for.
    pub alignment: Option<f64>,
}

impl From<f64> for NetworkScore {
    fn from(value: f64) -> Self {
        Self {
            value,
            alignment: None,
        }
    }
}

/// What came of a candidate: all its networks in the order of their runs, or the error that says why it
/// has no score.
pub(super) type Outcome = Result<Vec<NetworkScore>>;

/// Told what came of a candidate of that name.
pub(super) type Note<'a> = dyn FnMut(&str, Outcome) -> Result<()> + 'a;

impl<B: Backend> Trial<'_, B> {
    /// Networks that a candidate has.
    fn runs(&self, name: &str) -> usize {
        let full_runs = self.settings.full_runs.filter(|_| name == FULL);
        full_runs.map_or(self.settings.runs, |runs| runs.min(self.settings.runs))
    }

    /// Scores these candidates; `note` is told of each, in their order. One of whose networks one has
    /// no finite value has no score, and its later runs are not begun.
    ///
    /// # Errors
    /// Those of a network, whatever its value; those of `note`.
    pub(super) fn score_all(
        &self,
        candidates: &[Candidate<'_>],
        note: &mut Note<'_>,
    ) -> Result<()> {
        let runs: Vec<usize> = candidates.iter().map(|it| self.runs(it.name)).collect();
        let without_score: Vec<AtomicUsize> = runs.iter().map(|&n| AtomicUsize::new(n)).collect();
        let network = |place: usize, run: usize| {
            if without_score[place].load(Ordering::Relaxed) < run {
                return Ok(f64::NAN.into());
            }
            let score = (candidates[place].network)(&self.run_seed(run));
            if score.as_ref().is_ok_and(|score| !score.value.is_finite()) {
                without_score[place].fetch_min(run, Ordering::Relaxed);
            }
            score
        };
        let mut networks = Vec::new();
        let is_full = candidates.last().is_some_and(|last| last.name == FULL);
        self.side_by_side(&runs, is_full, network, |place, run, score| {
            // What comes after one without a value is not looked at.
            if networks.len() == run {
                networks
                    .extend(Some(score?).filter(|score: &NetworkScore| score.value.is_finite()));
            }
            if run + 1 < runs[place] {
                return Ok(());
            }
            let (name, networks) = (candidates[place].name, std::mem::take(&mut networks));
            let outcome = match networks.len() == runs[place] {
                true => Ok(networks),
                false => Err(self.no_number(name)),
            };
            note(name, outcome)
        })
    }

    /// Makes `counts[i]` things of every i, side by side, from i and the thing's number, and hands them
    /// to `done` in order. The last of the i may be much more work than the others (`is_long`).
    ///
    /// # Errors
    /// Those of `done`, which end it.
    pub(super) fn side_by_side<O: Send>(
        &self,
        counts: &[usize],
        is_long: bool,
        make: impl Fn(usize, usize) -> O + Sync,
        mut done: impl FnMut(usize, usize, O) -> Result<()>,
    ) -> Result<()> {
        let places = counts.iter().enumerate();
        let of_place = |(place, &count): (usize, &usize)| (0..count).map(move |n| (place, n));
        let all: Vec<(usize, usize)> = places.flat_map(of_place).collect();
        let equal = match counts.last() {
            Some(&last) if is_long => last,
            _ => all.len(),
        };
        queued(
            self.network.grain(),
            all.len(),
            equal,
            |piece| make(all[piece].0, all[piece].1),
            |piece, made| done(all[piece].0, all[piece].1, made),
        )
    }

    /// What is said of a candidate whose networks give no finite outputs.
    fn no_number(&self, name: &str) -> Error {
        if [DISTILLED, DISTILLED_HARD].contains(&name) && self.settings.learned_step_size() {
            let accepted = format!(
                "the training on {name:?} with the step size that the set stores diverges, so it has no \
                 score; leave this setting away"
            );
            return Error::setting("evaluate.learned_step_size", true, accepted);
        }
        match &self.settings.protocol {
            Protocol::Standard(_) | Protocol::Quick(_) => Error::setting(
                "evaluate.protocol",
                self.settings.protocol.name(),
                format!(
                    "the training on {name:?} diverges, so it has no score; give \"train\" with \
                     smaller evaluate.learning_rates"
                ),
            ),
            Protocol::Train { descent, .. } => Error::setting(
                "evaluate.learning_rates",
                format!("{:?}", descent.learning_rates),
                format!(
                    "the training on {name:?} diverges, so it has no score; give smaller rates, or \
                     smaller ones besides: the validation part chooses"
                ),
            ),
            Protocol::FeatureStep(settings) | Protocol::Transfer(settings) => Error::setting(
                "evaluate.penalties",
                format!("{:?}", settings.penalties),
                format!(
                    "with none of them has {name:?} a readout whose outputs are finite, so it has no \
                     score; give larger penalties, or larger ones besides: the validation part \
                     chooses"
                ),
            ),
        }
    }
}
