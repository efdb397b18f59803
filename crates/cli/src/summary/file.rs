//! Reads and writes summaries. Only this module knows the layout of the file.

use std::path::{Path, PathBuf};

use retort_core::store::atomic;
use retort_core::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::content::Summary;
use super::record::EvaluationRecord;

/// The key under which `evaluate` adds its records.
const EVALUATIONS: &str = "evaluations";

/// The key of the marks of judges.
const JUDGES: &str = "judges";

/// Reads a summary.
///
/// # Errors
/// [`Error::Data`]: the file cannot be read, or is not a valid summary. The message names the key and a
/// remedy.
pub fn load(path: &Path) -> Result<Summary> {
    parsed(path, &text(path)?)
}

/// Writes results as a JSON file.
///
/// # Errors
/// The file cannot be written.
pub fn save(path: &Path, results: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(results)
        .map_err(|error| Error::write(path, std::io::Error::from(error)))?;
    atomic::write(path, format!("{text}\n").as_bytes())
}

/// Checks that a summary has the run's seed.
///
/// # Errors
/// [`Error::Data`]: it belongs to another run.
pub fn check_seed(summary: &Summary, seed: u64, path: &Path) -> Result<()> {
    if summary.seed == seed {
        return Ok(());
    }
    let other = summary.seed;
    let problem = format!("its seed is {other}, but the seed of this run is {seed}");
    Err(damaged(path, &problem))
}

/// A stored summary to which evaluations are added. Everything else in the file stays as it is, to the digit,
/// including the keys of a newer version.
#[derive(Debug)]
pub struct StoredSummary {
    path: PathBuf,
    file: Map<String, Value>,
}

impl StoredSummary {
    /// Reads the file and checks it.
    ///
    /// # Errors
    /// Those of [`load`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = text(path)?;
        parsed::<Summary>(path, &text)?;
        Ok(Self {
            path: path.to_owned(),
            file: parsed(path, &text)?,
        })
    }

    /// Adds a record and writes the file. It replaces a record with the same overrides, seed and backend. If
    /// `is_own` says that the record differs from the run's evaluation in its judges alone, their marks are also
    /// those of the run.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, record: &EvaluationRecord, is_own: bool) -> Result<()> {
        if let Some(verdict) = record.judges.as_ref().filter(|_| is_own) {
            self.file.insert(JUDGES.to_owned(), json!(verdict));
        }
        let record = json!(record);
        let same = |other: &Value| {
            let mut keys = ["overrides", "seed", "backend"].iter();
            keys.all(|key| other.get(key) == record.get(key))
        };
        let records = self.file.entry(EVALUATIONS).or_insert_with(|| json!([]));
        if let Value::Array(records) = records {
            match records.iter_mut().find(|other| same(other)) {
                Some(other) => *other = record,
                None => records.push(record),
            }
        }
        save(&self.path, &self.file)
    }
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Error::data(path, format!("cannot be read: {error}")))
}

/// Parses a file. The error names the key that is wrong.
fn parsed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| damaged(path, &error.to_string()))?;
    json.end()
        .map_err(|error| damaged(path, &error.to_string()))?;
    Ok(read)
}

/// The error for a file that is not a valid summary, with a remedy.
fn damaged(path: &Path, problem: &str) -> Error {
    let problem = format!(
        "is not a valid summary of this run ({problem}): restore the file, or remove it and score the run \
         again with `distill --resume`"
    );
    Error::data(path, problem)
}
