//! Runs that differ in their seed alone, as one row: what its scores are over seeds.

use itertools::Itertools;

use super::Run;
use crate::spread::{self, Over, Spread};
use crate::summary::{EvaluationRecord, Scored};

/// Runs that differ in their seed alone and were scored alike; most rows have one.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Each with its scores.
    pub runs: Vec<(&'a Run, Scored<'a>)>,
}

/// What is measured, in words, and the rows that were scored by it.
#[derive(Debug, Clone)]
pub struct Measured<'a> {
    /// What is measured.
    pub measure: String,
    /// The rows, in the order of their first runs.
    pub rows: Vec<Row<'a>>,
}

/// The rows of runs that have scores by what those measure, in the order of the runs.
pub fn by_measure(runs: &[Run]) -> Vec<Measured<'_>> {
    let mut measures: Vec<(String, Vec<(&Run, Scored<'_>)>)> = Vec::new();
    for run in runs {
        let Some(results) = &run.results else {
            continue;
        };
        let scored = results.scored();
        let measure = scored.measure();
        match measures.iter_mut().find(|(known, _)| *known == measure) {
            Some((_, group)) => group.push((run, scored)),
            None => measures.push((measure, vec![(run, scored)])),
        }
    }
    let measured = |(measure, group)| Measured {
        measure,
        rows: rows(group),
    };
    measures.into_iter().map(measured).collect()
}

/// Versions and backends round otherwise: their runs are no seeds of one row.
fn rows<'a>(runs: Vec<(&'a Run, Scored<'a>)>) -> Vec<Row<'a>> {
    let kind = |(run, _): &(&Run, Scored<'_>)| {
        let scored_by = run.results.as_ref().map(|it| (&it.retort, &it.backend));
        (format!("{scored_by:?} {:?}", run.settings), run.seed)
    };
    let rows = spread::rows(runs, kind).into_iter();
    rows.map(|runs| Row { runs }).collect()
}

impl Measured<'_> {
    /// Whether any row has several seeds.
    pub fn are_several(&self) -> bool {
        self.rows.iter().any(Row::are_several)
    }

    /// The runs of all rows.
    pub fn runs(&self) -> impl Iterator<Item = (&Run, Scored<'_>)> {
        self.rows.iter().flat_map(|row| row.runs.iter().copied())
    }

    /// Names of what was scored, or failed to be, in order.
    pub fn names(&self) -> Vec<&str> {
        let names = self.runs().flat_map(|(_, scored)| scored.names());
        names.unique().collect()
    }
}

impl Row<'_> {
    /// Whether it has several seeds.
    pub fn are_several(&self) -> bool {
        self.runs.len() > 1
    }

    /// The run's own path, or the first one's and the seeds.
    pub fn name(&self) -> String {
        let first = self.runs.first().map_or("", |(run, _)| run.path.as_str());
        if !self.are_several() {
            return first.to_owned();
        }
        let seeds = self.runs.iter().map(|(run, _)| run.seed).join(", ");
        format!("{first} (seeds {seeds})")
    }

    /// A score of that name: over seeds where several runs have it, over networks where one has.
    pub fn spread(&self, name: &str) -> Option<Spread> {
        spread_of(self.runs.iter().map(|(_, scored)| *scored), name)
    }

    /// What `evaluate` found with the same network and protocol of several of its sets: of each run what stands first.
    pub fn transfers(&self) -> Vec<Vec<&EvaluationRecord>> {
        let mut found: Vec<Vec<&EvaluationRecord>> = Vec::new();
        for (run, _) in &self.runs {
            for transfer in evaluations(run) {
                match found.iter_mut().find(|of| kind(of[0]) == kind(transfer)) {
                    Some(alike) => alike.push(transfer),
                    None => found.push(vec![transfer]),
                }
            }
        }
        found.retain(|alike| alike.len() > 1);
        found
    }
}

/// What `evaluate` found of a run, the first of each kind.
fn evaluations(run: &Run) -> impl Iterator<Item = &EvaluationRecord> {
    let results = run.results.iter();
    let found = results.flat_map(|results| &results.evaluations);
    found.unique_by(|it| kind(it))
}

/// What an evaluation was, but for its seed.
fn kind(of: &EvaluationRecord) -> (&str, &[String], &str, String) {
    let backend = of.backend.as_str();
    (&of.network, &of.overrides, backend, of.scored().measure())
}

/// A score of that name: over seeds where several have it, over networks where one has.
pub fn spread_of<'a>(scored: impl IntoIterator<Item = Scored<'a>>, name: &str) -> Option<Spread> {
    let scores = scored
        .into_iter()
        .filter_map(|scored| scored.score(name).map(Spread::from));
    Spread::of_row(&scores.collect::<Vec<_>>())
}

/// What the spreads of all scores are over.
pub fn overs(measured: &[Measured<'_>]) -> Vec<Over> {
    let of_row = |names: &[&str], row: &Row<'_>| -> Vec<Over> {
        let spreads = names.iter().filter_map(|name| row.spread(name));
        spreads.map(|spread| spread.over).collect()
    };
    let of = |measured: &Measured<'_>| -> Vec<Over> {
        let names = measured.names();
        let rows = measured.rows.iter();
        rows.flat_map(|row| of_row(&names, row)).collect()
    };
    measured.iter().flat_map(of).collect()
}
