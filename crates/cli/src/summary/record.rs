//! The records that `evaluate` adds to a summary.

use std::collections::BTreeMap;

use retort_core::evaluate::{
    Alignment, Evaluation, Gain, MemoryAccount, Metric, Score, ScoredOn, Verdict,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::in_order;
use super::scored::{Scored, is_test, is_zero, scored};

/// The result of one `evaluate`, such as with another network or protocol. The order of the fields is that of
/// the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object with an evaluation")]
pub struct EvaluationRecord {
    /// Kind of the network.
    pub network: String,
    /// Settings put over those of the run.
    #[serde(default)]
    pub overrides: Vec<String>,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Backend of the evaluation.
    pub backend: String,
    /// The metric of the scores.
    pub metric: Metric,
    /// Scores by name, in the order they were made.
    #[serde(with = "in_order")]
    pub scores: Vec<(String, Score)>,
    /// By how much networks score better on the set than on each other one. Empty if the version that scored did not
    /// write it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gain: BTreeMap<String, Gain>,
    /// Memory of the set, compared with data, model and theory.
    pub memory: MemoryAccount,
    /// Alignment, if the task knows its principal subspace.
    #[serde(default)]
    pub alignment: Option<Alignment>,
    /// Part of the task that scores are computed on. The file omits it if it is the test part.
    #[serde(default, skip_serializing_if = "is_test")]
    pub scored_on: ScoredOn,
    /// Number of the set's readout labels that the scores do not use. The file omits it if it is 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread_labels: usize,
    /// Names of baselines without a score, each with the reason.
    #[serde(default, with = "in_order", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(String, String)>,
    /// DD-Ranking's label-robust score, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_robust_score: Option<f64>,
    /// Marks of the judges, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judges: Option<Verdict>,
    /// Unknown keys, as a newer version writes them.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl EvaluationRecord {
    /// The record of an evaluation with a network of this kind and these changes to the run's settings.
    pub fn new(
        network: &str,
        overrides: &[String],
        seed: u64,
        backend: &str,
        evaluation: &Evaluation,
    ) -> Self {
        Self {
            network: network.to_owned(),
            overrides: overrides.to_vec(),
            seed,
            backend: backend.to_owned(),
            metric: evaluation.metric,
            scores: evaluation.scores.clone(),
            gain: evaluation.gain.clone(),
            memory: evaluation.memory,
            alignment: evaluation.alignment.clone(),
            scored_on: evaluation.on,
            unread_labels: evaluation.unread_labels,
            failed: evaluation.failed.clone(),
            label_robust_score: evaluation.label_robust_score,
            judges: evaluation.judges.clone(),
            rest: Map::new(),
        }
    }

    /// The scores of the record.
    pub fn scored(&self) -> Scored<'_> {
        scored!(self, scored_on)
    }
}
