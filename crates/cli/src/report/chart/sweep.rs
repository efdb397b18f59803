//! Charts of the scores of a sweep's runs against the number that varies most.

use std::collections::{BTreeMap, BTreeSet};

use itertools::Itertools;
use retort_core::evaluate::Metric;
use serde_json::{Map, Value};

use super::{Along, Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::Sweep;
use crate::spread::{self, Over, Spread};

/// Ratio of the largest to the smallest value above which a scale is logarithmic.
const WIDE: f64 = 8.0;

/// Largest number of lines in a chart. With more lines, colours repeat.
const MOST: usize = 7;

/// The varying settings of a finished run, and its score.
type Scored<'a> = (&'a Map<String, Value>, Spread);

/// Name of a line, and its scores by value, in order.
type Line = (String, Vec<(f64, Spread)>);

/// Description of the settings that some runs share, and these runs, which are drawn in one chart.
type Panel<'a> = (String, Vec<Scored<'a>>);

/// Scores of the set, with mean and deviation over seeds, against the varying number with the most values.
/// There is a line for each combination of the other varying settings. If there are too many lines, they are
/// spread over several charts, setting by setting. Empty if no number varies.
pub fn charts(sweep: &Sweep) -> Vec<Chart> {
    let finished = sweep.ended.iter().filter_map(|run| {
        let score = run.summary.as_ref()?.distilled()?;
        Some((&run.settings, Spread::from(score)))
    });
    let finished: Vec<Scored<'_>> = finished.collect();
    let Some(key) = widest(&finished) else {
        return Vec::new();
    };
    let mut panels = vec![(String::new(), finished)];
    // Settings that are the same for all runs of a panel, or are the x axis: lines need not name them.
    let mut known = vec![key.clone()];
    while panels
        .iter()
        .any(|(_, runs)| names(runs, &known).len() > MOST)
    {
        let Some(next) = next(&panels, &known) else {
            break;
        };
        panels = panels
            .into_iter()
            .flat_map(|panel| split(panel, &next))
            .collect();
        known.push(next);
    }
    let measure = measure(sweep);
    let chart = |(of, runs): &Panel<'_>| chart(&key, measure, of, &lines(runs, &key, &known));
    panels.iter().map(chart).collect()
}

/// The first setting that is not known and differs within a panel.
fn next(panels: &[Panel<'_>], known: &[String]) -> Option<String> {
    let keys = panels.iter().flat_map(|(_, runs)| runs);
    let mut keys = keys.flat_map(|(settings, _)| settings.keys()).unique();
    let differs = |key: &&String| {
        let values = |(_, runs): &Panel<'_>| !runs.iter().map(|run| run.0.get(*key)).all_equal();
        !known.contains(key) && panels.iter().any(values)
    };
    keys.find(differs).cloned()
}

/// Splits a panel into one for each value of a setting, in the order of the runs.
fn split<'a>((of, runs): Panel<'a>, key: &str) -> Vec<Panel<'a>> {
    let name = |settings: &Map<String, Value>| {
        let value = settings.get(key)?;
        Some(format!("{} = {value}", short(key, settings)))
    };
    let mut panels: Vec<Panel<'a>> = Vec::new();
    for run in runs {
        let common = (!of.is_empty()).then(|| of.clone());
        let of = common.into_iter().chain(name(run.0)).join(", ");
        match panels.iter_mut().find(|(known, _)| *known == of) {
            Some((_, runs)) => runs.push(run),
            None => panels.push((of, vec![run])),
        }
    }
    panels
}

/// Scores by the value of a setting, in order, with a line for each combination of the settings that are not
/// known.
fn lines(runs: &[Scored<'_>], key: &str, known: &[String]) -> Vec<Line> {
    let line = |name: &String| {
        let here = runs.iter().filter(|run| others(run.0, known) == *name);
        let scored =
            here.filter_map(|(settings, score)| Some((settings.get(key)?.as_f64()?, *score)));
        let sorted: Vec<(f64, Spread)> = scored
            .sorted_by(|one, other| one.0.total_cmp(&other.0))
            .collect();
        let by_value = sorted.chunk_by(|one, other| one.0 == other.0);
        let row = |seeds: &[(f64, Spread)]| {
            let scores: Vec<Spread> = seeds.iter().map(|(_, score)| *score).collect();
            Some((seeds.first()?.0, Spread::of_row(&scores)?))
        };
        by_value.filter_map(row).collect()
    };
    let names = names(runs, known).into_iter();
    names.map(|name| (name.clone(), line(&name))).collect()
}

fn chart(key: &str, measure: &str, of: &str, lines: &[Line]) -> Chart {
    let means = |line: &[(f64, Spread)]| -> Vec<[f64; 2]> {
        line.iter().map(|(at, it)| [*at, it.mean]).collect()
    };
    let mut series = Vec::new();
    for (place, (name, line)) in lines.iter().enumerate() {
        let colour = Colour::Series(place);
        let spreads = line.iter().map(|(at, it)| [it.mean, it.std, *at]);
        let spreads = Mark::Spread(Along::Y, spreads.collect());
        series.push(Series::new("", colour, spreads));
        series.push(Series::new(name, colour, Mark::Line(means(line))));
    }
    let spreads = lines.iter().flat_map(|(_, line)| line);
    let overs: Vec<Over> = spreads.map(|(_, it)| it.over).collect();
    let over = spread::over(overs.iter().copied());
    let points: Vec<[f64; 2]> = lines.iter().flat_map(|(_, line)| means(line)).collect();
    let scale = |side: usize| {
        let values = || points.iter().map(|point| point[side]);
        let least = values().fold(f64::INFINITY, f64::min);
        let most = values().fold(0.0, f64::max);
        match least > 0.0 && most > WIDE * least {
            true => Scale::Logarithmic,
            false => Scale::Linear,
        }
    };
    let at = match of {
        "" => String::new(),
        of => format!(", {of}"),
    };
    Chart {
        title: format!("Scores against {key}{at}"),
        description: format!(
            "The score of the distilled set against {key}{at}, with a line for each combination of the \
             other varying settings. Bars are sample standard deviations {over}, about the mean."
        ),
        x: Axis::new(key, scale(0)),
        y: Axis::new(
            format!("{measure}, ± {}", spread::briefly_over(overs)),
            scale(1),
        ),
        series,
    }
}

/// The setting with the most different numbers as values, at least two.
fn widest(runs: &[Scored<'_>]) -> Option<String> {
    let mut values: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for (key, value) in runs.iter().flat_map(|(settings, _)| settings.iter()) {
        if let Some(number) = value.as_f64() {
            values.entry(key).or_default().insert(number.to_bits());
        }
    }
    let several = values.into_iter().filter(|(_, values)| values.len() > 1);
    let widest = several.max_by_key(|(_, values)| values.len());
    widest.map(|(key, _)| key.to_owned())
}

/// Names of the lines of these runs, in order.
fn names(runs: &[Scored<'_>], known: &[String]) -> Vec<String> {
    let names = runs.iter().map(|(settings, _)| others(settings, known));
    names.unique().collect()
}

/// Describes the varying settings that are not known.
fn others(settings: &Map<String, Value>, known: &[String]) -> String {
    let others = settings.iter().filter(|(key, _)| !known.contains(key));
    others
        .map(|(key, value)| format!("{} = {value}", short(key, settings)))
        .join(", ")
}

/// A setting's name without its section, if no other setting has the same last part.
fn short(key: &str, settings: &Map<String, Value>) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let alike = settings.keys().filter(|name| last(name) == last(key));
    match alike.count() {
        1 => last(key),
        _ => key.to_owned(),
    }
}

fn measure(sweep: &Sweep) -> &'static str {
    let mut summaries = sweep.ended.iter().filter_map(|run| run.summary.as_ref());
    match summaries.next().map(|summary| summary.metric) {
        Some(Metric::Accuracy) => "accuracy",
        Some(Metric::Mse) => "mean squared error",
        None => "score",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::content::Ended;
    use crate::summary::Summary;

    fn sweep(runs: impl Iterator<Item = (Value, f64)>) -> Sweep {
        let ended = |(settings, score): (Value, f64)| Ended {
            run: String::new(),
            seed: 0,
            settings: settings.as_object().cloned().unwrap_or_default(),
            summary: Some(Box::new(Summary::of_score(score, 0.25))),
            error: None,
        };
        Sweep::of_runs(runs.map(ended).collect())
    }

    #[test]
    fn lines_that_are_too_many_are_told_apart_by_charts() {
        let runs = (0..4).flat_map(|rank| {
            (0..3).flat_map(move |dim| {
                (0..5).map(move |points| {
                    let settings =
                        json!({"task.dim": dim, "task.rank": rank, "synthetic.points": points});
                    (settings, f64::from(rank + dim + points))
                })
            })
        });
        let few = charts(&sweep(runs.clone().take(15)));
        assert_eq!(few.len(), 1);
        // A line and its error bars for each dimension.
        assert_eq!(few[0].series.len(), 6);
        assert_eq!(few[0].title, "Scores against synthetic.points");
        let many = charts(&sweep(runs));
        let titles: Vec<&str> = many.iter().map(|chart| chart.title.as_str()).collect();
        assert_eq!(
            titles,
            ["0", "1", "2"].map(|dim| format!("Scores against synthetic.points, dim = {dim}"))
        );
        assert!(many.iter().all(|chart| chart.series.len() == 8));
        assert_eq!(many[1].series[3].name, "rank = 1");
        assert!(charts(&sweep(std::iter::empty())).is_empty());
    }

    #[test]
    fn seeds_of_one_setting_are_a_mean() {
        let runs = [(2, 1.0), (4, 5.0), (2, 3.0)];
        let runs = runs.map(|(points, score)| (json!({"synthetic.points": points}), score));
        let charts = charts(&sweep(runs.into_iter()));
        assert_eq!(charts[0].series[1].mark.points(), [[2.0, 2.0], [4.0, 5.0]]);
        // The two seeds with scores 1 and 3 deviate by √2; the single seed has the deviation of its networks.
        let Mark::Spread(Along::Y, spreads) = &charts[0].series[0].mark else {
            panic!("{:?}", charts[0].series[0]);
        };
        assert_eq!(spreads[..], [[2.0, 2_f64.sqrt(), 2.0], [5.0, 0.25, 4.0]]);
        let said = &charts[0].description;
        assert!(
            said.contains("over seeds where there are several"),
            "{said}"
        );
    }
}
