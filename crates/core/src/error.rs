//! One error type, by cause. The two questions a caller asks are answered by [`Error::is_bad_input`]
//! (is what was asked for at fault, or the computation?) and by the message itself, which says which
//! file, field or flag, what was seen, what is accepted and what to do.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Everything that can go wrong in the library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting has a value that is not accepted.
    #[error("{key} = {value}: {accepted}")]
    Setting {
        /// Dotted name of the setting, such as `task.dim`.
        key: String,
        /// The value seen.
        value: String,
        /// What is accepted, and what to do.
        accepted: String,
    },
    /// A setting that nothing reads.
    #[error("unknown setting `{key}`; {}", nearest.as_ref().map_or_else(|| format!("known here are {known}"), |n| format!("did you mean `{n}`?")))]
    UnknownKey {
        /// Dotted name as it was given.
        key: String,
        /// The nearest known name.
        nearest: Option<String>,
        /// All names that are known in its place.
        known: String,
    },
    /// A data file that cannot be used.
    #[error("{}: {problem}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, what is accepted and what to do.
        problem: String,
    },
    /// A settings file that cannot be read as TOML.
    #[error("{origin}: {problem}")]
    Toml {
        /// The file or flag it came from.
        origin: String,
        /// The parser's words.
        problem: String,
    },
    /// A stored synthetic set that cannot be used.
    #[error("{}: not a usable synthetic set: {problem}", path.display())]
    Artefact {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A checkpoint that cannot be continued.
    #[error("{}: cannot continue from this checkpoint: {problem}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A recorded expert that cannot be used.
    #[error("{}: not a usable expert: {problem}", path.display())]
    Expert {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// One of many combinations of settings that is not accepted.
    #[error("{problem} (of the runs with {settings})")]
    Combination {
        /// The settings that it is told apart by.
        settings: String,
        /// What is not accepted of it.
        problem: Box<Error>,
    },
    /// Parts that do not fit one another, such as a set made for another task.
    #[error("{0}")]
    Mismatch(String),
    /// A file or folder that cannot be written.
    #[error("{}: cannot write: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The distillation left the finite numbers, or all bounds.
    #[error("diverged at step {step} of stage {stage}: {what}; {remedy}")]
    Diverged {
        /// Stage, counted from 1.
        stage: usize,
        /// Outer step within the stage that it happened in, counted from 1.
        step: usize,
        /// What was seen.
        what: String,
        /// Which settings to change.
        remedy: String,
    },
    /// An outer step that could not be taken.
    #[error("step {step} of stage {stage}: {problem}")]
    Step {
        /// Stage, counted from 1.
        stage: usize,
        /// Outer step within the stage, counted from 1.
        step: usize,
        /// Why.
        problem: Box<Error>,
    },
    /// A linear system without a solution.
    #[error(
        "the ridge system of {size} rows is not positive definite with penalty {penalty:e}; raise \
         synthetic.reference.penalty (of kernel regression, objective.penalty), or lower \
         synthetic.reference.spread"
    )]
    Singular {
        /// Rows of the system.
        size: usize,
        /// The penalty used.
        penalty: f64,
    },
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(String),
    /// The device's memory ran out.
    #[error("the device ran out of memory: {what}; lower {lower}")]
    OutOfMemory {
        /// How large the piece was that did not fit, or how much was held.
        what: String,
        /// Which settings need less memory with smaller values.
        lower: String,
    },
}

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A setting out of range.
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

    /// A setting of the one objective as that of the stage in this place, counted from 0.
    pub fn of_stage(self, place: usize) -> Self {
        self.renamed(|key| match key.strip_prefix("objective.") {
            Some(rest) => format!("objective.{place}.{rest}"),
            None => key.to_owned(),
        })
    }

    /// A setting that was given as an option of a command.
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

    /// A data file that cannot be used.
    pub fn data(path: &Path, problem: impl Into<String>) -> Self {
        Self::Data {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }

    /// A data file that ends early or cannot be read.
    pub fn unreadable(path: &Path, source: &io::Error) -> Self {
        let problem = match source.kind() {
            ErrorKind::UnexpectedEof => "is truncated: it ends early".to_owned(),
            _ => format!("cannot be read: {source}"),
        };
        Self::data(path, problem)
    }

    /// A file that cannot be written.
    pub fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether what was asked for is at fault, rather than the computation. It does not say when
    /// that came out: the program ends with exit code 2 for such an error before a run has begun,
    /// and with 1 for every error after that. A file that cannot be written is bad input where its
    /// path or its rights are the reason, and none where there is no room or the disk fails.
    pub fn is_bad_input(&self) -> bool {
        match self {
            Self::Write { source, .. } => !is_of_disk(source),
            Self::Diverged { .. }
            | Self::Step { .. }
            | Self::Singular { .. }
            | Self::Device(_)
            | Self::OutOfMemory { .. } => false,
            _ => true,
        }
    }
}

/// Whether the disk is full or fails, so that another name or other rights would not help.
fn is_of_disk(error: &io::Error) -> bool {
    // Input/output error, on every Unix; the standard library has no kind for it.
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
