//! The scores of a report as tables: over seeds for runs that differ only in their seed, then run by run.

use itertools::Itertools;

use super::content::{Measured, Report, Row, Run, by_measure, overs, spread_of};
use super::table::Table;
use crate::spread::{self, Spread};
use crate::summary::Scored;

/// Text of an empty cell.
const NONE: &str = "–";

/// Name of the row with DD-Ranking's score.
const LABEL_ROBUST: &str = "DD-Ranking's label-robust score";

/// The tables of all runs, for each measure: the scores over seeds, if any row has several seeds, then those
/// of every run.
pub fn tables(report: &Report) -> Vec<Table> {
    let runs = &report.runs;
    let tables = |measured: &Measured<'_>| {
        let over_seeds = measured.are_several().then(|| of_rows(measured));
        let transfers = transfers_of_rows(measured);
        let each = of_runs(measured, runs.len());
        let of_rows = over_seeds.into_iter().chain(transfers);
        of_rows.chain([each]).collect::<Vec<_>>()
    };
    by_measure(runs).iter().flat_map(tables).collect()
}

/// The table of scores over seeds, with a column for each row of runs.
fn of_rows(measured: &Measured<'_>) -> Table {
    let names = measured.rows.iter().map(Row::name);
    let columns = ["trained on".to_owned()].into_iter().chain(names);
    let over = spread::over(overs(std::slice::from_ref(measured)));
    let mut table = Table {
        caption: format!(
            "{}, mean ± sample standard deviation {over}",
            capital(&measured.measure)
        ),
        columns: columns.collect(),
        rows: Vec::new(),
    };
    for name in measured.names() {
        let cells = measured.rows.iter().map(|row| of_row(row, name));
        table.row([name.to_owned()].into_iter().chain(cells));
    }
    let robust = |row: &Row<'_>| {
        let scores = row.runs.iter();
        let scores = scores.filter_map(|(_, it)| it.label_robust_score);
        let scores: Vec<f64> = scores.collect();
        match scores[..] {
            [] => NONE.to_owned(),
            [score] => format!("{score:.3}"),
            _ => {
                let Spread { mean, std, .. } = Spread::over_seeds(&scores);
                format!("{mean:.3} ± {std:.3} ({} seeds)", scores.len())
            }
        }
    };
    if measured
        .runs()
        .any(|(_, it)| it.label_robust_score.is_some())
    {
        let cells = measured.rows.iter().map(robust);
        table.row([LABEL_ROBUST.to_owned()].into_iter().chain(cells));
    }
    table
}

/// A cell with the score of a row, and the number of its seeds without that score.
fn of_row(row: &Row<'_>, name: &str) -> String {
    let Some(spread) = row.spread(name) else {
        return row
            .runs
            .first()
            .map_or_else(String::new, |(_, scored)| of_run(*scored, name));
    };
    let has = |(_, scored): &&(&Run, Scored<'_>)| scored.score(name).is_some();
    match row.runs.len() - row.runs.iter().filter(has).count() {
        0 => spread.to_string(),
        1 => format!("{spread}, 1 seed without a score"),
        without => format!("{spread}, {without} seeds without a score"),
    }
}

/// The table of scores run by run, with a column for each run. `all` is the number of runs in the report.
fn of_runs(measured: &Measured<'_>, all: usize) -> Table {
    let paths = measured.runs().map(|(run, _)| run.path.as_str());
    let columns = match all {
        1 => vec!["trained on", "score"],
        _ => ["trained on"].into_iter().chain(paths).collect(),
    };
    let each = if measured.are_several() {
        ", run by run"
    } else {
        ""
    };
    let over = spread::over([]);
    let mut table = Table::new(
        format!(
            "{}{each}, mean ± sample standard deviation {over}",
            capital(&measured.measure)
        ),
        &columns,
    );
    for name in measured.names() {
        let cells = measured.runs().map(|(_, scored)| of_run(scored, name));
        table.row([name.to_owned()].into_iter().chain(cells));
    }
    if measured
        .runs()
        .any(|(_, it)| it.label_robust_score.is_some())
    {
        let cells = measured.runs().map(|(_, it)| {
            let score = it.label_robust_score;
            score.map_or_else(|| NONE.to_owned(), |score| format!("{score:.3}"))
        });
        table.row([LABEL_ROBUST.to_owned()].into_iter().chain(cells));
    }
    table
}

/// A cell with the score of a run, or the reason why there is none.
fn of_run(scored: Scored<'_>, name: &str) -> String {
    match (scored.score(name), scored.failure(name)) {
        (Some(score), _) => Spread::from(score).to_string(),
        (None, Some(why)) => format!("no score: {why}"),
        (None, None) => NONE.to_owned(),
    }
}

/// The table of scores over seeds that `evaluate` found for the sets of rows with other networks or
/// protocols.
fn transfers_of_rows(measured: &Measured<'_>) -> Option<Table> {
    let rows = measured.rows.iter();
    let found: Vec<_> = rows
        .flat_map(|row| row.transfers().into_iter().map(move |of| (row, of)))
        .collect();
    let scores = found.iter().flat_map(|(_, alike)| alike);
    let scores = scores.flat_map(|it| &it.scores);
    let names: Vec<&str> = scores.map(|(name, _)| name.as_str()).unique().collect();
    let columns = [&["sets of", "network", "settings", "measure"][..], &names].concat();
    let mut table = Table::new(
        "The same sets through other networks, or by other protocols, mean ± sample standard deviation over \
         seeds",
        &columns,
    );
    for (row, alike) in &found {
        let about = [
            row.name(),
            alike[0].network.clone(),
            alike[0].overrides.join(" "),
            alike[0].scored().measure(),
        ];
        let scores = names.iter().map(|name| {
            let spread = spread_of(alike.iter().map(|it| it.scored()), name);
            spread.map_or_else(|| NONE.to_owned(), |spread| spread.to_string())
        });
        table.row(about.into_iter().chain(scores));
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The table of scores that `evaluate` found for a run's set with other networks or protocols.
pub fn transfers(run: &Run) -> Option<Table> {
    let evaluations = &run.results.as_ref()?.evaluations;
    let scores = evaluations.iter().flat_map(|it| &it.scores);
    let names: Vec<&str> = scores.map(|(name, _)| name.as_str()).unique().collect();
    let columns = [&["network", "settings", "seed", "measure"][..], &names].concat();
    let over = spread::over([]);
    let mut table = Table::new(
        format!(
            "The same set through other networks, or by other protocols, mean ± sample standard deviation \
             {over}"
        ),
        &columns,
    );
    for evaluation in evaluations {
        let about = [
            evaluation.network.clone(),
            evaluation.overrides.join(" "),
            evaluation.seed.to_string(),
            evaluation.scored().measure(),
        ];
        let scores = names.iter().map(|name| of_run(evaluation.scored(), name));
        table.row(about.into_iter().chain(scores));
    }
    (!table.rows.is_empty()).then_some(table)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
