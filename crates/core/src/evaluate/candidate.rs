//! The candidates of an evaluation (the set, and the training sets it is compared with), whose fresh
//! networks are trained in parallel.
//!
//! Networks are independent: each is made from the seed of its run. So the networks of all candidates
//! are distributed over the [lanes](crate::inner::lanes), and their scores have the same bits as in
//! sequence. Memory holds one network's training for every lane.

use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::backend::Backend;

use super::held_out::Measured;
use super::protocol::Protocol;
use super::trial::{DISTILLED, DISTILLED_HARD, FULL, Trial};
use crate::error::{Error, Result};
use crate::inner::lanes::queued;
use crate::seed::Seed;

/// A function of the seed of a run.
pub(super) type OfSeed<'a, T> = Box<dyn Fn(&Seed) -> T + Sync + 'a>;

/// A training set with a score of its own.
pub(super) struct Candidate<'a> {
    /// Name of the score.
    pub name: &'a str,
    /// Trains and scores the fresh network of one run.
    pub network: OfSeed<'a, Result<NetworkScore>>,
}

/// The score of one fresh network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NetworkScore {
    /// The metric; not finite if the network has no score.
    pub value: f64,
    /// The balanced accuracy, for classes.
    pub balanced: Option<f64>,
    /// The metric of each scored row.
    pub by_row: Vec<f32>,
    /// Share of the network's features inside the principal subspace, if it was computed.
    pub alignment: Option<f64>,
}

impl From<Measured> for NetworkScore {
    fn from(
        Measured {
            value,
            balanced,
            by_row,
        }: Measured,
    ) -> Self {
        Self {
            value,
            balanced,
            by_row,
            alignment: None,
        }
    }
}

/// The outcome of a candidate: the scores of all its networks in the order of their runs, or the error
/// that explains why it has no score.
pub(super) type Outcome = Result<Vec<NetworkScore>>;

/// Receives the name and the outcome of each candidate.
pub(super) type Note<'a> = dyn FnMut(&str, Outcome) -> Result<()> + 'a;

impl<B: Backend> Trial<'_, B> {
    /// Number of networks that a candidate has.
    fn runs(&self, name: &str) -> usize {
        let full_runs = self.settings.full_runs.filter(|_| name == FULL);
        full_runs.map_or(self.settings.runs, |runs| runs.min(self.settings.runs))
    }

    /// Scores the candidates and passes each outcome to `note`, in their order. If the value of one
    /// network is not finite, its candidate has no score, and the candidate's later runs do not start.
    ///
    /// # Errors
    /// The errors of networks and of `note`.
    pub(super) fn score_all(
        &self,
        candidates: &[Candidate<'_>],
        note: &mut Note<'_>,
    ) -> Result<()> {
        let runs: Vec<usize> = candidates.iter().map(|it| self.runs(it.name)).collect();
        let without_score: Vec<AtomicUsize> = runs.iter().map(|&n| AtomicUsize::new(n)).collect();
        let network = |place: usize, run: usize| {
            if without_score[place].load(Ordering::Relaxed) < run {
                return Ok(Measured::LOST.into());
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
            // Networks after one without a value are ignored.
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

    /// Calls `make(i, n)` in parallel for every i and every n below `counts[i]`, and passes the results to
    /// `done` in order. `is_long` says that the last i is much more work than the others.
    ///
    /// # Errors
    /// The first error of `done`, which ends the work.
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

    /// The error for a candidate without a score because networks have no finite value.
    pub(super) fn no_number(&self, name: &str) -> Error {
        let is_nested = self.nested.iter().any(|of| of.distilled == name);
        if (is_nested || [DISTILLED, DISTILLED_HARD].contains(&name))
            && self.settings.learned_step_size()
        {
            let accepted = format!(
                "the training on {name:?} with the step size stored in the set diverges, so it has no \
                 score; remove this setting"
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
                    "the training on {name:?} diverges, so it has no score; give smaller rates, or add \
                     smaller ones to the list: the validation part chooses"
                ),
            ),
            Protocol::FeatureStep(settings) | Protocol::Transfer(settings) => Error::setting(
                "evaluate.penalties",
                format!("{:?}", settings.penalties),
                format!(
                    "no penalty gives {name:?} a readout with finite outputs, so it has no score; give \
                     larger penalties, or add larger ones to the list: the validation part chooses"
                ),
            ),
        }
    }
}
