//! A claim on a run directory. It ensures that the directory can be written, that no other process works
//! in it, and that nothing in it is lost by mistake.
//!
//! A claim is taken before any work. It changes nothing in the directory, except that it removes temporary
//! files of killed processes. The run *begins* once the task is loaded and everything is checked: only then
//! are the files of an earlier run removed. A claim that is dropped before that removes its own traces.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::ValueEnum as _;
use retort_core::store::atomic;
use retort_core::store::lock::Lock;
use retort_core::{Error, Result};

use super::RunDirectory;
use super::content::{Content, version};
use crate::console::note;
use crate::format::Format;
use crate::leash;
use crate::plan::{Plan, VERSION};

/// Pause between two attempts to lock a directory.
const PAUSE: Duration = Duration::from_millis(20);

/// What to do if the directory already holds a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Return an error.
    Refuse,
    /// Replace the files that Retort wrote.
    Replace,
    /// Continue the run.
    Continue,
}

/// The right to write in a run directory, until this value is dropped.
#[derive(Debug)]
pub struct Claim {
    /// The directory.
    pub directory: RunDirectory,
    /// The lock. The system releases it when the process ends, however it ends.
    _lock: Lock,
    /// Directories that this claim made, outermost first. Empty once the run has begun.
    made: Vec<PathBuf>,
}

impl Claim {
    /// Takes a directory for a run.
    ///
    /// # Errors
    /// The directory cannot be written, holds foreign files or a run that must not be touched, or another
    /// process works in it.
    pub fn take(root: &Path, existing: Existing) -> Result<Self> {
        let directory = RunDirectory::at(root);
        check(&directory, existing)?;
        let claim = Self::join(directory)?;
        // Another process may have finished a run here since the first look.
        check(&claim.directory, existing)?;
        Ok(claim)
    }

    /// Checks that a run may be written to a directory, without a change of it.
    ///
    /// # Errors
    /// Those of [`Self::take`] that do not need the directory.
    pub fn check(root: &Path, existing: Existing) -> Result<()> {
        check(&RunDirectory::at(root), existing)
    }

    /// Takes a directory to add files, whatever it holds.
    ///
    /// # Errors
    /// The directory cannot be written, or another process works in it.
    pub fn join(directory: RunDirectory) -> Result<Self> {
        let made = make(&directory.checkpoint())?;
        let lock = lock(&directory.lock(), directory.root()).inspect_err(|_| remove(&made))?;
        let claim = Self {
            directory,
            _lock: lock,
            made,
        };
        tidy(&claim.directory.previews());
        for folder in [claim.directory.root(), &claim.directory.checkpoint()] {
            tidy(folder);
            tempfile::tempfile_in(folder).map_err(|error| Error::write(folder, error))?;
        }
        Ok(claim)
    }

    /// The plan of the stored run, for continuing it. `None` if there is no run.
    ///
    /// # Errors
    /// The plan is damaged, or of another version.
    pub fn stored(&self) -> Result<Option<Plan>> {
        let config = self.directory.config();
        let damaged = |problem: String| Error::Toml {
            origin: config.display().to_string(),
            problem: format!(
                "the settings of this run are damaged: {problem}; restore the file, or replace the \
                 run with --force"
            ),
        };
        match Content::of(&self.directory)? {
            Content::Nothing | Content::Foreign(_) => return Ok(None),
            Content::Damaged(problem) => return Err(damaged(problem)),
            Content::Run => {}
        }
        match version(&config) {
            Ok(version) if version != VERSION => Err(Error::Checkpoint {
                path: config,
                problem: format!(
                    "the run was begun by version {version}, but this is version {VERSION}: continue \
                     it with version {version}, or begin a new run"
                ),
            }),
            _ => Plan::load(&config).map_err(|error| damaged(error.to_string())),
        }
    }

    /// Begins a new run: removes the files of an earlier run, keeps foreign files, and writes the settings.
    ///
    /// # Errors
    /// A file cannot be removed or written.
    pub fn begin(&mut self, plan: &Plan) -> Result<()> {
        let directory = &self.directory;
        // The summary goes first: without it the run does not count as finished. The settings stay until they
        // are overwritten: without them the directory would count as foreign.
        let single = [
            directory.summary(),
            directory.state(),
            directory.elapsed(),
            directory.metrics(),
            directory.set(),
        ];
        for path in single {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::write(&path, error));
                }
                _ => {}
            }
        }
        // Nothing depends on these files: one that cannot be removed stays, and so does a directory of that
        // name.
        let pictures = [directory.preview(), directory.animation()];
        let previews = directory.previews_made().into_values();
        let formats = Format::value_variants().iter();
        let reports = formats.map(|format| directory.root().join(format.file_name()));
        for path in pictures.into_iter().chain(previews).chain(reports) {
            if path.is_file()
                && let Err(error) = fs::remove_file(&path)
            {
                note(format_args!(
                    "{}: cannot be removed ({error}); it belongs to the run that was replaced",
                    path.display()
                ));
            }
        }
        remove(&[directory.previews()]);
        self.made.clear();
        atomic::write(&self.directory.config(), plan.to_toml()?.as_bytes())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.made.is_empty() {
            let _ = fs::remove_file(self.directory.lock());
            remove(&self.made);
        }
    }
}

fn check(directory: &RunDirectory, existing: Existing) -> Result<()> {
    let shown = directory.root().display();
    match Content::of(directory)? {
        Content::Nothing => Ok(()),
        Content::Run | Content::Damaged(_) if existing != Existing::Refuse => Ok(()),
        Content::Run => {
            let accepted = match directory.summary().exists() {
                true => {
                    "already holds a finished run: give --force to replace it, or another --out"
                }
                false => {
                    "already holds a run that is not finished: give --resume to go on with it, --force to \
                     replace it, or another --out"
                }
            };
            Err(Error::setting("--out", shown, accepted))
        }
        Content::Damaged(problem) => {
            let accepted = format!(
                "already holds a run, and its config.toml is damaged ({problem}): restore that file, \
                 give --force to replace the run, or give another --out"
            );
            Err(Error::setting("--out", shown, accepted))
        }
        Content::Foreign(name) => {
            let accepted = format!(
                "is not a run directory, because it holds {name:?}, so nothing is written there: name \
                 a new or empty directory"
            );
            Err(Error::setting("--out", shown, accepted))
        }
    }
}

/// Makes a directory with its parents. Returns those that did not exist before.
fn make(path: &Path) -> Result<Vec<PathBuf>> {
    let mut missing: Vec<PathBuf> = path
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    fs::create_dir_all(path).map_err(|error| {
        remove(&missing);
        Error::write(path, error)
    })?;
    Ok(missing)
}

/// Removes the temporary files of killed processes. The caller must hold the lock, so that no other process
/// writes here.
pub fn tidy(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if atomic::is_temporary(&entry.file_name()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Removes directories that are empty, innermost first.
fn remove(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// Time to wait for another process in the directory. A worker waits until the worker of a killed sweep has
/// noticed that and ended.
fn patience() -> Duration {
    Duration::from_secs(if leash::is_held() { 10 } else { 0 })
}

/// Takes the lock of a directory, which is a file at `path`.
///
/// # Errors
/// Another process works in the directory, or the file cannot be written.
pub fn lock(path: &Path, directory: &Path) -> Result<Lock> {
    let lock = Lock::open(path)?;
    let until = Instant::now() + patience();
    while !lock.take()? {
        if Instant::now() >= until {
            let accepted = "another process works in this directory: wait until it is done, or name another \
                            one";
            return Err(Error::setting("--out", directory.display(), accepted));
        }
        sleep(PAUSE);
    }
    Ok(lock)
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;
