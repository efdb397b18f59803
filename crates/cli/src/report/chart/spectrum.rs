//! Chart of the points' singular values, with the share of each direction inside the principal subspace.

use retort_core::synthetic::SingularDirection;

use super::{Axis, Chart, Colour, Mark, Scale, Series};
use crate::report::content::Run;

/// Largest number of directions shown.
const MOST: usize = 40;

/// A bar for each direction. `None` if there are no points.
pub fn chart(run: &Run) -> Option<Chart> {
    let shown = &run.spectrum[..run.spectrum.len().min(MOST)];
    let bar = |at: usize, from: f64, to: f64| {
        let middle = at as f64 + 1.0;
        [[middle - 0.38, from], [middle + 0.38, to]]
    };
    let inside =
        |direction: &SingularDirection| direction.value * direction.in_subspace.unwrap_or_default();
    let bars = |ends: &dyn Fn(&SingularDirection) -> (f64, f64)| {
        let bars = shown.iter().enumerate().map(|(at, direction)| {
            let (from, to) = ends(direction);
            bar(at, from, to)
        });
        Mark::Boxes(bars.collect())
    };
    let known = shown.first()?.in_subspace.is_some();
    let series = match known {
        true => vec![
            Series::new("inside S", Colour::Series(1), bars(&|it| (0.0, inside(it)))),
            Series::new(
                "outside S",
                Colour::Series(5),
                bars(&|it| (inside(it), it.value)),
            ),
        ],
        false => vec![Series::new(
            "",
            Colour::Series(0),
            bars(&|it| (0.0, it.value)),
        )],
    };
    let against = match known {
        true => {
            " Each bar is divided in proportion to the direction's squared norm inside and outside the \
             principal subspace S."
        }
        false => "",
    };
    let (some, all) = (shown.len(), run.spectrum.len());
    let largest = match some == all {
        true => String::new(),
        false => format!(", the {some} largest of {all}"),
    };
    Some(Chart {
        title: match known {
            true => "Spectrum of the points against S",
            false => "Spectrum of the points",
        }
        .to_owned(),
        description: format!("The singular values of the points' inputs{largest}.{against}"),
        x: Axis::new("singular direction", Scale::Linear).with(&[0.5, shown.len() as f64 + 0.5]),
        y: Axis::new("singular value", Scale::Linear).with(&[0.0]),
        series,
    })
}
