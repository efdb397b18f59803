//! Scores with their metric: of a run, of a record that `evaluate` added, or of an evaluation just made.

use std::collections::BTreeMap;

use retort_core::evaluate::{Evaluation, Gain, Metric, Score, ScoredOn};
use serde::Serialize;

use super::in_order;

/// The scores of one evaluation.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Scored<'a> {
    /// The metric.
    pub metric: Metric,
    /// Part of the task that the scores are computed on.
    pub scored_on: ScoredOn,
    /// Number of the set's readout labels that the scores do not use.
    pub unread_labels: usize,
    /// The scores by name, in the order they were made.
    #[serde(serialize_with = "in_order::serialize")]
    pub scores: &'a [(String, Score)],
    /// By how much networks score better on the set than on each other one; empty if that is not known.
    pub gain: &'a BTreeMap<String, Gain>,
    /// Names of baselines without a score, each with the reason.
    #[serde(serialize_with = "in_order::serialize")]
    pub failed: &'a [(String, String)],
    /// DD-Ranking's label-robust score, if it is known.
    pub label_robust_score: Option<f64>,
}

impl<'a> Scored<'a> {
    /// The score with this name.
    pub fn score(&self, name: &str) -> Option<&'a Score> {
        found(self.scores, name)
    }

    /// The reason why the baseline with this name has no score.
    pub fn failure(&self, name: &str) -> Option<&'a str> {
        found(self.failed, name).map(String::as_str)
    }

    /// Names of all scores, then of the failed baselines, in order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let scored = self.scores.iter().map(|(name, _)| name.as_str());
        scored.chain(self.failed.iter().map(|(name, _)| name.as_str()))
    }

    /// Part of the task that the scores are computed on, in words.
    pub fn part(&self) -> &'static str {
        match self.scored_on {
            ScoredOn::Test => "test",
            ScoredOn::Validation => "validation",
        }
    }

    /// The metric and the part of the task, in words.
    pub fn measure(&self) -> String {
        let on = self.part();
        let without = match self.unread_labels {
            0 => String::new(),
            labels => format!(", without the set's {labels} readout labels"),
        };
        match self.metric {
            Metric::Accuracy => format!("{on} accuracy (larger is better){without}"),
            Metric::Mse => format!("{on} mean squared error (smaller is better){without}"),
        }
    }
}

/// Builds a [`Scored`] from a value with the same fields. `$part` names its field for the part of the task.
macro_rules! scored {
    ($of:expr, $part:ident) => {
        $crate::summary::Scored {
            metric: $of.metric,
            scored_on: $of.$part,
            unread_labels: $of.unread_labels,
            scores: &$of.scores,
            gain: &$of.gain,
            failed: &$of.failed,
            label_robust_score: $of.label_robust_score,
        }
    };
}

pub(super) use scored;

impl<'a> From<&'a Evaluation> for Scored<'a> {
    fn from(evaluation: &'a Evaluation) -> Self {
        scored!(evaluation, on)
    }
}

/// Whether scores are computed on the test part.
pub(super) fn is_test(part: &ScoredOn) -> bool {
    *part == ScoredOn::Test
}

/// Whether a count is 0, so that the file omits it.
pub(super) fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn found<'a, T>(entries: &'a [(String, T)], name: &str) -> Option<&'a T> {
    let entry = entries.iter().find(|(other, _)| other == name);
    entry.map(|(_, value)| value)
}
