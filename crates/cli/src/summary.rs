//! `summary.json`: what a run ends with, for programs.

use std::path::Path;

use retort_core::evaluate::{Alignment, Evaluation, MemoryAccount, Metric, Score};
use retort_core::synthetic::Manifest;
use retort_core::task::{InputShape, Task};
use retort_core::{Error, Result, atomic};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::memory::peak_bytes;
use crate::plan::{Plan, VERSION};

/// The key under which `evaluate` adds its results.
const EVALUATIONS: &str = "evaluations";

/// The results of a run.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    retort: &'static str,
    preset: Option<&'a str>,
    seed: u64,
    backend: &'a str,
    task: TaskSummary<'a>,
    metric: Metric,
    scores: Map<String, Value>,
    memory: &'a MemoryAccount,
    #[serde(skip_serializing_if = "Option::is_none")]
    alignment: Option<&'a Alignment>,
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
            scores: scores(&evaluation.scores),
            memory: &evaluation.memory,
            alignment: evaluation.alignment.as_ref(),
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

/// Scores by name, in the order they were made.
pub fn scores(scores: &[(String, Score)]) -> Map<String, Value> {
    let entry = |(name, score): &(String, Score)| (name.clone(), json!(score));
    scores.iter().map(entry).collect()
}

/// Reads a summary.
///
/// # Errors
/// [`Error::Data`]: it cannot be read, or is no JSON object.
pub fn load(path: &Path) -> Result<Map<String, Value>> {
    let refused = |problem: String| Error::data(path, problem);
    let text = std::fs::read_to_string(path)
        .map_err(|error| refused(format!("cannot be read: {error}")))?;
    serde_json::from_str(&text).map_err(|error| refused(format!("is no summary: {error}")))
}

/// Adds an evaluation to a summary. One with the same overrides and seed is replaced.
///
/// # Errors
/// The summary cannot be read or written.
pub fn add_evaluation(path: &Path, evaluation: Value) -> Result<()> {
    let mut summary = load(path)?;
    let mut entries = match summary.remove(EVALUATIONS) {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    };
    let same = |entry: &Value| {
        let equal = |key| entry.get(key) == evaluation.get(key);
        equal("overrides") && equal("seed")
    };
    match entries.iter_mut().find(|entry| same(entry)) {
        Some(entry) => *entry = evaluation,
        None => entries.push(evaluation),
    }
    summary.insert(EVALUATIONS.to_owned(), entries.into());
    write(path, &summary)
}

fn write(path: &Path, summary: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(summary)
        .map_err(|error| Error::write(path, std::io::Error::from(error)))?;
    atomic::write(path, format!("{text}\n").as_bytes())
}
