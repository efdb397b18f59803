//! What `evaluate` adds to a summary.

use retort_core::evaluate::{Alignment, Evaluation, MemoryAccount, Metric, Score, ScoredOn};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::in_order;
use super::scored::{Scored, is_test, is_zero, scored};

/// What `evaluate` found with another network, or by another protocol. The order of the fields is that of
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
    /// What the scores measure.
    pub metric: Metric,
    /// Scores by name, in the order they were made.
    #[serde(with = "in_order")]
    pub scores: Vec<(String, Score)>,
    /// Numbers stored, and what they stand for.
    pub memory: MemoryAccount,
    /// Alignment, where the task knows its subspace.
    #[serde(default)]
    pub alignment: Option<Alignment>,
    /// Part of the task that scores are taken on. The file names it where it is not the test part.
    #[serde(default, skip_serializing_if = "is_test")]
    pub scored_on: ScoredOn,
    /// Readout labels of the set that the scores do without. The file has them where there are any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread_labels: usize,
    /// Baselines without a score by name, and why.
    #[serde(default, with = "in_order", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(String, String)>,
    /// DD-Ranking's label-robust score, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_robust_score: Option<f64>,
    /// Keys of a newer version.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl EvaluationRecord {
    /// The record of an evaluation through a network of that kind, with these settings over the run's.
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
            memory: evaluation.memory,
            alignment: evaluation.alignment.clone(),
            scored_on: evaluation.on,
            unread_labels: evaluation.unread_labels,
            failed: evaluation.failed.clone(),
            label_robust_score: evaluation.label_robust_score,
            rest: Map::new(),
        }
    }

    /// What it found.
    pub fn scored(&self) -> Scored<'_> {
        scored!(self, scored_on)
    }
}
