//! The content of a directory in which a run is to be written.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

use retort_core::store::atomic;
use retort_core::{Error, Result};

use super::RunDirectory;
use crate::document::OF_RUN;

/// The content of a directory.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or only the traces of a process that was killed before its run began.
    Nothing,
    /// A run.
    Run,
    /// A run whose `config.toml` can no longer be read, for this reason.
    Damaged(String),
    /// Files that Retort did not write, such as this one.
    Foreign(OsString),
}

impl Content {
    /// Looks into the directory. A run is recognised by `version` and other keys in its `config.toml`, or,
    /// if that file is damaged, by the lock in its checkpoint folder.
    ///
    /// # Errors
    /// The path is a file, or cannot be read.
    pub fn of(directory: &RunDirectory) -> Result<Self> {
        let root = directory.root();
        let names = names(root)?;
        if names.iter().any(|name| *name == OF_RUN) {
            match version(&directory.config()) {
                Ok(_) => return Ok(Self::Run),
                Err(problem) if is_ours(directory) => return Ok(Self::Damaged(problem)),
                Err(_) => {}
            }
        }
        let checkpoint = directory.checkpoint();
        let unbegun = |name: &OsString| match name.to_str() {
            Some("checkpoint") => holds_only_a_lock(&checkpoint),
            _ => atomic::is_temporary(name),
        };
        match names.into_iter().find(|name| !unbegun(name)) {
            None => Ok(Self::Nothing),
            Some(name) => Ok(Self::Foreign(name)),
        }
    }
}

/// Whether a checkpoint folder holds at most a lock and temporary files.
fn holds_only_a_lock(checkpoint: &Path) -> bool {
    names(checkpoint).is_ok_and(|names| {
        let mut names = names.iter();
        names.all(|name| name == "lock" || atomic::is_temporary(name))
    })
}

/// Whether the directory has held a run: its checkpoint folder has a lock, and no unknown file.
fn is_ours(directory: &RunDirectory) -> bool {
    let known = [directory.lock(), directory.state(), directory.elapsed()];
    let known = |name: &OsString| {
        let mut known = known.iter().filter_map(|path| path.file_name());
        known.any(|known| known == name) || atomic::is_temporary(name)
    };
    directory.lock().is_file() && names(&directory.checkpoint()).is_ok_and(|n| n.iter().all(known))
}

/// The version of the program that wrote a run's `config.toml`. The error says what the file lacks.
pub fn version(config: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(config).map_err(|error| error.to_string())?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
    for key in ["version", "seed", "task", "objective"] {
        if !table.contains_key(key) {
            return Err(format!("it has no `{key}`"));
        }
    }
    let version = table["version"].as_str().map(str::to_owned);
    version.ok_or_else(|| "its `version` is not a word in quotes".to_owned())
}

fn names(folder: &Path) -> Result<Vec<OsString>> {
    let failed = |error: std::io::Error| Error::data(folder, format!("cannot be read: {error}"));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(_) if folder.is_file() => {
            let accepted = "is a file: name a new or empty directory";
            return Err(Error::setting("--out", folder.display(), accepted));
        }
        // One of its parents is a file: the error comes when the directory is made.
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    entries
        .map(|entry| entry.map(|entry| entry.file_name()).map_err(failed))
        .collect()
}
