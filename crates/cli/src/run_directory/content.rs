//! What stands in a directory that a run wants.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

use retort_core::store::atomic;
use retort_core::{Error, Result};

use super::RunDirectory;

/// What stands in a directory.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or what a process that was killed before it began has left.
    Nothing,
    /// A run.
    Run,
    /// A run whose `config.toml` can no longer be read, for this reason.
    Damaged(String),
    /// Something that Retort did not write, such as this.
    Foreign(OsString),
}

impl Content {
    /// What stands there. A run is known by the `version` and other keys in its `config.toml`; where
    /// that is spoilt, by the lock in its checkpoint folder.
    ///
    /// # Errors
    /// The path is a file, or cannot be read.
    pub fn of(directory: &RunDirectory) -> Result<Self> {
        let root = directory.root();
        let names = names(root)?;
        if names.iter().any(|name| *name == "config.toml") {
            match version(&directory.config()) {
                Ok(_) => return Ok(Self::Run),
                Err(problem) if is_ours(directory) => return Ok(Self::Damaged(problem)),
                Err(_) => {}
            }
        }
        let checkpoint = directory.checkpoint();
        let unbegun = |name: &OsString| match name.to_str() {
            Some("checkpoint") => names_below(&checkpoint),
            _ => atomic::is_temporary(name),
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
        let mut names = names.iter();
        names.all(|name| name == "lock" || atomic::is_temporary(name))
    })
}

/// Whether a run has been in that directory: its checkpoint folder has a lock, and no file that
/// belongs to nobody.
fn is_ours(directory: &RunDirectory) -> bool {
    let known = [directory.lock(), directory.state(), directory.elapsed()];
    let known = |name: &OsString| {
        let mut known = known.iter().filter_map(|path| path.file_name());
        known.any(|known| known == name) || atomic::is_temporary(name)
    };
    directory.lock().is_file() && names(&directory.checkpoint()).is_ok_and(|n| n.iter().all(known))
}

/// The version that wrote a run's `config.toml`, whichever that is; or what the file lacks.
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
    version.ok_or_else(|| "its `version` is no word".to_owned())
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
