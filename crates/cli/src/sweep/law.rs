//! What a sweep's runs say of a law: `[sweep] law = "memory"`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use retort_core::evaluate::ProtocolKind;
use retort_core::law::{self, Exponent, Ladder, MemoryLaw, Observation};
use retort_core::seed::Seed;
use retort_core::settings::dotted;
use retort_core::task::TaskSettings;
use retort_core::{Error, Result};
use serde_json::{Map, Value};
use toml::Value as Toml;

use super::Job;

/// A law that runs can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// That memory of order r²d + L is enough ([`law`]).
    Memory,
}

impl Law {
    /// The law of a section `sweep`.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is none of that name.
    pub fn read(value: &Toml) -> Result<Self> {
        match value.as_str() {
            Some("memory") => Ok(Self::Memory),
            _ => Err(Error::setting("sweep.law", value, "must be \"memory\"")),
        }
    }

    /// Refuses runs that say nothing of the law, and those that it would take for one and the same.
    ///
    /// # Errors
    /// [`Error::Setting`] that names what the first such run lacks, or what two differ in.
    pub fn check(self, jobs: &[Job]) -> Result<()> {
        let mut rungs = BTreeMap::new();
        for job in jobs {
            let refused = |why: &str| {
                let accepted = format!("run {} ({}) {why}", job.name, job.shown());
                Err(Error::setting("sweep.law", "\"memory\"", accepted))
            };
            let settings = &job.plan.settings;
            let lacking = if !matches!(settings.task, TaskSettings::MultiIndex(_)) {
                "task.kind = \"multi-index\""
            } else if settings.evaluate.protocol != ProtocolKind::FeatureStep {
                "evaluate.protocol = \"feature-step\""
            } else if !settings.evaluate.baselines {
                "evaluate.baselines = true"
            } else if settings.synthetic.points.is_none() {
                "a number for synthetic.points"
            } else {
                match rung(job).and_then(|rung| rungs.insert(rung, job)) {
                    None => continue,
                    Some(other) => return refused(&differing(job, other)?),
                }
            };
            return refused(&format!("lacks {lacking}"));
        }
        Ok(())
    }

    /// What the runs say of it, each with its summary; without one it has failed.
    pub fn found<'a>(
        self,
        runs: impl Iterator<Item = (&'a Job, Option<&'a Map<String, Value>>)>,
    ) -> MemoryLaw {
        let (mut observations, mut failed) = (Vec::new(), Vec::new());
        for (job, summary) in runs {
            match summary.and_then(|summary| observation(job, summary)) {
                Some(run) => observations.push(run),
                None => failed.extend(rung(job)),
            }
        }
        law::memory_law(observations, &failed, &Seed::new(0).child("memory law"))
    }
}

/// The ladder that a run belongs to, and its number of points.
fn rung(job: &Job) -> Option<(Ladder, usize)> {
    let settings = &job.plan.settings;
    let TaskSettings::MultiIndex(task) = &settings.task else {
        return None;
    };
    let ladder = Ladder {
        dim: task.dim,
        rank: task.rank,
        labels: settings.synthetic.labels,
        seed: job.plan.seed,
    };
    Some((ladder, settings.synthetic.points?))
}

/// What tells two runs apart that are the same to the law.
fn differing(one: &Job, other: &Job) -> Result<String> {
    let [before, after] = [other, one].map(|job| job.plan.settings.to_table());
    let changed = dotted::changes(&before?, &after?);
    let keys: Vec<String> = changed.into_iter().map(|(key, _)| key).collect();
    Ok(format!(
        "differs from run {} in {} alone, which the law does not tell apart: give one value of it",
        other.name,
        keys.join(", ")
    ))
}

fn observation(job: &Job, summary: &Map<String, Value>) -> Option<Observation> {
    let (ladder, points) = rung(job)?;
    let mean = |score: &str| summary.get("scores")?.get(score)?.get("mean")?.as_f64();
    let of = |part: &str, name: &str| summary.get(part)?.get(name)?.as_f64();
    Some(Observation {
        dim: ladder.dim,
        rank: ladder.rank,
        points,
        labels: ladder.labels,
        seed: ladder.seed,
        smallest_cosine: of("alignment", "smallest_cosine")?,
        features: mean("features_distilled")?,
        student: mean("distilled")?,
        floats: of("memory", "floats")?,
    })
}

/// The fewest points that are enough as a table: names of the columns, one a dimension, and rows, one a rank.
pub fn thresholds(found: &MemoryLaw) -> (Vec<String>, Vec<Vec<String>>) {
    let dims: BTreeSet<usize> = found.thresholds.iter().map(|of| of.dim).collect();
    let ranks: BTreeSet<usize> = found.thresholds.iter().map(|of| of.rank).collect();
    let columns = dims.iter().map(|dim| format!("d = {dim}"));
    let cell = |rank: usize, dim: usize| {
        let here = found.thresholds.iter();
        let here = here.filter(|of| (of.rank, of.dim) == (rank, dim));
        let points: Vec<Option<usize>> = here.map(|of| of.points).collect();
        let known = || points.iter().flatten();
        let mut words = match (known().min(), known().max()) {
            (Some(least), Some(most)) if least == most => least.to_string(),
            (Some(least), Some(most)) => {
                let mean = law::geometric_mean(known().copied()).unwrap_or_default();
                format!("{mean:.1} ({least} to {most})")
            }
            _ => String::new(),
        };
        match (points.len(), points.len() - known().count()) {
            (0, _) => words.push('–'),
            (_, 0) => {}
            (all, beyond) if all == beyond => words.push_str("more than was tried"),
            (_, beyond) => {
                let _ = write!(words, ", and {beyond} beyond");
            }
        }
        words
    };
    let row = |&rank: &usize| {
        let cells = dims.iter().map(|&dim| cell(rank, dim));
        [format!("r = {rank}")].into_iter().chain(cells).collect()
    };
    let columns = ["fewest points".to_owned()].into_iter().chain(columns);
    (columns.collect(), ranks.iter().map(row).collect())
}

/// The law in words: names with what was found.
pub fn words(found: &MemoryLaw) -> Vec<[String; 2]> {
    let mut words = Vec::new();
    let mut say = |name: &str, value: String| words.push([name.to_owned(), value]);
    let exponent = |of: &Exponent| {
        let [low, high] = of.interval;
        format!("{:.2} (95 % interval {low:.2} to {high:.2})", of.value)
    };
    match &found.power_law {
        Some(law) => {
            say(
                "points that are enough",
                format!("{:.2} · r^p · d^q", law.factor),
            );
            say(
                "p",
                format!("{}; the theory has at most 2", exponent(&law.rank)),
            );
            say("q", format!("{}; the theory has 0", exponent(&law.dim)));
            say("thresholds fitted", law.thresholds.to_string());
            say("thresholds above all that was tried", law.beyond.to_string());
            let largest = found.thresholds.iter().filter(|of| of.is_largest);
            say(
                "thresholds at the largest number tried, where errors may fall further",
                largest.count().to_string(),
            );
        }
        None => say(
            "points that are enough",
            "not fitted: that takes two ranks and two dimensions, each with several numbers of points of \
             which one is enough"
                .to_owned(),
        ),
    }
    if found.unknown > 0 {
        say(
            "thresholds unknown, since a run failed or lacks a score",
            found.unknown.to_string(),
        );
    }
    let collapse = &found.collapse;
    say(
        "pairs of curves of different d that share some memory",
        collapse.pairs.to_string(),
    );
    for (name, distance) in [
        (
            "their distance, mean |ln e − ln e′|, by memory",
            collapse.apart,
        ),
        ("the same, by memory over r²d + L", collapse.apart_scaled),
        (
            "their distance, errors over each curve's smallest, by memory",
            collapse.shapes_apart,
        ),
        (
            "the same with errors over each curve's smallest, by memory over r²d + L",
            collapse.shapes_apart_scaled,
        ),
    ] {
        let value = match distance {
            Some(distance) => format!("{distance:.3}"),
            None => "not known".to_owned(),
        };
        say(name, value);
    }
    words
}

/// All of it for people.
pub fn shown(found: &MemoryLaw) -> String {
    let mut text = format!("memory law of {} runs\n", found.observations.len());
    let words = words(found).into_iter().map(Vec::from).collect();
    let (columns, rows) = thresholds(found);
    let thresholds = [vec![columns], rows].concat();
    for table in [words, thresholds] {
        text.push('\n');
        text.push_str(&aligned(&table));
    }
    text
}

/// Rows of cells with each column as wide as its widest cell.
fn aligned(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let line: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}
