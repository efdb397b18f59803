//! A claim on a run directory: it can be written, nobody else works in it, and nothing in it is lost
//! by mistake.
//!
//! A claim is taken before any work, and changes nothing that is there, but for the temporary files
//! of processes that were killed. The run *begins* once the task is loaded and all is known to be in
//! order: only then are the files of an earlier run removed. A claim that is dropped before takes its
//! own traces away.

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

/// Between two attempts to lock a directory.
const PAUSE: Duration = Duration::from_millis(20);

/// What to do where a run is already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is an error.
    Refuse,
    /// Replace the files that Retort wrote.
    Replace,
    /// Go on with it.
    Continue,
}

/// The right to write in a run directory, for as long as it lives.
#[derive(Debug)]
pub struct Claim {
    /// Where.
    pub directory: RunDirectory,
    /// Held by the system until the process ends, however it ends.
    _lock: Lock,
    /// Directories that this claim made, outermost first, until the run begins.
    made: Vec<PathBuf>,
}

impl Claim {
    /// Takes a directory for a run.
    ///
    /// # Errors
    /// It cannot be written, holds something else or a run that must not be touched, or another
    /// process works in it.
    pub fn take(root: &Path, existing: Existing) -> Result<Self> {
        let directory = RunDirectory::at(root);
        check(&directory, existing)?;
        let claim = Self::join(directory)?;
        // Another process may have finished a run here since the first look.
        check(&claim.directory, existing)?;
        Ok(claim)
    }

    /// Takes a directory to add to what is there, whatever it is.
    ///
    /// # Errors
    /// It cannot be written, or another process works in it.
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

    /// The plan of the run that is here, for going on with it; none where there is no run.
    ///
    /// # Errors
    /// It is damaged, or of another version.
    pub fn stored(&self) -> Result<Option<Plan>> {
        let config = self.directory.config();
        let damaged = |problem: String| Error::Toml {
            origin: config.display().to_string(),
            problem: format!(
                "the settings of this run are damaged: {problem}; put the file back, or replace the \
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
                    "the run was begun by version {version}, and this is version {VERSION}; continue \
                     with that version, or begin a new run"
                ),
            }),
            _ => Plan::load(&config).map_err(|error| damaged(error.to_string())),
        }
    }

    /// Begins a new run: files of an earlier one are removed, foreign files stay, and the settings
    /// are written.
    ///
    /// # Errors
    /// A file cannot be removed or written.
    pub fn begin(&mut self, plan: &Plan) -> Result<()> {
        let directory = &self.directory;
        // The summary first: without it the run does not count as finished. The settings last:
        // without them the directory would count as foreign.
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
        // Nothing depends on those: what cannot be removed stays, as a directory does at such a name.
        let pictures = [directory.preview(), directory.animation()];
        let previews = directory.previews_made().into_values();
        let formats = Format::value_variants().iter();
        let reports = formats.map(|format| directory.root().join(format.file_name()));
        for path in pictures.into_iter().chain(previews).chain(reports) {
            if path.is_file()
                && let Err(error) = fs::remove_file(&path)
            {
                note(format_args!(
                    "{}: cannot be removed ({error}), and is of the run that was replaced",
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
            let accepted = "a run is there already: give --resume to go on with it, --force to \
                            replace it, or another --out";
            Err(Error::setting("--out", shown, accepted))
        }
        Content::Damaged(problem) => {
            let accepted = format!(
                "a run is there already, and its config.toml is damaged ({problem}): put that file \
                 back, give --force to replace the run, or another --out"
            );
            Err(Error::setting("--out", shown, accepted))
        }
        Content::Foreign(name) => {
            let accepted = format!(
                "holds {name:?} and is not a run directory, so nothing is written there: name a new \
                 or empty directory"
            );
            Err(Error::setting("--out", shown, accepted))
        }
    }
}

/// Makes a directory with its parents, and says which there were not.
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

/// Removes what killed processes were writing. Nobody else writes where the lock is held.
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

/// How long to wait for a process that works in a directory: a worker, until the one of a sweep that was
/// killed has noticed.
fn patience() -> Duration {
    Duration::from_secs(if leash::is_held() { 10 } else { 0 })
}

/// The lock on a file that stands for a directory.
///
/// # Errors
/// Another process works in the directory, or the file cannot be written.
pub fn lock(path: &Path, directory: &Path) -> Result<Lock> {
    let lock = Lock::open(path)?;
    let until = Instant::now() + patience();
    while !lock.take()? {
        if Instant::now() >= until {
            let accepted = "another process works in this directory: wait for it, or name another";
            return Err(Error::setting("--out", directory.display(), accepted));
        }
        sleep(PAUSE);
    }
    Ok(lock)
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;
