//! The runs of a sweep: every point with every seed.

use std::collections::BTreeSet;

use itertools::Itertools;
use retort_core::settings::dotted;
use retort_core::{Error, Result};

use super::grid::Grids;
use super::job::{Job, Point};
use crate::plan::{Plan, Request};

/// Largest number of runs of a sweep.
const MOST: usize = 100_000;

/// The runs of all points and seeds, in order. Only the first of several equal runs is kept.
///
/// # Errors
/// There are more than [`MOST`] runs, or the settings of a run are not accepted.
pub fn jobs(request: &Request, grids: &Grids, seeds: &[u64]) -> Result<Vec<Job>> {
    let count = grids.count().saturating_mul(seeds.len());
    if count > MOST {
        let accepted = format!(
            "a sweep has at most {MOST} runs, but this one has {count}: list fewer values or seeds"
        );
        return Err(Error::setting("sweep.grid", "too many values", accepted));
    }
    let points = grids.points();
    let keys = points.iter().flatten().map(|(key, _)| key.as_str());
    let keys: Vec<&str> = keys.unique().collect();
    let mut jobs: Vec<Job> = Vec::new();
    let mut seen = BTreeSet::new();
    for point in &points {
        let assignments: Vec<String> = point
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let plan = request.plan_with(&assignments);
        let plan = plan.map_err(|problem| of_combination(&assignments, problem))?;
        let point = varying(&plan, &keys, point)?;
        for &seed in seeds {
            let plan = Plan {
                seed,
                ..plan.clone()
            };
            if !seen.insert(plan.to_toml()?) {
                continue;
            }
            let name = Job::name(jobs.len());
            let point = point.clone();
            jobs.push(Job { name, plan, point });
        }
    }
    Ok(jobs)
}

/// The error for the runs with these assignments. Without assignments, it concerns all runs.
fn of_combination(assignments: &[String], problem: Error) -> Error {
    match assignments {
        [] => problem,
        _ => Error::Combination {
            settings: assignments.join(" "),
            problem: Box::new(problem),
        },
    }
}

/// A run's values of all settings that vary, in its own grid or another one. Settings that the run does not
/// have are left out.
fn varying(plan: &Plan, keys: &[&str], given: &Point) -> Result<Point> {
    let resolved = dotted::leaves(&plan.resolved()?);
    let value = |key: &str| {
        // `objective.KEY` is the key of the first objective in the list.
        let first = key
            .strip_prefix("objective.")
            .map(|rest| format!("objective.0.{rest}"));
        let names = [Some(key), first.as_deref()];
        let found = resolved
            .iter()
            .find(|(name, _)| names.contains(&Some(name.as_str())));
        // A key of a whole section is not among the resolved settings: take the given value.
        let given = given.iter().find(|(name, _)| name == key);
        found
            .map(|(_, value)| value.to_string())
            .or(given.map(|(_, value)| value.clone()))
    };
    let known = keys
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), value(key)?)));
    Ok(known.collect())
}
