//! Scores over seeds: the runs of a sweep that differ only in their seed, taken together.

use itertools::Itertools;
use retort_core::evaluate::Score;
use serde_json::{Map, Value};

use super::row::{Row, shown};
use crate::aligned::aligned;
use crate::spread::{self, Over, Spread};

/// Largest number of combinations that are printed. The file has all.
const MOST: usize = 40;

/// Runs with one combination of the varying settings, and different seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// The runs' values of the settings that vary.
    pub settings: Map<String, Value>,
    /// Number of seeds with a finished run.
    pub seeds: usize,
    /// Scores by name, each over the seeds that have it.
    pub scores: Vec<(String, Spread)>,
}

/// A run of a sweep: its values of the settings that vary, its seed, and its scores by name.
pub type Scored<'a> = (&'a Map<String, Value>, u64, &'a [(String, Score)]);

/// The combinations of finished runs, in the order of the runs.
pub fn combinations<'a>(finished: impl IntoIterator<Item = Scored<'a>>) -> Vec<Combination> {
    let kind = |run: &Scored<'_>| (Value::Object(run.0.clone()).to_string(), run.1);
    let rows = spread::rows(finished, kind);
    rows.iter().map(|row| combination(row)).collect()
}

fn combination(runs: &[Scored<'_>]) -> Combination {
    let scores = || runs.iter().flat_map(|(.., scores)| *scores);
    let names = scores().map(|(name, _)| name).unique();
    let score = |name: &String| {
        let of_runs = scores().filter(|(other, _)| other == name);
        let of_runs: Vec<Spread> = of_runs.map(|(_, score)| Spread::from(score)).collect();
        Some((name.clone(), Spread::of_row(&of_runs)?))
    };
    Combination {
        settings: runs
            .first()
            .map(|(settings, ..)| (*settings).clone())
            .unwrap_or_default(),
        seeds: runs.len(),
        scores: names.filter_map(score).collect(),
    }
}

/// Whether any combination has several seeds. Otherwise no score is over seeds.
pub fn are_several(combinations: &[Combination]) -> bool {
    combinations.iter().any(|it| it.seeds > 1)
}

/// The combinations as rows of a file for programs. Deviations are over seeds; a score of a single seed has
/// none.
pub fn rows(combinations: &[Combination]) -> Vec<Row> {
    let row = |of: &Combination| {
        let mut cells = settings(of);
        cells.push(("seeds".to_owned(), of.seeds.to_string()));
        for (name, score) in &of.scores {
            let mut cell =
                |key: &str, value: String| cells.push((format!("scores.{name}.{key}"), value));
            cell("mean", score.mean.to_string());
            match score.over {
                Over::Seeds => {
                    cell("std", score.std.to_string());
                    cell("seeds", score.count.to_string());
                }
                Over::Networks => cell("seeds", 1.to_string()),
            }
        }
        cells
    };
    combinations.iter().map(row).collect()
}

/// The combinations as a table for people: the names of the columns, and the rows.
pub fn cells(combinations: &[Combination]) -> (Vec<String>, Vec<Vec<String>>) {
    let row = |of: &Combination| -> Row {
        let scores = of.scores.iter();
        let scores = scores.map(|(name, score)| (name.clone(), score.to_string()));
        settings(of).into_iter().chain(scores).collect()
    };
    let rows: Vec<Row> = combinations.iter().map(row).collect();
    // Settings come before scores, also those that only some runs have.
    let of_settings = combinations.iter().flat_map(|of| of.settings.keys());
    let of_scores = combinations.iter().flat_map(|of| of.scores.iter());
    let names = of_settings.chain(of_scores.map(|(name, _)| name));
    let columns: Vec<String> = names.unique().cloned().collect();
    let cell = |row: &Row, column: &String| {
        let found = row.iter().find(|(name, _)| name == column);
        found.map_or_else(|| "–".to_owned(), |(_, value)| value.clone())
    };
    let cells = rows.iter().map(|row| {
        let cells = columns.iter().map(|column| cell(row, column));
        cells.collect()
    });
    let cells = cells.collect();
    (columns, cells)
}

/// Says what ± means in the table.
pub fn caption(combinations: &[Combination]) -> String {
    let scores = combinations.iter().flat_map(|of| &of.scores);
    let over = spread::over(scores.map(|(_, score)| score.over));
    format!("mean ± sample standard deviation {over}")
}

/// The table with its caption, for a terminal.
pub fn printed(combinations: &[Combination]) -> String {
    let (columns, mut rows) = cells(combinations);
    let left_out = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    let table = aligned(&[vec![columns], rows].concat());
    let more = match left_out {
        0 => String::new(),
        left_out => format!("… and {left_out} more rows\n"),
    };
    format!("{}\n\n{table}{more}", caption(combinations))
}

fn settings(of: &Combination) -> Row {
    let settings = of.settings.iter();
    settings
        .map(|(key, value)| (key.clone(), shown(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two runs with 2 points and different seeds, the second without the baseline, and a run with 4 points.
    fn sweep() -> Vec<Combination> {
        let score = |mean: f64| Score {
            mean,
            std: 0.01,
            runs: 5,
            values: Vec::new(),
            balanced: None,
        };
        let named = |name: &str, mean: f64| (name.to_owned(), score(mean));
        let runs = [
            (2, 0, vec![named("distilled", 0.5), named("full", 0.9)]),
            (2, 1, vec![named("distilled", 0.7)]),
            (4, 0, vec![named("distilled", 0.8), named("full", 0.9)]),
        ];
        let settings =
            |points: i32| Map::from_iter([("synthetic.points".to_owned(), points.into())]);
        let runs = runs.map(|(points, seed, scores)| (settings(points), seed, scores));
        combinations(
            runs.iter()
                .map(|(settings, seed, scores)| (settings, *seed, &scores[..])),
        )
    }

    #[test]
    fn runs_of_a_combination_spread_over_their_seeds() {
        let found = sweep();
        assert!(are_several(&found) && !are_several(&found[1..]));
        let (columns, rows) = cells(&found);
        assert_eq!(columns, ["synthetic.points", "distilled", "full"]);
        assert_eq!(
            rows,
            [
                [
                    "2",
                    "0.6000 ± 0.1414 (2 seeds)",
                    "0.9000 ± 0.0100 (5 networks)"
                ],
                [
                    "4",
                    "0.8000 ± 0.0100 (5 networks)",
                    "0.9000 ± 0.0100 (5 networks)"
                ],
            ]
        );
        let printed = printed(&found);
        assert!(
            printed.contains("over seeds where there are several"),
            "{printed}"
        );
        assert_eq!(printed.lines().count(), 5, "{printed}");
        assert!(caption(&found[1..]).ends_with("networks of one set"));
    }

    #[test]
    fn programs_have_deviations_over_seeds_alone() {
        let rows = rows(&sweep());
        let names = |row: &Row| row.iter().map(|(name, _)| name.clone()).join(" ");
        assert_eq!(
            names(&rows[0]),
            "synthetic.points seeds scores.distilled.mean scores.distilled.std scores.distilled.seeds \
             scores.full.mean scores.full.seeds"
        );
        assert!(!names(&rows[1]).contains("std"));
    }
}
