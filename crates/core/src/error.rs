//! The library's error type: one variant for each cause.
//!
//! [`Error::is_bad_input`] tells whether the user's input or the computation is at fault. Every message
//! names the file, setting or option, the value seen, what is accepted and what to do.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// An error of the library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting whose value is not accepted.
    #[error("{key} = {value}: {accepted}")]
    Setting {
        /// Dotted name of the setting, such as `task.dim`.
        key: String,
        /// The value seen.
        value: String,
        /// What is accepted, and what to do.
        accepted: String,
    },
    /// A setting that does not exist.
    #[error("unknown setting `{key}`; {}", nearest.as_ref().map_or_else(|| format!("known settings here: {known}"), |n| format!("did you mean `{n}`?")))]
    UnknownKey {
        /// Dotted name as the user gave it.
        key: String,
        /// The known name that is most similar, if one is similar enough.
        nearest: Option<String>,
        /// All settings that are known at this place.
        known: String,
    },
    /// A data file that cannot be used.
    #[error("{}: {problem}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file, what is accepted and what to do.
        problem: String,
    },
    /// A settings file that cannot be read as TOML.
    #[error("{origin}: {problem}")]
    Toml {
        /// The file or option that the text came from.
        origin: String,
        /// The parser's message.
        problem: String,
    },
    /// A stored synthetic set that cannot be used.
    #[error("{}: not a usable synthetic set: {problem}", path.display())]
    Artefact {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        problem: String,
    },
    /// A checkpoint from which a run cannot continue.
    #[error("{}: cannot continue from this checkpoint: {problem}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        problem: String,
    },
    /// A stored expert that cannot be used.
    #[error("{}: not a usable expert: {problem}", path.display())]
    Expert {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        problem: String,
    },
    /// A combination of settings that is not accepted, in a command that makes several runs.
    #[error("{problem} (in the runs with {settings})")]
    Combination {
        /// The settings that distinguish this combination from the others.
        settings: String,
        /// The error that this combination gives.
        problem: Box<Error>,
    },
    /// Two things that do not fit each other, such as a set and a task for which it was not made.
    #[error("{0}")]
    Mismatch(String),
    /// A file or folder that cannot be written.
    #[error("{}: cannot write: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The error that the operating system reported.
        source: io::Error,
    },
    /// The distillation diverged: a number is NaN, infinite or too large.
    #[error("diverged at step {step} of stage {stage}: {what}; {remedy}")]
    Diverged {
        /// Stage, counted from 1.
        stage: usize,
        /// Outer step within the stage, counted from 1.
        step: usize,
        /// What shows the divergence, such as a loss of NaN.
        what: String,
        /// Which settings to change.
        remedy: String,
    },
    /// An outer step that failed for another reason.
    #[error("step {step} of stage {stage}: {problem}")]
    Step {
        /// Stage, counted from 1.
        stage: usize,
        /// Outer step within the stage, counted from 1.
        step: usize,
        /// The error that the step gave.
        problem: Box<Error>,
    },
    /// A run that was asked to stop, and has stored its state.
    #[error("stopped after {done} of {total} steps")]
    Stopped {
        /// Number of outer steps done, over all stages.
        done: usize,
        /// Number of outer steps of all stages.
        total: usize,
    },
    /// A linear system without a solution.
    #[error(
        "the ridge system of {size} rows is not positive definite with penalty {penalty:e}; lower \
        distill.learning_rate if points have moved far; otherwise raise synthetic.reference.penalty or lower \
        synthetic.reference.spread if the set has readout labels, and raise the penalty of the objective, such as \
        objective.penalty or objective.members.1.penalty, if it is of kernels"
    )]
    Singular {
        /// Number of rows of the system.
        size: usize,
        /// The penalty used.
        penalty: f64,
    },
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(String),
    /// The device has too little memory.
    #[error("the device ran out of memory: {what}; lower {lower}")]
    OutOfMemory {
        /// The size of the allocation that failed, or the amount of memory in use.
        what: String,
        /// The settings whose smaller values need less memory.
        lower: String,
    },
}

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Makes an [`Error::Setting`].
    pub fn setting(
        key: impl Into<String>,
        value: impl ToString,
        accepted: impl Into<String>,
    ) -> Self {
        Self::Setting {
            key: key.into(),
            value: value.to_string(),
            accepted: accepted.into(),
        }
    }

    /// Renames the setting `objective.X` to `objective.PLACE.X`, the setting of the stage at index
    /// `place`, counted from 0. Every other error stays as it is.
    pub fn of_stage(self, place: usize) -> Self {
        self.renamed(|key| match key.strip_prefix("objective.") {
            Some(rest) => format!("objective.{place}.{rest}"),
            None => key.to_owned(),
        })
    }

    /// Renames the setting `X` to `--X`, for a value that was given as a command-line option. Every
    /// other error stays as it is.
    pub fn of_option(self) -> Self {
        self.renamed(|key| format!("--{key}"))
    }

    fn renamed(self, name: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Setting {
                key,
                value,
                accepted,
            } => Self::Setting {
                key: name(&key),
                value,
                accepted,
            },
            other => other,
        }
    }

    /// Makes an [`Error::Data`].
    pub fn data(path: &Path, problem: impl Into<String>) -> Self {
        Self::Data {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }

    /// Makes an [`Error::Data`] for a file that ends early or cannot be read.
    pub fn unreadable(path: &Path, source: &io::Error) -> Self {
        let problem = match source.kind() {
            ErrorKind::UnexpectedEof => "is truncated: it ends early".to_owned(),
            ErrorKind::NotFound => match path.read_link() {
                Ok(target) => format!(
                    "is a link to {}, which does not exist: point it at what it should be, or remove it",
                    target.display()
                ),
                Err(_) => "does not exist".to_owned(),
            },
            _ => format!("cannot be read: {source}"),
        };
        Self::data(path, problem)
    }

    /// Makes an [`Error::Write`].
    pub fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the user's input is at fault, rather than the computation.
    ///
    /// A file that cannot be written is bad input if its path or its permissions are the reason. It is
    /// not if the disk is full or fails. The program exits with code 2 for bad input that is found before
    /// a run begins, and with code 1 for every other error.
    pub fn is_bad_input(&self) -> bool {
        match self {
            Self::Write { source, .. } => !is_of_disk(source),
            Self::Diverged { .. }
            | Self::Step { .. }
            | Self::Stopped { .. }
            | Self::Singular { .. }
            | Self::Device(_)
            | Self::OutOfMemory { .. } => false,
            _ => true,
        }
    }
}

/// Whether the disk is full or fails, so that another path or other permissions would not help.
fn is_of_disk(error: &io::Error) -> bool {
    // EIO, the input/output error of every Unix. The standard library has no kind for it.
    const FAILS: i32 = 5;
    let fails = cfg!(unix) && error.raw_os_error() == Some(FAILS);
    fails
        || matches!(
            error.kind(),
            ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::FileTooLarge
                | ErrorKind::WriteZero
                | ErrorKind::StaleNetworkFileHandle
                | ErrorKind::TimedOut
                | ErrorKind::OutOfMemory
        )
}
