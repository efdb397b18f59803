//! Chart of the points' alignment over the outer steps.

use retort_core::synthetic::PointAlignment;

use super::loss::thinned;
use super::{Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::Run;

/// The alignment at logged steps, with the alignment of the features at the end as guides. `None` if no
/// alignment was logged.
pub fn chart(run: &Run) -> Option<Chart> {
    let known = |value: fn(&PointAlignment) -> f64| -> Vec<[f64; 2]> {
        let steps = thinned(&run.history);
        steps
            .filter_map(|step| Some([step.done as f64, value(step.alignment.as_ref()?)]))
            .collect()
    };
    let cosine = known(|alignment| alignment.smallest_cosine);
    let last = cosine.last()?[0];
    let line = |name: &str, colour, points| Series::new(name, colour, Mark::Line(points));
    let mut series = vec![
        line("smallest cosine", Colour::Series(0), cosine),
        line("share of points", Colour::Series(1), known(|it| it.points)),
    ];
    let end = run.results.as_ref().and_then(|it| it.alignment.as_ref());
    let guides = [
        (
            "student's features",
            Colour::Series(2),
            end.and_then(|it| it.features),
        ),
        (
            "teacher's features",
            Colour::Series(5),
            end.and_then(|it| it.teacher_features),
        ),
    ];
    for (name, colour, share) in guides {
        if let Some(share) = share {
            let ends = vec![[0.0, share], [last, share]];
            series.push(Series::new(name, colour, Mark::Dashed(ends)));
        }
    }
    Some(Chart {
        title: "Alignment over time".to_owned(),
        description: "How well the points lie in the principal subspace S after logged outer steps: the \
                      smallest principal cosine between S and the top r directions of the points, and the \
                      share of the points' squared norm inside S. Dashed lines: this share for the features \
                      at the end."
            .to_owned(),
        x: Axis::new("outer steps", Scale::Linear).with(&[0.0]),
        y: Axis::new("cosine, or share inside S", Scale::Linear).with(&[0.0, 1.0]),
        series,
    })
}
