//! Rows of runs that differ only in their seed, and their scores over seeds.

use itertools::Itertools;

use super::Run;
use crate::spread::{self, Over, Spread};
use crate::summary::{EvaluationRecord, Scored};

/// Runs that differ only in their seed and were scored alike. Most rows have one run.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The runs with their scores.
    pub runs: Vec<(&'a Run, Scored<'a>)>,
}

/// The rows that were scored by one measure.
#[derive(Debug, Clone)]
pub struct Measured<'a> {
    /// The measure, in words.
    pub measure: String,
    /// The rows, in the order of their first runs.
    pub rows: Vec<Row<'a>>,
}

/// The rows of runs with scores, grouped by measure, in the order of the runs.
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

/// Groups runs into rows. Versions and backends round differently, so a row has one version and one backend.
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

    /// Names of all scores and failed baselines, in order.
    pub fn names(&self) -> Vec<&str> {
        let names = self.runs().flat_map(|(_, scored)| scored.names());
        names.unique().collect()
    }
}

impl Row<'_> {
    /// Whether the row has several seeds.
    pub fn are_several(&self) -> bool {
        self.runs.len() > 1
    }

    /// Name of the row: the path of its run, or the path of the first run with all seeds.
    pub fn name(&self) -> String {
        let first = self.runs.first().map_or("", |(run, _)| run.path.as_str());
        if !self.are_several() {
            return first.to_owned();
        }
        let seeds = self.runs.iter().map(|(run, _)| run.seed).join(", ");
        format!("{first} (seeds {seeds})")
    }

    /// The score with this name: over seeds if several runs have it, over networks if one has it.
    pub fn spread(&self, name: &str) -> Option<Spread> {
        spread_of(self.runs.iter().map(|(_, scored)| *scored), name)
    }

    /// The records of `evaluate` that several runs of the row share, by network, settings, backend and
    /// measure. Each run contributes its first one.
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

/// The records that `evaluate` added to a run, the first of each kind.
fn evaluations(run: &Run) -> impl Iterator<Item = &EvaluationRecord> {
    let results = run.results.iter();
    let found = results.flat_map(|results| &results.evaluations);
    found.unique_by(|it| kind(it))
}

/// The kind of an evaluation: everything except its seed and its numbers.
fn kind(of: &EvaluationRecord) -> (&str, &[String], &str, String) {
    let backend = of.backend.as_str();
    (&of.network, &of.overrides, backend, of.scored().measure())
}

/// The score with this name: over seeds if several have it, over networks if one has it.
pub fn spread_of<'a>(scored: impl IntoIterator<Item = Scored<'a>>, name: &str) -> Option<Spread> {
    let scores = scored
        .into_iter()
        .filter_map(|scored| scored.score(name).map(Spread::from));
    Spread::of_row(&scores.collect::<Vec<_>>())
}

/// What the spread of each score is over.
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
