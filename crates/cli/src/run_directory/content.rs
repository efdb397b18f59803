//! What stands in a directory that a run wants.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

use retort_core::{Error, Result};

use super::RunDirectory;

/// What stands in a directory.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or what a process that was killed before it began has left.
    Nothing,
    /// A run.
    Run,
    /// Something that Retort did not write, such as this.
    Foreign(OsString),
}

impl Content {
    /// What stands there. A run is known by the `version` in its `config.toml`.
    ///
    /// # Errors
    /// The path is a file, or cannot be read.
    pub fn of(directory: &RunDirectory) -> Result<Self> {
        let root = directory.root();
        let names = names(root)?;
        if names.iter().any(|name| *name == "config.toml") && is_config(&directory.config()) {
            return Ok(Self::Run);
        }
        let checkpoint = directory.checkpoint();
        let unbegun = |name: &OsString| match name.to_str() {
            Some("checkpoint") => names_below(&checkpoint),
            Some(name) => is_temporary(name),
            None => false,
        };
        match names.into_iter().find(|name| !unbegun(name)) {
            None => Ok(Self::Nothing),
            Some(name) => Ok(Self::Foreign(name)),
        }
    }
}

/// Whether a checkpoint folder holds no more than a lock.
fn names_below(checkpoint: &Path) -> bool {
    names(checkpoint).is_ok_and(|names| {
        let mut names = names.iter().filter_map(|name| name.to_str());
        names.all(|name| name == "lock" || is_temporary(name))
    })
}

/// Whether a file was being written when its process was killed.
fn is_temporary(name: &str) -> bool {
    name.starts_with(".retort-")
}

/// Whether a file is the `config.toml` of a run, of whatever version.
fn is_config(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let table = text.parse::<toml::Table>().unwrap_or_default();
    ["version", "seed", "task", "objective"]
        .iter()
        .all(|key| table.contains_key(*key))
}

fn names(folder: &Path) -> Result<Vec<OsString>> {
    let failed = |error: std::io::Error| Error::data(folder, format!("cannot be read: {error}"));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(_) if folder.is_file() => {
            let accepted = "is a file: name a directory that can be made, or is empty";
            return Err(Error::setting("--out", folder.display(), accepted));
        }
        // A file among its parents: making it will say so.
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    entries
        .map(|entry| entry.map(|entry| entry.file_name()).map_err(failed))
        .collect()
}
