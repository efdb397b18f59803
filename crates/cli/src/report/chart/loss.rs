//! Chart of the loss over the outer steps.

use super::{Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::Run;
use crate::run_directory::Logged;

/// Approximate largest number of points in a line.
pub const POINTS: usize = 600;

/// The loss of every stage. `None` if nothing was logged.
pub fn chart(run: &Run) -> Option<Chart> {
    let stages = run.history.chunk_by(|one, other| one.stage == other.stage);
    let series: Vec<Series> = stages
        .enumerate()
        .map(|(place, steps)| {
            let points = thinned(steps).map(|step| [step.done as f64, step.loss]);
            let objective = steps.first().map_or("", |step| step.objective.as_str());
            let mark = Mark::Line(points.collect());
            Series::new(objective, Colour::Series(place), mark)
        })
        .collect();
    let has_logarithm = |step: &Logged| step.loss > 0.0;
    let scale = match run.history.iter().all(has_logarithm) {
        true => Scale::Logarithmic,
        false => Scale::Linear,
    };
    let (some, all) = (thinned(&run.history).count(), run.history.len());
    let drawn = match some == all {
        true => String::new(),
        false => format!(", {some} of {all} steps"),
    };
    (!series.is_empty()).then(|| Chart {
        title: "Loss over time".to_owned(),
        description: format!(
            "The objective's loss before logged outer steps, stage by stage{drawn}. Steps use different \
             networks and rows, so the loss is noisy."
        ),
        x: Axis::new("outer steps", Scale::Linear).with(&[0.0]),
        y: Axis::new("loss", scale),
        series,
    })
}

/// Evenly spread steps, the last one included.
pub fn thinned(steps: &[Logged]) -> impl Iterator<Item = &Logged> {
    let every = steps.len().div_ceil(POINTS).max(1);
    let last = steps.len().saturating_sub(1);
    let chosen = move |place: &usize| place.is_multiple_of(every) || *place == last;
    (0..steps.len()).filter(chosen).map(|place| &steps[place])
}
