//! The results of a sweep for programs: one row per run, with the varying settings and the scores as columns.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use itertools::Itertools;
use retort_core::store::atomic;
use retort_core::{Error, Result};
use serde_json::{Map, Value, json};

use super::directory::SweepDirectory;
use super::job::Job;
use super::row::{Row, columns, row, table};
use super::seeds::{self, Combination};
use super::workers::Ended;
use crate::plan::Plan;
use crate::summary::{self, Summary};

/// Shortest time between two writes of the files during the sweep.
const PAUSE: Duration = Duration::from_secs(2);

/// The known outcomes of all runs, in the order of the runs.
#[derive(Debug)]
pub struct Results<'a> {
    directory: &'a SweepDirectory,
    rows: Vec<(&'a Job, Option<Known>)>,
    /// Place of each run in `rows`, by its name.
    places: HashMap<&'a str, usize>,
    written: Option<Instant>,
}

/// How a run ended.
#[derive(Debug, Clone)]
enum Known {
    Finished(Box<Summary>),
    Failed(String),
}

impl<'a> Results<'a> {
    /// The results of the runs that are already finished. A run does not count as finished if its summary
    /// cannot be read, or if its folder holds a run with other settings. Its process then fails, and its
    /// message says which file to restore or remove.
    pub fn of(directory: &'a SweepDirectory, jobs: &'a [Job]) -> Self {
        let known = |job: &Job| {
            let run = directory.run(&job.name);
            let stored = Plan::load(&run.config()).ok().flatten()?;
            let summary = summary::load(&run.summary()).ok()?;
            let finished = Known::Finished(Box::new(summary));
            job.plan.is_that_of(&stored).then_some(finished)
        };
        let rows = jobs.iter();
        Self {
            directory,
            rows: rows.map(|job| (job, known(job))).collect(),
            places: jobs
                .iter()
                .enumerate()
                .map(|(place, job)| (job.name.as_str(), place))
                .collect(),
            written: None,
        }
    }

    /// The runs that have no summary yet.
    pub fn missing(&self) -> Vec<&'a Job> {
        let missing = self.rows.iter().filter(|(_, known)| known.is_none());
        missing.map(|(job, _)| *job).collect()
    }

    /// Records how a run ended.
    pub fn note(&mut self, job: &Job, ended: Ended) {
        let known = match ended {
            Ended::Finished => match summary::load(&self.directory.run(&job.name).summary()) {
                Ok(summary) => Known::Finished(Box::new(summary)),
                Err(error) => Known::Failed(error.to_string()),
            },
            Ended::Failed(why) => Known::Failed(why),
        };
        if let Some(&place) = self.places.get(job.name.as_str()) {
            self.rows[place].1 = Some(known);
        }
    }

    /// Number of runs that have ended.
    pub fn ended(&self) -> usize {
        self.rows
            .iter()
            .filter(|(_, known)| known.is_some())
            .count()
    }

    /// The runs that failed, with the reasons.
    pub fn failed(&self) -> Vec<(&'a Job, &str)> {
        let failed = self.rows.iter().filter_map(|(job, known)| match known {
            Some(Known::Failed(why)) => Some((*job, why.as_str())),
            _ => None,
        });
        failed.collect()
    }

    /// Mean score of a finished run's set.
    pub fn score(&self, job: &Job) -> Option<f64> {
        let place = *self.places.get(job.name.as_str())?;
        match &self.rows[place].1 {
            Some(Known::Finished(summary)) => Some(summary.distilled()?.mean),
            _ => None,
        }
    }

    /// All runs, with the summaries of the finished ones.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'a Job, Option<&Summary>)> {
        self.rows.iter().map(|(job, known)| match known {
            Some(Known::Finished(summary)) => (*job, Some(&**summary)),
            _ => (*job, None),
        })
    }

    /// The scores of finished runs over seeds.
    pub fn over_seeds(&self) -> Vec<Combination> {
        let rows = self.rows.iter();
        let finished = rows.filter_map(|(job, known)| match known {
            Some(Known::Finished(summary)) => Some((settings(job), job.plan.seed, summary)),
            _ => None,
        });
        let finished: Vec<_> = finished.collect();
        let scored = finished.iter();
        seeds::combinations(
            scored.map(|(settings, seed, summary)| (settings, *seed, &summary.scores[..])),
        )
    }

    /// Writes the files unless they were written recently. With many short runs, writing would otherwise take
    /// longer than the runs.
    ///
    /// # Errors
    /// Those of [`Self::write`].
    pub fn keep_up(&mut self) -> Result<()> {
        match self.written {
            Some(written) if written.elapsed() < PAUSE => Ok(()),
            _ => self.write(),
        }
    }

    /// Writes the files with the runs that have ended. The file of scores over seeds is written if a
    /// combination has several seeds.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&mut self) -> Result<()> {
        let ended = || {
            let rows = self.rows.iter();
            rows.filter_map(|(job, known)| Some((*job, known.as_ref()?)))
        };
        let lines: String = ended()
            .map(|(job, known)| format!("{}\n", line(job, known)))
            .collect();
        atomic::write(&self.directory.lines(), lines.as_bytes())?;
        let rows = ended().map(|(job, known)| {
            let outcome = match known {
                Known::Finished(summary) => Ok(&**summary),
                Known::Failed(why) => Err(why.as_str()),
            };
            row(&job.name, &settings(job), job.plan.seed, outcome)
        });
        let write = |path: PathBuf, columns: &[&str], rows: &[Row]| {
            let table = table(columns, rows).map_err(|error| Error::write(&path, error.into()))?;
            atomic::write(&path, &table)
        };
        let rows: Vec<Row> = rows.collect();
        write(self.directory.table(), &columns(&rows), &rows)?;
        let over_seeds = self.over_seeds();
        if seeds::are_several(&over_seeds) {
            let rows = seeds::rows(&over_seeds);
            let names = rows.iter().flatten().map(|(name, _)| name.as_str());
            let names: Vec<&str> = names.unique().collect();
            write(self.directory.seeds(), &names, &rows)?;
        }
        self.written = Some(Instant::now());
        Ok(())
    }
}

/// A run as a JSON object.
fn line(job: &Job, known: &Known) -> Value {
    let mut line = json!({"run": job.name, "seed": job.plan.seed, "settings": settings(job)});
    match known {
        Known::Finished(summary) => line["summary"] = json!(summary),
        Known::Failed(why) => line["error"] = json!(why),
    }
    line
}

/// A run's values of the settings that vary. Numbers become JSON numbers.
fn settings(job: &Job) -> Map<String, Value> {
    let entry = |(key, text): &(String, String)| {
        let value = format!("value = {text}").parse::<toml::Table>().ok();
        let value = value.and_then(|table| serde_json::to_value(&table["value"]).ok());
        (key.clone(), value.unwrap_or_else(|| json!(text)))
    };
    job.point.iter().map(entry).collect()
}
