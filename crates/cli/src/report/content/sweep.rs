//! A sweep directory, as content of a report.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use itertools::Itertools;
use retort_core::law::MemoryLaw;
use retort_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Command, command};
use crate::plan::Plan;
use crate::report::papers;
use crate::summary::Summary;
use crate::sweep::seeds::{self, Combination};
use crate::sweep::{self, Asked, Outcome, Row, SweepDirectory};
use retort_core::paper::Paper;

/// Everything that is known of a sweep.
#[derive(Debug, Serialize)]
pub struct Sweep {
    /// The directory, as named on the command line.
    pub path: String,
    /// Remarks on missing or unreadable parts.
    pub remarks: Vec<String>,
    /// Number of all runs.
    pub planned: usize,
    /// Runs that have ended, in order.
    pub ended: Vec<Ended>,
    /// The arguments of the sweep. `None` if the version that began it did not store them.
    pub asked: Option<Asked>,
    /// Commands that continue or repeat the sweep.
    pub commands: Vec<Command>,
    /// Papers of the methods that the runs use.
    pub papers: Vec<Paper>,
    /// Settings of the first run.
    #[serde(skip)]
    pub first: Option<String>,
    /// Comparison of the runs with the memory law, if the sweep was made for it.
    pub law: Option<MemoryLaw>,
}

/// A run of a sweep that has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ended {
    /// Name of the run.
    pub run: String,
    /// Seed of the run.
    pub seed: u64,
    /// The run's values of the settings that vary.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// Results. `None` if the run failed.
    #[serde(default)]
    pub summary: Option<Box<Summary>>,
    /// Reason why the run failed.
    #[serde(default)]
    pub error: Option<String>,
}

impl Sweep {
    /// Whether the directory holds a sweep.
    pub fn is_at(path: &Path) -> bool {
        SweepDirectory::at(path).plans().is_dir()
    }

    /// Reads the directory of a sweep.
    ///
    /// # Errors
    /// A file in it is damaged or cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let directory = SweepDirectory::at(path);
        let plans = directory.plans();
        let entries = fs::read_dir(&plans).map_err(|error| Error::unreadable(&plans, &error))?;
        let paths = entries.flatten().map(|entry| entry.path());
        let paths: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|it| it == "toml"))
            .sorted()
            .collect();
        let planned = paths.len();
        let plans = paths.iter().filter_map(|path| Plan::load(path).ok()?);
        let papers = plans.flat_map(|plan| papers::of(&plan.settings, None));
        let papers = papers.unique().collect();
        let asked = directory.asked();
        let asked = asked.exists().then(|| Asked::load(&asked)).transpose()?;
        let ended = ended(&directory.lines())?;
        let mut remarks = Vec::new();
        let missing = planned.saturating_sub(ended.len());
        if missing > 0 {
            remarks.push(format!(
                "{missing} of {planned} runs have not ended yet: `sweep --out {} --resume` continues them",
                path.display()
            ));
        }
        let begun_on = asked.as_ref().and_then(|asked| asked.backend.as_deref());
        let backend = begun_on.or_else(|| backends(&ended).next());
        let onwards = asked.as_ref().filter(|_| missing > 0);
        let onwards = onwards.and_then(|_| command::onwards("sweep", path, backend));
        let again = asked.as_ref();
        let again = again.and_then(|asked| command::asked_again(&asked.words(), path, backend));
        Ok(Self {
            path: path.display().to_string(),
            remarks,
            planned,
            commands: onwards.into_iter().chain(again).collect(),
            papers,
            first: match paths.first() {
                Some(first) => text(first)?,
                None => None,
            },
            asked,
            ended,
            law: Outcome::load(&directory.summary())?.and_then(|outcome| outcome.law),
        })
    }

    /// A sweep with these runs and nothing else.
    #[cfg(test)]
    pub fn of_runs(ended: Vec<Ended>) -> Self {
        Self {
            path: String::new(),
            remarks: Vec::new(),
            planned: ended.len(),
            ended,
            asked: None,
            commands: Vec::new(),
            papers: Vec::new(),
            first: None,
            law: None,
        }
    }

    /// The backends on which the runs were scored.
    pub fn backends(&self) -> Vec<&str> {
        backends(&self.ended).unique().collect()
    }

    /// The versions of the program that scored the runs.
    pub fn versions(&self) -> Vec<&str> {
        let summaries = self.ended.iter().filter_map(|run| run.summary.as_ref());
        let versions = summaries.map(|summary| summary.retort.as_str());
        versions.unique().collect()
    }

    /// Name of the directory.
    pub fn name(&self) -> String {
        let path = Path::new(&self.path);
        let whole = path.canonicalize().ok();
        let name = whole.as_deref().unwrap_or(path).file_name();
        name.map_or_else(|| self.path.clone(), |it| it.to_string_lossy().into_owned())
    }

    /// The scores of the runs over seeds.
    pub fn over_seeds(&self) -> Vec<Combination> {
        let finished = self.ended.iter().filter_map(|run| {
            let summary = run.summary.as_ref()?;
            Some((&run.settings, run.seed, &summary.scores[..]))
        });
        seeds::combinations(finished)
    }

    /// The runs as rows of a table, as in `results.csv`.
    pub fn rows(&self) -> Vec<Row> {
        self.ended.iter().map(Ended::row).collect()
    }
}

fn backends(ended: &[Ended]) -> impl Iterator<Item = &str> {
    let summaries = ended.iter().filter_map(|run| run.summary.as_ref());
    summaries.map(|summary| summary.backend.as_str())
}

impl Ended {
    /// The reason why the run failed, in words.
    pub fn why(&self) -> &str {
        self.error.as_deref().unwrap_or("no reason is known")
    }

    fn row(&self) -> Row {
        let outcome = self.summary.as_deref().ok_or_else(|| self.why());
        sweep::row(&self.run, &self.settings, self.seed, outcome)
    }
}

/// Text of a file, if it is there.
fn text(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::unreadable(path, &error)),
    }
}

fn ended(path: &Path) -> Result<Vec<Ended>> {
    let text = text(path)?.unwrap_or_default();
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            let problem = format!(
                "line {} is not the result of a run ({error}): `sweep --resume` writes the file again",
                at + 1
            );
            Error::data(path, problem)
        })
    };
    text.lines().enumerate().map(read).collect()
}
