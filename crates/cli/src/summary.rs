//! `summary.json`: what a run ends with, for programs.

use std::path::Path;

use retort_core::evaluate::{Alignment, Evaluation, MemoryAccount, Metric, Score, ScoredOn};
use retort_core::shape::InputShape;
use retort_core::store::atomic;
use retort_core::synthetic::{Manifest, SingularDirection};
use retort_core::task::Task;
use retort_core::{Error, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::memory::peak_bytes;
use crate::plan::{Plan, VERSION};

/// The key under which `evaluate` adds its results.
const EVALUATIONS: &str = "evaluations";

/// The key of the baselines without a score, by name, with the reason; absent where there are none.
pub const FAILED: &str = "failed";

/// The key of the part that scores were taken on, where it is not the test part.
pub const SCORED_ON: &str = "scored_on";

/// The key of the number of readout labels that scores were taken without; absent where there are none.
pub const UNREAD_LABELS: &str = "unread_labels";

/// The key of DD-Ranking's label-robust score; absent where it is not known.
pub const LABEL_ROBUST: &str = "label_robust_score";

/// The results of a run.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    retort: &'static str,
    preset: Option<&'a str>,
    seed: u64,
    backend: &'a str,
    task: TaskSummary<'a>,
    metric: Metric,
    #[serde(skip_serializing_if = "Option::is_none")]
    scored_on: Option<ScoredOn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread_labels: Option<usize>,
    scores: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_robust_score: Option<f64>,
    memory: &'a MemoryAccount,
    #[serde(skip_serializing_if = "Option::is_none")]
    alignment: Option<&'a Alignment>,
    #[serde(skip_serializing_if = "<[SingularDirection]>::is_empty")]
    spectrum: &'a [SingularDirection],
    seconds: Seconds,
    peak_memory_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct TaskSummary<'a> {
    name: &'a str,
    inputs: InputShape,
    outputs: usize,
    train: usize,
    test: usize,
    fingerprint: &'a str,
}

/// Time that a run took, in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Seconds {
    /// The outer loop, over all processes of the run.
    pub distill: f64,
    /// The evaluation.
    pub evaluate: f64,
}

impl<'a> Summary<'a> {
    /// Puts the results together.
    pub fn new(
        plan: &'a Plan,
        backend: &'a str,
        task: &'a Task,
        manifest: &'a Manifest,
        evaluation: &'a Evaluation,
        seconds: Seconds,
    ) -> Self {
        Self {
            retort: VERSION,
            preset: plan.preset.as_deref(),
            seed: plan.seed,
            backend,
            task: TaskSummary {
                name: &task.name,
                inputs: task.inputs,
                outputs: task.target.len(),
                train: task.train.len(),
                test: task.test.len(),
                fingerprint: &manifest.task.fingerprint,
            },
            metric: evaluation.metric,
            scored_on: scored_on(evaluation),
            unread_labels: unread_labels(evaluation),
            scores: scores(&evaluation.scores),
            failed: failed(&evaluation.failed),
            label_robust_score: evaluation.label_robust_score,
            memory: &evaluation.memory,
            alignment: evaluation.alignment.as_ref(),
            spectrum: &evaluation.spectrum,
            seconds,
            peak_memory_bytes: peak_bytes(),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        write(path, self)
    }
}

/// The part that scores were taken on, where it is not the test part.
pub fn scored_on(evaluation: &Evaluation) -> Option<ScoredOn> {
    Some(evaluation.on).filter(|on| *on != ScoredOn::Test)
}

/// The readout labels that scores were taken without; none where they were taken with all that there are.
pub fn unread_labels(evaluation: &Evaluation) -> Option<usize> {
    Some(evaluation.unread_labels).filter(|labels| *labels > 0)
}

/// Scores by name, in the order they were made.
pub fn scores(scores: &[(String, Score)]) -> Map<String, Value> {
    let entry = |(name, score): &(String, Score)| (name.clone(), json!(score));
    scores.iter().map(entry).collect()
}

/// Why baselines have no score, by name; none where all have one.
pub fn failed(failed: &[(String, String)]) -> Option<Map<String, Value>> {
    let entry = |(name, reason): &(String, String)| (name.clone(), json!(reason));
    (!failed.is_empty()).then(|| failed.iter().map(entry).collect())
}

/// Reads a summary.
///
/// # Errors
/// [`Error::Data`]: it cannot be read, or is no summary.
pub fn load(path: &Path) -> Result<Map<String, Value>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::data(path, format!("cannot be read: {error}")))?;
    let summary: Map<String, Value> =
        serde_json::from_str(&text).map_err(|error| damaged(path, &error.to_string()))?;
    for section in ["scores", "task"] {
        if !summary.get(section).is_some_and(Value::is_object) {
            return Err(damaged(path, &format!("it has no {section}")));
        }
    }
    if !summary.get(EVALUATIONS).is_none_or(Value::is_array) {
        return Err(damaged(path, &format!("its {EVALUATIONS} are no list")));
    }
    Ok(summary)
}

/// Checks that a run's summary is of its seed.
///
/// # Errors
/// [`Error::Data`]: it is another run's.
pub fn check_seed(summary: &Map<String, Value>, seed: u64, path: &Path) -> Result<()> {
    match summary.get("seed").and_then(Value::as_u64) {
        Some(other) if other != seed => {
            let problem = format!("it is of seed {other}, and the run beside it of seed {seed}");
            Err(damaged(path, &problem))
        }
        _ => Ok(()),
    }
}

/// What is said of a file that is no summary, with what to do.
pub fn damaged(path: &Path, problem: &str) -> Error {
    let problem = format!(
        "is no summary of this run ({problem}): put the file back, or remove it and score the run again with \
         `distill --resume`"
    );
    Error::data(path, problem)
}

/// Adds an evaluation to a summary. One with the same overrides and seed on the same backend is
/// replaced.
pub fn add_evaluation(summary: &mut Map<String, Value>, evaluation: Value) {
    let entries = summary
        .entry(EVALUATIONS)
        .or_insert_with(|| Value::Array(Vec::new()));
    let same = |entry: &Value| {
        let equal = |key| entry.get(key) == evaluation.get(key);
        equal("overrides") && equal("seed") && equal("backend")
    };
    if let Value::Array(entries) = entries {
        match entries.iter_mut().find(|entry| same(entry)) {
            Some(entry) => *entry = evaluation,
            None => entries.push(evaluation),
        }
    }
}

/// Writes a summary.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, summary: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(summary)
        .map_err(|error| Error::write(path, std::io::Error::from(error)))?;
    atomic::write(path, format!("{text}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::wording::told;

    #[test]
    fn an_evaluation_replaces_only_one_of_the_same_kind() {
        let mut summary = Map::new();
        let entry = |seed: u64, backend: &str, mean: f64| json!({"overrides": ["a=1"], "seed": seed, "backend": backend, "mean": mean});
        for entry in [
            entry(1, "flex", 0.1),
            entry(1, "ndarray", 0.2),
            entry(2, "flex", 0.3),
            entry(1, "flex", 0.4),
        ] {
            add_evaluation(&mut summary, entry);
        }
        let means: Vec<f64> = summary[EVALUATIONS]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["mean"].as_f64().unwrap())
            .collect();
        assert_eq!(means, [0.4, 0.2, 0.3]);
    }

    #[test]
    fn what_is_no_summary_is_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        for text in [
            "{\"scores\": {",
            "[]",
            "{}",
            "{\"scores\": {}}",
            "{\"scores\": {}, \"task\": {}, \"evaluations\": 3}",
        ] {
            std::fs::write(&path, text).unwrap();
            let error = load(&path).unwrap_err();
            assert!(error.is_bad_input());
            let error = told(error);
            assert!(error.starts_with(&format!("{}: ", path.display())));
            assert!(error.contains("--resume"), "{error}");
        }
    }
}
