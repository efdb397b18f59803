//! The keys of `summary.json` as types. The order of the fields is that of the file.

use std::collections::BTreeMap;

use retort_core::evaluate::{
    Alignment, Evaluation, Gain, MemoryAccount, Metric, Score, ScoredOn, Verdict,
};
use retort_core::shape::InputShape;
use retort_core::synthetic::{Manifest, SingularDirection};
use retort_core::task::Task;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::in_order;
use super::record::EvaluationRecord;
use super::scored::{Scored, is_test, is_zero, scored};
use crate::memory::peak_bytes;
use crate::plan::{Plan, VERSION};

/// Version of the file's layout. It grows when a key changes its meaning, not when a key is added.
const FORMAT: u32 = 1;

/// The results of a finished run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object with the results of a run")]
pub struct Summary {
    /// Version of Retort that scored the run.
    pub retort: String,
    /// Version of the layout. A file without this key has layout 1.
    #[serde(default = "first_format", deserialize_with = "known_format")]
    pub format: u32,
    /// Preset that the run began from.
    #[serde(default)]
    pub preset: Option<String>,
    /// Seed of the run.
    pub seed: u64,
    /// Backend that the run was scored on.
    pub backend: String,
    /// The task.
    pub task: TaskFacts,
    /// The metric of the scores.
    pub metric: Metric,
    /// Part of the task that scores are computed on. The file omits it if it is the test part.
    #[serde(default, skip_serializing_if = "is_test")]
    pub scored_on: ScoredOn,
    /// Number of the set's readout labels that the scores do not use. The file omits it if it is 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread_labels: usize,
    /// Scores by name, in the order they were made.
    #[serde(with = "in_order")]
    pub scores: Vec<(String, Score)>,
    /// By how much networks score better on the set than on each other one. Empty if the version that scored did not
    /// write it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gain: BTreeMap<String, Gain>,
    /// Number of points of each class by its name. The file omits it if the task has no classes, or if the
    /// version that scored the run did not write it.
    #[serde(default, with = "in_order", skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<(String, usize)>,
    /// Names of baselines without a score, each with the reason.
    #[serde(default, with = "in_order", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(String, String)>,
    /// DD-Ranking's label-robust score, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_robust_score: Option<f64>,
    /// Marks of the judges, if there are any: of the run's own evaluation, or of the last `evaluate` that
    /// changed nothing but the judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judges: Option<Verdict>,
    /// Memory of the set, compared with data, model and theory.
    pub memory: MemoryAccount,
    /// Alignment at the end, if the task knows its principal subspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<Alignment>,
    /// Singular directions of the points. Empty if the task does not know its principal subspace, or if the
    /// version that scored the run did not write them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spectrum: Vec<SingularDirection>,
    /// Time that the run took.
    pub seconds: Seconds,
    /// Peak memory of the process in bytes, if the system tells it.
    #[serde(default)]
    pub peak_memory_bytes: Option<u64>,
    /// Records that `evaluate` added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evaluations: Vec<EvaluationRecord>,
    /// Unknown keys, as a newer version writes them.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Description of the task in a summary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object that describes the task")]
pub struct TaskFacts {
    /// Name of the task.
    pub name: String,
    /// Shape of an input.
    pub inputs: InputShape,
    /// Length of a target.
    pub outputs: usize,
    /// Number of rows of the training part.
    pub train: usize,
    /// Number of rows of the test part.
    pub test: usize,
    /// Digest of the data.
    pub fingerprint: String,
}

/// Time that a run took, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object with seconds")]
pub struct Seconds {
    /// Time of the outer loop, over all processes of the run.
    pub distill: f64,
    /// Time of the evaluation.
    pub evaluate: f64,
}

impl Summary {
    /// Builds the summary from its parts.
    pub fn new(
        plan: &Plan,
        backend: &str,
        task: &Task,
        manifest: &Manifest,
        evaluation: Evaluation,
        seconds: Seconds,
    ) -> Self {
        Self {
            retort: VERSION.to_owned(),
            format: FORMAT,
            preset: plan.preset.clone(),
            seed: plan.seed,
            backend: backend.to_owned(),
            task: TaskFacts {
                name: task.name.clone(),
                inputs: task.inputs,
                outputs: task.target.len(),
                train: task.train.len(),
                test: task.test.len(),
                fingerprint: manifest.task.fingerprint.clone(),
            },
            metric: evaluation.metric,
            scored_on: evaluation.on,
            unread_labels: evaluation.unread_labels,
            scores: evaluation.scores,
            gain: evaluation.gain,
            counts: counts(manifest),
            failed: evaluation.failed,
            label_robust_score: evaluation.label_robust_score,
            judges: evaluation.judges,
            memory: evaluation.memory,
            alignment: evaluation.alignment,
            spectrum: evaluation.spectrum,
            seconds,
            peak_memory_bytes: peak_bytes(),
            evaluations: Vec::new(),
            rest: Map::new(),
        }
    }

    /// The scores of the run's own evaluation.
    pub fn scored(&self) -> Scored<'_> {
        scored!(self, scored_on)
    }

    /// The score of the distilled set.
    pub fn distilled(&self) -> Option<&Score> {
        self.scored().score("distilled")
    }
}

/// Number of points of each class by its name.
fn counts(manifest: &Manifest) -> Vec<(String, usize)> {
    let names = manifest.task.target.class_names().iter().cloned();
    names.zip(manifest.arrangement.counts.clone()).collect()
}

fn first_format() -> u32 {
    1
}

fn known_format<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    match u32::deserialize(from)? {
        format @ 1..=FORMAT => Ok(format),
        other => Err(D::Error::custom(format!(
            "{other} is a layout that this version of Retort cannot read: it reads 1 to {FORMAT}"
        ))),
    }
}
