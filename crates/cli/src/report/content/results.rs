//! `summary.json`, read into types.

use std::path::Path;

use retort_core::Result;
use retort_core::evaluate::{Alignment, MemoryAccount, Metric, Score, ScoredOn};
use retort_core::shape::InputShape;
use retort_core::synthetic::SingularDirection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::summary;

/// What a run ended with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Results {
    /// Version that the run was scored by.
    pub retort: String,
    /// Backend that it was scored on.
    pub backend: String,
    /// The task.
    pub task: TaskFacts,
    /// The scores.
    #[serde(flatten)]
    pub scores: ScoredBy,
    /// Numbers stored, and what they stand for.
    pub memory: MemoryAccount,
    /// Alignment at the end, where the task knows its subspace.
    #[serde(default)]
    pub alignment: Option<Alignment>,
    /// Singular directions of the points, with what of them lies in the subspace; empty where the task
    /// does not know its subspace, or the version did not write them.
    #[serde(default, skip_serializing)]
    pub spectrum: Vec<SingularDirection>,
    /// Time that it took.
    pub seconds: Seconds,
    /// Peak of the process' memory, where that is known.
    #[serde(default)]
    pub peak_memory_bytes: Option<u64>,
    /// What `evaluate` added.
    #[serde(default)]
    pub evaluations: Vec<Transfer>,
}

/// What a summary says of its task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskFacts {
    /// Its name.
    pub name: String,
    /// Shape of an input.
    pub inputs: InputShape,
    /// Length of a target.
    pub outputs: usize,
    /// Rows of the training part.
    pub train: usize,
    /// Rows of the test part.
    pub test: usize,
    /// Digest of the data.
    pub fingerprint: String,
}

/// Time in seconds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Seconds {
    /// The outer loop.
    pub distill: f64,
    /// The evaluation.
    pub evaluate: f64,
}

/// Scores of one evaluation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScoredBy {
    /// What they measure.
    pub metric: Metric,
    /// On which part of the task.
    #[serde(default)]
    pub scored_on: ScoredOn,
    /// Readout labels of the set that had no part in it.
    #[serde(default)]
    pub unread_labels: usize,
    /// The scores by name, in the order they were made.
    #[serde(with = "in_order")]
    pub scores: Vec<(String, Score)>,
    /// Baselines without a score by name, and why.
    #[serde(default)]
    pub failed: Map<String, Value>,
    /// DD-Ranking's label-robust score, where it is known.
    #[serde(default)]
    pub label_robust_score: Option<f64>,
}

impl ScoredBy {
    /// What is measured, in words.
    pub fn measure(&self) -> String {
        let on = match self.scored_on {
            ScoredOn::Test => "test",
            ScoredOn::Validation => "validation",
        };
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

/// What `evaluate` found with another network, or by another protocol.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Transfer {
    /// Kind of the network.
    pub network: String,
    /// Settings put over those of the run.
    #[serde(default)]
    pub overrides: Vec<String>,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Backend of the evaluation.
    pub backend: String,
    /// The scores.
    #[serde(flatten)]
    pub scores: ScoredBy,
}

impl Results {
    /// Reads a summary.
    ///
    /// # Errors
    /// [`retort_core::Error::Data`]: it cannot be read, or is no summary; with a remedy.
    pub fn read(path: &Path) -> Result<Self> {
        let fields = summary::load(path)?;
        serde_json::from_value(Value::Object(fields))
            .map_err(|error| summary::damaged(path, &error.to_string()))
    }
}

/// Scores as an object, in its own order.
mod in_order {
    use retort_core::evaluate::Score;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::{Map, Value};

    pub fn serialize<S: Serializer>(scores: &[(String, Score)], to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(scores.iter().map(|(name, score)| (name, score)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<(String, Score)>, D::Error> {
        let read = |(name, value): (String, Value)| match serde_json::from_value(value) {
            Ok(score) => Ok((name, score)),
            Err(error) => Err(D::Error::custom(format!("score {name:?}: {error}"))),
        };
        Map::deserialize(from)?.into_iter().map(read).collect()
    }
}
