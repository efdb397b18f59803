//! Chart of the scores of runs with error bars, compared with the baselines.

use retort_core::evaluate::Metric;

use super::{Along, Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::{Measured, Row, Run, by_measure, overs};
use crate::spread::{self, Spread};

/// Ratio of the largest to the smallest score above which the scale is logarithmic.
const WIDE: f64 = 20.0;

/// A chart for each measure. It has a line for each name, with the score of each row: of a single run, or of
/// runs that differ only in their seed.
pub fn charts(runs: &[Run]) -> Vec<Chart> {
    by_measure(runs)
        .into_iter()
        .map(|measured| {
            let over = spread::briefly_over(overs(std::slice::from_ref(&measured)));
            Chart {
                // The title names the run if the report has more than this one.
                title: match &measured.rows[..] {
                    [row] if runs.len() > row.runs.len() => {
                        format!("Scores ± {over}: {}", row.name())
                    }
                    _ => format!("Scores against the baselines, ± {over}"),
                },
                ..chart(&measured)
            }
        })
        .collect()
}

fn chart(measured: &Measured<'_>) -> Chart {
    let rows = &measured.rows;
    let scored = |name: &&str| rows.iter().any(|row| row.spread(name).is_some());
    let names: Vec<&str> = measured.names().into_iter().filter(scored).collect();
    let spreads = |row: &Row<'_>| -> Vec<(usize, Spread)> {
        let names = names.iter().enumerate();
        names
            .filter_map(|(at, name)| Some((at, row.spread(name)?)))
            .collect()
    };
    let spreads: Vec<_> = rows.iter().map(spreads).collect();
    let means = || spreads.iter().flatten().map(|(_, spread)| spread.mean);
    let accuracy = measured
        .runs()
        .any(|(_, scored)| scored.metric == Metric::Accuracy);
    let (least, most) = (
        means().fold(f64::INFINITY, f64::min),
        means().fold(0.0, f64::max),
    );
    let (scale, seen) = match accuracy {
        true => (Scale::Linear, vec![0.0, 1.0]),
        false if least > 0.0 && most > WIDE * least => (Scale::Logarithmic, vec![]),
        false => (Scale::Linear, vec![0.0]),
    };
    // The rows of one name are drawn below one another.
    let apart = 0.8 / rows.len().max(1) as f64;
    let mut series = Vec::new();
    for (place, (row, spreads)) in rows.iter().zip(&spreads).enumerate() {
        let shift = apart * (place as f64 - (rows.len() as f64 - 1.0) / 2.0);
        let of = |wanted: &dyn Fn(&str) -> bool| {
            let wanted = spreads.iter().filter(|(at, _)| wanted(names[*at]));
            let values = wanted.map(|(at, it)| [it.mean, it.std, *at as f64 + shift]);
            Mark::Spread(Along::X, values.collect())
        };
        if rows.len() > 1 {
            series.push(Series::new(
                row.name(),
                Colour::Series(place),
                of(&|_| true),
            ));
        } else {
            let distilled = of(&is_distilled);
            series.push(Series::new("distilled", Colour::Series(1), distilled));
            let baselines = of(&|name| !is_distilled(name));
            series.push(Series::new("baselines", Colour::Series(0), baselines));
        }
    }
    let measure = &measured.measure;
    let over = spread::over(overs(std::slice::from_ref(measured)));
    Chart {
        title: String::new(),
        description: format!(
            "Mean of the {measure}, and to both sides the sample standard deviation {over}, by what they \
             were trained on."
        ),
        x: Axis::new(measure.clone(), scale).with(&seen),
        y: Axis::new(
            "",
            Scale::Names(names.into_iter().map(str::to_owned).collect()),
        ),
        series,
    }
}

/// Whether a score is one of the distilled set, not of a baseline.
fn is_distilled(name: &str) -> bool {
    name.contains("distilled")
}
