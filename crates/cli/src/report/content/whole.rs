//! The whole report.

use super::run::Run;
use super::sweep::Sweep;
use crate::plan::VERSION;
use crate::run_directory::{Content, RunDirectory};
use retort_core::{Error, Result};
use serde::Serialize;
use std::path::Path;

/// The whole content of a report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of the program that gathered the report.
    pub retort: &'static str,
    /// The runs, in the order they were named.
    pub runs: Vec<Run>,
    /// The sweeps, in the order they were named.
    pub sweeps: Vec<Sweep>,
}

impl Report {
    /// Reads the directories of runs and sweeps.
    ///
    /// # Errors
    /// [`Error::Setting`]: a path is neither a run nor a sweep. A file in a directory is damaged.
    pub fn gather(paths: &[impl AsRef<Path>]) -> Result<Self> {
        let mut report = Self {
            retort: VERSION,
            runs: Vec::new(),
            sweeps: Vec::new(),
        };
        for path in paths {
            let path = path.as_ref();
            if Sweep::is_at(path) {
                report.sweeps.push(Sweep::read(path)?);
            } else {
                report.runs.push(run(path)?);
            }
        }
        Ok(report)
    }

    /// Title of the report.
    pub fn title(&self) -> String {
        match (&self.runs[..], &self.sweeps[..]) {
            ([run], []) => format!("{}, seed {}", run.task_name(), run.seed),
            ([], [sweep]) => format!("Sweep {}", sweep.name()),
            (runs, sweeps) => {
                let counted = |count: usize, word: &str| match count {
                    0 => None,
                    1 => Some(format!("1 {word}")),
                    count => Some(format!("{count} {word}s")),
                };
                let parts = [counted(runs.len(), "run"), counted(sweeps.len(), "sweep")];
                parts
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" and ")
            }
        }
    }

    /// All remarks on missing or unreadable parts, each with its directory.
    pub fn remarks(&self) -> Vec<String> {
        let of_runs = self.runs.iter().map(|run| (&run.path, &run.remarks));
        let of_sweeps = self
            .sweeps
            .iter()
            .map(|sweep| (&sweep.path, &sweep.remarks));
        let of_both = of_runs.chain(of_sweeps);
        of_both
            .flat_map(|(path, remarks)| remarks.iter().map(move |it| format!("{path}: {it}")))
            .collect()
    }
}

fn run(path: &Path) -> Result<Run> {
    let refused = |accepted: &str| Err(Error::setting("RUN or SWEEP", path.display(), accepted));
    if !path.exists() {
        return refused("does not exist: name a directory that `distill` or `sweep` wrote");
    }
    if !path.is_dir() {
        return refused("is a file: name a directory that `distill` or `sweep` wrote");
    }
    let directory = RunDirectory::at(path);
    match Content::of(&directory)? {
        Content::Run => Run::read(&directory),
        Content::Damaged(problem) => Err(Error::Toml {
            origin: directory.config().display().to_string(),
            problem: format!("the settings of this run are damaged: {problem}; restore the file"),
        }),
        Content::Nothing | Content::Foreign(_) => refused(
            "holds neither a run nor a sweep: name a directory that `distill` or `sweep` wrote",
        ),
    }
}
