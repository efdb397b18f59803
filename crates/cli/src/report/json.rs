//! A report for programs: one object with everything that was gathered, and the scores of runs over seeds.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Report;
use super::content::{Measured, Row, Run, by_measure};
use crate::spread::Over;

#[derive(Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    report: &'a Report,
    over_seeds: Vec<Value>,
}

/// The report as JSON.
///
/// # Errors
/// None is known.
pub fn object(report: &Report) -> anyhow::Result<Vec<u8>> {
    let measured = by_measure(&report.runs);
    let rows = measured.iter().flat_map(|measured| {
        let rows = measured.rows.iter().filter(|row| row.are_several());
        rows.map(|row| over_seeds(measured, row))
    });
    let object = Object {
        report,
        over_seeds: rows.collect(),
    };
    let mut text = serde_json::to_vec_pretty(&object)?;
    text.push(b'\n');
    Ok(text)
}

/// The scores of runs that differ only in their seed. The `seeds` of a score is the number of seeds that have
/// it.
fn over_seeds(measured: &Measured<'_>, row: &Row<'_>) -> Value {
    let score = |name: &str| {
        let spread = row.spread(name)?;
        // A single seed has no deviation over seeds.
        let (seeds, std) = match spread.over {
            Over::Seeds => (spread.count, Some(spread.std)),
            Over::Networks => (1, None),
        };
        let score = json!({"mean": spread.mean, "std": std, "seeds": seeds});
        Some((name.to_owned(), score))
    };
    let names = measured.names().into_iter();
    let scores: Map<String, Value> = names.filter_map(score).collect();
    let of_runs =
        |of: fn(&Run) -> Value| -> Vec<Value> { row.runs.iter().map(|(run, _)| of(run)).collect() };
    json!({
        "measure": measured.measure,
        "runs": of_runs(|run| json!(run.path)),
        "seeds": of_runs(|run| json!(run.seed)),
        "scores": scores,
    })
}
