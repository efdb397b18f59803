//! Reads and writes summaries. Nothing else knows how the file is laid out.

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

/// Reads a summary.
///
/// # Errors
/// [`Error::Data`]: the file cannot be read, or is no summary; with the key and a remedy.
pub fn load(path: &Path) -> Result<Summary> {
    parsed(path, &text(path)?)
}

/// Writes results as a file of JSON.
///
/// # Errors
/// It cannot be written.
pub fn save(path: &Path, results: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(results)
        .map_err(|error| Error::write(path, std::io::Error::from(error)))?;
    atomic::write(path, format!("{text}\n").as_bytes())
}

/// Checks that a run's summary is of its seed.
///
/// # Errors
/// [`Error::Data`]: it is another run's.
pub fn check_seed(summary: &Summary, seed: u64, path: &Path) -> Result<()> {
    if summary.seed == seed {
        return Ok(());
    }
    let other = summary.seed;
    let problem = format!("it is of seed {other}, and the run beside it of seed {seed}");
    Err(damaged(path, &problem))
}

/// A stored summary to which evaluations are added. Whatever else the file says stays as it is, to the digit,
/// and so does what a newer version wrote.
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

    /// Adds a record and writes the file. A record with the same overrides and seed on the same backend is
    /// replaced.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, record: &EvaluationRecord) -> Result<()> {
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

/// What a file says, or the key that is wrong in it.
fn parsed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| damaged(path, &error.to_string()))?;
    json.end()
        .map_err(|error| damaged(path, &error.to_string()))?;
    Ok(read)
}

/// What is said of a file that is no summary, with what to do.
fn damaged(path: &Path, problem: &str) -> Error {
    let problem = format!(
        "is no summary of this run ({problem}): put the file back, or remove it and score the run again with \
         `distill --resume`"
    );
    Error::data(path, problem)
}
