//! A report as a table: a row for each run, also for those of sweeps, with the columns of a sweep's
//! `results.csv`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Report;
use super::content::Run;
use crate::sweep::{self, Row};

/// The report as CSV.
///
/// # Errors
/// None: writing into memory cannot fail.
pub fn rows(report: &Report) -> anyhow::Result<Vec<u8>> {
    let varying = varying(&report.runs);
    let mut rows: Vec<Row> = Vec::new();
    for run in &report.runs {
        rows.push(row(run, &varying));
    }
    for sweep in &report.sweeps {
        rows.extend(sweep.rows().into_iter().map(|mut row| {
            if let Some((_, name)) = row.first_mut() {
                *name = format!("{}/runs/{name}", sweep.path);
            }
            row
        }));
    }
    Ok(sweep::table(&sweep::columns(&rows), &rows)?)
}

fn row(run: &Run, varying: &BTreeSet<&str>) -> Row {
    let settings = run.settings.iter();
    let settings: Map<String, Value> = settings
        .filter(|(key, _)| varying.contains(key.as_str()))
        .map(|(key, value)| {
            (
                key.clone(),
                Value::String(value.trim_matches('"').to_owned()),
            )
        })
        .collect();
    let results = run.results.as_ref();
    let outcome = results.ok_or("the run is not finished");
    sweep::row(&run.path, &settings, run.seed, outcome)
}

/// Settings whose values differ between runs.
fn varying(runs: &[Run]) -> BTreeSet<&str> {
    let settings = || runs.iter().flat_map(|run| &run.settings);
    // A setting is alike if every run has it with the same value.
    let alike = |setting: &(String, String)| {
        let same = runs.iter().filter(|run| run.settings.contains(setting));
        same.count() == runs.len()
    };
    settings()
        .filter(|it| !alike(it))
        .map(|it| it.0.as_str())
        .collect()
}
