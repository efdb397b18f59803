//! `summary.json` of a sweep: the comparison of its runs with a law, if the settings ask for one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use retort_core::law::MemoryLaw;
use retort_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::plan::VERSION;
use crate::summary;

/// The outcome of a sweep.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// Version of the program that compared the runs with the law.
    #[serde(default)]
    pub retort: String,
    /// Name of the preset or file.
    #[serde(default)]
    pub name: String,
    /// Number of runs.
    #[serde(default)]
    pub runs: usize,
    /// Number of runs that failed.
    #[serde(default)]
    pub failed: usize,
    /// Comparison of the runs with the memory law.
    #[serde(default)]
    pub law: Option<MemoryLaw>,
}

impl Outcome {
    /// The outcome of `runs` runs, `failed` of which failed.
    pub fn new(name: &str, runs: usize, failed: usize, law: MemoryLaw) -> Self {
        Self {
            retort: VERSION.to_owned(),
            name: name.to_owned(),
            runs,
            failed,
            law: Some(law),
        }
    }

    /// Reads the file, if it is there.
    ///
    /// # Errors
    /// [`Error::Data`]: the file cannot be read, or is not the summary of a sweep.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::unreadable(path, &error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let problem = format!(
                "is not the summary of a sweep ({error}): restore the file, or remove it for a report \
                 without it"
            );
            Error::data(path, problem)
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        summary::save(path, self)
    }
}
