//! The scores of runs, with error bars, against the baselines.

use itertools::Itertools;
use retort_core::evaluate::Metric;

use super::{Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::{Run, ScoredBy, by_measure};

/// Ratio of the largest to the smallest score from which their logarithms are shown.
const WIDE: f64 = 20.0;

/// One row a name, and in it the score of each run; a chart for each measure that runs have.
pub fn charts(runs: &[Run]) -> Vec<Chart> {
    by_measure(runs)
        .into_iter()
        .map(|(measure, group)| Chart {
            // Which run it is, where there are others beside this one.
            title: match &group[..] {
                [(run, _)] if runs.len() > 1 => format!("Scores: {}", run.path),
                _ => "Scores against the baselines".to_owned(),
            },
            ..chart(&measure, &group)
        })
        .collect()
}

fn chart(measure: &str, runs: &[(&Run, &ScoredBy)]) -> Chart {
    let scores = runs.iter().flat_map(|(_, scored)| &scored.scores);
    let names: Vec<&str> = scores.map(|(name, _)| name.as_str()).unique().collect();
    let means = || {
        let all = runs.iter().flat_map(|(_, scored)| &scored.scores);
        all.map(|(_, score)| score.mean)
    };
    let accuracy = runs.iter().any(|(_, it)| it.metric == Metric::Accuracy);
    let (least, most) = (
        means().fold(f64::INFINITY, f64::min),
        means().fold(0.0, f64::max),
    );
    let (scale, seen) = match accuracy {
        true => (Scale::Linear, vec![0.0, 1.0]),
        false if least > 0.0 && most > WIDE * least => (Scale::Logarithmic, vec![]),
        false => (Scale::Linear, vec![0.0]),
    };
    // Runs of one row stand under one another.
    let apart = 0.8 / runs.len().max(1) as f64;
    let mut series = Vec::new();
    for (place, (run, scored)) in runs.iter().enumerate() {
        let shift = apart * (place as f64 - (runs.len() as f64 - 1.0) / 2.0);
        let several = runs.len() > 1;
        let at = |name: &str| names.iter().position(|other| *other == name);
        let of = |distilled: bool| {
            let scores = scored.scores.iter();
            let wanted = scores.filter(|(name, _)| several || is_distilled(name) == distilled);
            let values = wanted.filter_map(|(name, score)| {
                Some([score.mean, score.std, at(name)? as f64 + shift])
            });
            Mark::Spread(values.collect())
        };
        match several {
            true => series.push(Series::new(
                run.path.as_str(),
                Colour::Series(place),
                of(true),
            )),
            false => {
                series.push(Series::new("distilled", Colour::Series(1), of(true)));
                series.push(Series::new("baselines", Colour::Series(0), of(false)));
            }
        }
    }
    Chart {
        title: String::new(),
        description: format!(
            "Mean of the {measure} over fresh networks, and the standard deviation to both sides, by what they \
             were trained on."
        ),
        x: Axis::new(measure.to_owned(), scale).with(&seen),
        y: Axis::new(
            "",
            Scale::Names(names.into_iter().map(str::to_owned).collect()),
        ),
        series,
    }
}

/// Whether a score is one of the set, and not of what it is compared with.
fn is_distilled(name: &str) -> bool {
    name.contains("distilled")
}
