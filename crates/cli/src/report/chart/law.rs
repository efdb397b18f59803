//! The figures of the memory law.

use std::collections::{BTreeMap, BTreeSet};

use retort_core::law::{COSINE, Curve, LabelCurve, MemoryLaw, geometric_mean};

use super::{Axis, Chart, Colour, Mark, Scale, Series};

/// Number of segments of a line from the first to the last rank.
const PLACES: usize = 24;

/// Colours of guides. A dimension has one of them only if there are many dimensions.
const GUIDES: [Colour; 3] = [Colour::Series(5), Colour::Ink, Colour::Series(6)];

/// The dimensions d in order. Each has the same colour in all figures.
struct Colours(Vec<usize>);

impl Colours {
    fn of(law: &MemoryLaw) -> Self {
        let dims: BTreeSet<usize> = law.observations.iter().map(|run| run.dim).collect();
        Self(dims.into_iter().collect())
    }

    fn dim(&self, dim: usize) -> Colour {
        Colour::Series(self.0.iter().position(|other| *other == dim).unwrap_or(0))
    }
}

/// All figures of a law. There are three for each rank and number of labels, since only curves with the same
/// rank and number of labels can be compared. Empty figures are not drawn.
pub fn charts(law: &MemoryLaw) -> Vec<Chart> {
    let colours = &Colours::of(law);
    let mut charts = vec![thresholds(law, colours), cosines(law, colours)];
    let mut groups: BTreeMap<[usize; 2], Vec<Curve>> = BTreeMap::new();
    // A curve needs more than one number of points.
    let curves = law.collapse.curves.iter();
    for curve in curves.filter(|curve| curve.errors.len() > 1) {
        let group = groups.entry([curve.rank, curve.labels]).or_default();
        group.push(curve.clone());
    }
    for curves in groups.values() {
        let scaled: Vec<Curve> = curves.iter().map(Curve::scaled).collect();
        let shapes: Vec<Curve> = scaled.iter().map(Curve::over_floor).collect();
        let memory = "numbers stored / (r²d + L)";
        charts.push(errors(
            "Error against memory",
            ["numbers stored", "student's error"],
            curves,
            colours,
        ));
        charts.push(errors(
            "Error against memory over r²d + L",
            [memory, "student's error"],
            &scaled,
            colours,
        ));
        charts.push(errors(
            "Error/floor over memory/(r²d + L)",
            [memory, "student's error / its smallest"],
            &shapes,
            colours,
        ));
    }
    let mut groups: BTreeMap<[usize; 2], Vec<&LabelCurve>> = BTreeMap::new();
    for curve in &law.label_curves {
        let group = groups.entry([curve.rank, curve.points]).or_default();
        group.push(curve);
    }
    charts.extend(groups.values().map(|curves| labels(curves, colours)));
    charts
}

/// A line of errors for each dimension d.
fn lines<'a>(
    curves: impl Iterator<Item = (usize, &'a Vec<[f64; 2]>)>,
    colours: &Colours,
) -> Vec<Series> {
    let line = |(dim, errors): (usize, &Vec<[f64; 2]>)| {
        let line = Mark::Line(errors.clone());
        Series::new(format!("d = {dim}"), colours.dim(dim), line)
    };
    curves.map(line).collect()
}

/// The student's error against the number of labels, for curves of one rank and number of points.
fn labels(curves: &[&LabelCurve], colours: &Colours) -> Chart {
    let of = curves.first().map_or_else(String::new, |curve| {
        format!("r = {}, {} points", curve.rank, curve.points)
    });
    Chart {
        title: format!("Error against labels, {of}"),
        description: format!(
            "The student's mean squared error (mean over seeds) against the number of readout labels L, at \
             {of}, with a line for each dimension d."
        ),
        x: Axis::new("labels L", Scale::Logarithmic),
        y: Axis::new("student's error", Scale::Logarithmic),
        series: lines(
            curves.iter().map(|curve| (curve.dim, &curve.errors)),
            colours,
        ),
    }
}

/// The fewest points that are enough against the rank.
fn thresholds(law: &MemoryLaw, colours: &Colours) -> Chart {
    let found = || {
        law.thresholds
            .iter()
            .filter_map(|of| Some((of, of.points?)))
    };
    let mut series = Vec::new();
    let ranks = || found().map(|(of, _)| of.rank as f64);
    let (low, high) = (
        ranks().fold(f64::INFINITY, f64::min),
        ranks().fold(1.0, f64::max),
    );
    let line = |of: &dyn Fn(f64) -> f64| -> Vec<[f64; 2]> {
        let place = |step: usize| low * (high / low).powf(step as f64 / PLACES as f64);
        (0..=PLACES)
            .map(place)
            .filter(|rank| rank.is_finite())
            .map(|rank| [rank, of(rank)])
            .collect()
    };
    let guides = [("r", 1.0, 1.0), ("r²", 1.0, 2.0), ("2r²", 2.0, 2.0)];
    for ((name, factor, power), colour) in guides.into_iter().zip(GUIDES) {
        let guide = line(&|rank| factor * rank.powf(power));
        series.push(Series::new(
            format!("{name} (guide)"),
            colour,
            Mark::Dashed(guide),
        ));
    }
    let mut dims: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (of, points) in found() {
        let ranks = dims.entry(of.dim).or_default();
        ranks.entry(of.rank).or_default().push(points);
    }
    for (place, (dim, ranks)) in dims.iter().enumerate() {
        // Dots of different dimensions are moved apart. A dot is the geometric mean over seeds.
        let beside = 1.03_f64.powf(place as f64 - (dims.len() as f64 - 1.0) / 2.0);
        let dots = ranks.iter().filter_map(|(rank, points)| {
            let mean = geometric_mean(points.iter().copied())?;
            Some([*rank as f64 * beside, mean])
        });
        let mark = Mark::Dots(dots.collect());
        series.push(Series::new(format!("d = {dim}"), colours.dim(*dim), mark));
        if let Some(power) = &law.power_law {
            let fitted = line(&|rank| {
                let of_dim = (*dim as f64).powf(power.dim.value);
                power.factor * rank.powf(power.rank.value) * of_dim
            });
            series.push(Series::new("", colours.dim(*dim), Mark::Line(fitted)));
        }
    }
    let fitted = law.power_law.as_ref().map_or_else(String::new, |power| {
        format!(
            " Lines: {:.3} · r^{:.2} · d^{:.2}, fitted to all dots.",
            power.factor, power.rank.value, power.dim.value
        )
    });
    let beyond = law.thresholds.len() - found().count();
    let beyond = match beyond {
        0 => String::new(),
        some => format!(" Not shown: {some} for which no tried number of points is enough."),
    };
    Chart {
        title: "Points that are enough".to_owned(),
        description: format!(
            "The fewest points that span S and teach its features, against the rank r, by dimension d \
             (geometric mean over seeds).{fitted}{beyond} Dashed: r, r² and 2r²."
        ),
        x: Axis::new("rank r", Scale::Logarithmic),
        y: Axis::new("points", Scale::Logarithmic),
        series,
    }
}

/// The student's error against memory, for curves of one rank and number of labels. The names are those of
/// the axes.
fn errors(title: &str, [memory, error]: [&str; 2], curves: &[Curve], colours: &Colours) -> Chart {
    let of = curves.first().map_or_else(String::new, |curve| {
        format!("r = {}, L = {}", curve.rank, curve.labels)
    });
    Chart {
        title: format!("{title}, {of}"),
        description: format!(
            "The {error} (mean squared, mean over seeds) against {memory}, at {of}, with a line for each \
             dimension d. If lines of different d coincide, the error depends only on this measure of memory."
        ),
        x: Axis::new(memory, Scale::Logarithmic),
        y: Axis::new(error, Scale::Logarithmic),
        series: lines(
            curves.iter().map(|curve| (curve.dim, &curve.errors)),
            colours,
        ),
    }
}

/// The smallest cosine against points over r².
fn cosines(law: &MemoryLaw, colours: &Colours) -> Chart {
    let mut dims: BTreeMap<usize, Vec<[f64; 2]>> = BTreeMap::new();
    for run in &law.observations {
        let share = run.points as f64 / (run.rank * run.rank).max(1) as f64;
        dims.entry(run.dim)
            .or_default()
            .push([share, run.smallest_cosine]);
    }
    let shares = || dims.values().flatten().map(|[share, _]| *share);
    let ends = [
        [shares().fold(f64::INFINITY, f64::min), COSINE],
        [shares().fold(0.0, f64::max), COSINE],
    ];
    let mut series = vec![Series::new(
        "enough",
        Colour::Series(5),
        Mark::Dashed(ends.to_vec()),
    )];
    for (dim, dots) in dims {
        let mark = Mark::Dots(dots);
        series.push(Series::new(format!("d = {dim}"), colours.dim(dim), mark));
    }
    Chart {
        title: "Smallest cosine against points over r²".to_owned(),
        description: format!(
            "The smallest principal cosine between S and the points' top r directions, for every run, \
             against the number of points over r². Dashed: {COSINE}; above it, points span S."
        ),
        x: Axis::new("points / r²", Scale::Logarithmic),
        y: Axis::new("smallest cosine", Scale::Linear).with(&[0.0, 1.0]),
        series,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::report::chart::vector;
    use retort_core::law::Observation;
    use retort_core::law::memory_law;
    use retort_core::seed::Seed;

    /// The law of runs in which 2r² points are enough.
    fn law() -> MemoryLaw {
        let mut observations = Vec::new();
        for (dim, rank) in [(32, 1), (32, 2), (64, 1), (64, 2), (128, 3)] {
            for points in [1, 2, 4, 8, 18, 36] {
                for seed in 0..2 {
                    let enough = points >= 2 * rank * rank;
                    let error = if enough { 0.05 } else { 0.5 };
                    observations.push(Observation {
                        dim,
                        rank,
                        points,
                        labels: 128,
                        seed,
                        smallest_cosine: if enough { 0.96 } else { 0.04 },
                        features: error,
                        student: error,
                        floats: (points * (dim + 1) + 128 + dim + 1) as f64,
                    });
                }
            }
        }
        memory_law(observations, &[], &Seed::new(0))
    }

    #[test]
    fn a_law_has_figures_of_each_rank_and_its_fitted_line() {
        let law = law();
        let charts = charts(&law);
        assert_eq!(charts.len(), 2 + 3 * 3);
        for chart in &charts {
            assert!(vector(chart).unwrap().is_some(), "{}", chart.title);
        }
        assert!(
            charts[0].description.contains("r^2.00"),
            "{}",
            charts[0].description
        );
        let lines = |chart: &Chart| {
            let marks = chart.series.iter().map(|series| &series.mark);
            marks.filter(|mark| matches!(mark, Mark::Line(_))).count()
        };
        assert_eq!([0, 2, 8].map(|place| lines(&charts[place])), [3, 2, 1]);
        assert_eq!(
            charts[3].title,
            "Error against memory over r²d + L, r = 1, L = 128"
        );
    }

    #[test]
    fn a_law_without_anything_is_not_drawn() {
        let law = memory_law(Vec::new(), &[], &Seed::new(0));
        for chart in charts(&law) {
            assert!(vector(&chart).unwrap().is_none(), "{}", chart.title);
        }
    }
}
