//! The scores of a sweep's runs against what varies most.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::Sweep;

/// Ratio of the largest to the smallest value from which their logarithms are shown.
const WIDE: f64 = 8.0;

/// Most lines that have a name.
const NAMED: usize = 8;

/// Scores of the set, mean over seeds, against the number that takes most values, a line for each combination
/// of what varies besides; none where no number varies.
pub fn chart(sweep: &Sweep) -> Option<Chart> {
    let finished: Vec<(&Map<String, Value>, f64)> = sweep
        .ended
        .iter()
        .filter_map(|run| {
            let scores = run.summary.as_ref()?.get("scores")?;
            Some((&run.settings, scores["distilled"]["mean"].as_f64()?))
        })
        .collect();
    let key = widest(&finished)?;
    let mut lines: BTreeMap<String, Vec<(f64, Vec<f64>)>> = BTreeMap::new();
    for (settings, score) in &finished {
        let Some(value) = settings.get(&key).and_then(Value::as_f64) else {
            continue;
        };
        let line = lines.entry(others(settings, &key)).or_default();
        match line.iter_mut().find(|(known, _)| *known == value) {
            Some((_, scores)) => scores.push(*score),
            None => line.push((value, vec![*score])),
        }
    }
    let few = lines.len() <= NAMED;
    let mut series = Vec::new();
    for (place, (name, mut line)) in lines.into_iter().enumerate() {
        line.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
        let points: Vec<[f64; 2]> = line.iter().map(|(at, of)| [*at, mean(of)]).collect();
        let colour = Colour::Series(place);
        series.push(Series::new("", colour, Mark::Dots(points.clone())));
        let name = if few { name } else { String::new() };
        series.push(Series::new(name, colour, Mark::Line(points)));
    }
    let points: Vec<[f64; 2]> = series.iter().flat_map(|it| it.mark.points()).collect();
    let scale = |side: usize| {
        let values = || points.iter().map(|point| point[side]);
        let least = values().fold(f64::INFINITY, f64::min);
        let most = values().fold(0.0, f64::max);
        match least > 0.0 && most > WIDE * least {
            true => Scale::Logarithmic,
            false => Scale::Linear,
        }
    };
    Some(Chart {
        title: format!("Scores against {key}"),
        description: format!(
            "The score of the distilled set, mean over seeds, against {key}, a line for each combination of what varies \
             besides."
        ),
        x: Axis::new(key, scale(0)),
        y: Axis::new(measure(sweep), scale(1)),
        series,
    })
}

/// The setting that has most numbers as values, two or more.
fn widest(runs: &[(&Map<String, Value>, f64)]) -> Option<String> {
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

/// What varies besides, in words.
fn others(settings: &Map<String, Value>, key: &str) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let others = settings.iter().filter(|(other, _)| *other != key);
    let named = others.map(|(other, value)| {
        // The section is the same for most.
        let alike = settings.keys().filter(|name| last(name) == last(other));
        let name = match alike.count() {
            1 => last(other),
            _ => other.clone(),
        };
        format!("{name} = {value}")
    });
    named.collect::<Vec<_>>().join(", ")
}

fn measure(sweep: &Sweep) -> &'static str {
    let mut summaries = sweep.ended.iter().filter_map(|run| run.summary.as_ref());
    let metric = summaries.find_map(|summary| summary.get("metric")?.as_str());
    match metric {
        Some("accuracy") => "accuracy",
        Some("mse") => "mean squared error",
        _ => "score",
    }
}
