//! The student's error against memory, compared between dimensions d.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::observation::{Observation, mean, theory_floats};

/// Number of places at which two curves are compared.
const PLACES: usize = 64;

/// The student's error against memory for one d, r and L; memory grows with the number of points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// d.
    pub dim: usize,
    /// r.
    pub rank: usize,
    /// L.
    pub labels: usize,
    /// Pairs of memory (in numbers) and the student's mean error over seeds, in the order of memory.
    pub errors: Vec<[f64; 2]>,
}

impl Curve {
    /// r²d + L.
    pub fn theory(&self) -> f64 {
        theory_floats(self.rank, self.dim, self.labels) as f64
    }

    /// The same curve with memory divided by r²d + L.
    pub fn scaled(&self) -> Self {
        let theory = self.theory();
        let errors = self.errors.iter();
        Self {
            errors: errors
                .map(|[floats, error]| [floats / theory, *error])
                .collect(),
            ..self.clone()
        }
    }

    /// The same curve with errors divided by its smallest error, its floor.
    pub fn over_floor(&self) -> Self {
        let floor = self
            .errors
            .iter()
            .fold(f64::INFINITY, |floor, [_, error]| floor.min(*error));
        let errors = self.errors.iter();
        Self {
            errors: errors
                .map(|[floats, error]| [*floats, error / floor])
                .collect(),
            ..self.clone()
        }
    }

    /// The logarithm of the error at the logarithm of a memory, by linear interpolation. Returns `None`
    /// outside of the curve.
    fn at(&self, place: f64) -> Option<f64> {
        self.errors.windows(2).find_map(|pair| {
            let [[x, a], [y, b]] = [pair[0], pair[1]].map(|of| of.map(f64::ln));
            let share = (place - x) / (y - x);
            (0.0..=1.0).contains(&share).then_some(a + share * (b - a))
        })
    }

    /// Logarithms of the smallest and the largest memory.
    fn ends(&self) -> Option<[f64; 2]> {
        let (first, last) = (self.errors.first()?, self.errors.last()?);
        Some([first[0].ln(), last[0].ln()])
    }
}

/// How closely curves of different d coincide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collapse {
    /// The curves, with memory in numbers.
    pub curves: Vec<Curve>,
    /// Number of pairs of curves with the same r and L and different d. The ranges of memory of a pair must
    /// overlap, both unscaled and divided by r²d + L.
    pub pairs: usize,
    /// Mean |ln e − ln e'| over these pairs at equal memory; `None` without a pair.
    pub apart: Option<f64>,
    /// Mean |ln e − ln e'| at equal memory divided by r²d + L.
    pub apart_scaled: Option<f64>,
    /// `apart` with the errors of each curve divided by its floor, which compares shapes without heights.
    #[serde(default)]
    pub shapes_apart: Option<f64>,
    /// `apart_scaled` with the errors of each curve divided by its floor.
    #[serde(default)]
    pub shapes_apart_scaled: Option<f64>,
}

/// Memory (which is the same for every seed) and the errors of all seeds, by the number of points.
type ByPoints = BTreeMap<usize, (f64, Vec<f64>)>;

/// Returns the curves of all runs with labels, and the distances between those of different d.
pub fn collapse(runs: &[Observation]) -> Collapse {
    let mut cells: BTreeMap<[usize; 3], ByPoints> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.labels > 0) {
        let cell = cells.entry([run.rank, run.labels, run.dim]).or_default();
        let (floats, errors) = cell.entry(run.points).or_default();
        *floats = run.floats;
        errors.push(run.student);
    }
    let curve = |([rank, labels, dim], points): ([usize; 3], ByPoints)| {
        let errors = points.into_values();
        let errors = errors.map(|(floats, errors)| [floats, mean(&errors)]);
        Curve {
            dim,
            rank,
            labels,
            errors: errors.collect(),
        }
    };
    let curves: Vec<Curve> = cells.into_iter().map(curve).collect();
    let distances = distances(&curves);
    let pairs = distances.len();
    let apart = |side: usize| {
        let distances: Vec<f64> = distances.iter().map(|pair| pair[side]).collect();
        (pairs > 0).then(|| mean(&distances))
    };
    Collapse {
        pairs,
        apart: apart(0),
        apart_scaled: apart(1),
        shapes_apart: apart(2),
        shapes_apart_scaled: apart(3),
        curves,
    }
}

/// The four distances of each pair of curves, in the order of the fields of [`Collapse`].
fn distances(curves: &[Curve]) -> Vec<[f64; 4]> {
    let mut distances = Vec::new();
    for (place, one) in curves.iter().enumerate() {
        let alike = |other: &&Curve| (other.rank, other.labels) == (one.rank, one.labels);
        for other in curves[place + 1..].iter().filter(alike) {
            let both = |one: &Curve, other: &Curve| {
                between(one, other).zip(between(&one.scaled(), &other.scaled()))
            };
            let floored = both(&one.over_floor(), &other.over_floor());
            let all = both(one, other).zip(floored);
            distances.extend(all.map(|((a, b), (c, d))| [a, b, c, d]));
        }
    }
    distances
}

/// The mean distance of the logarithmic errors of two curves where they overlap. Returns `None` if they do
/// not overlap.
fn between(one: &Curve, other: &Curve) -> Option<f64> {
    let ([a, b], [c, d]) = (one.ends()?, other.ends()?);
    let (first, last) = (a.max(c), b.min(d));
    if first >= last {
        return None;
    }
    let distance = |step: usize| {
        let place = first + (last - first) * (step as f64 + 0.5) / PLACES as f64;
        Some((one.at(place)? - other.at(place)?).abs())
    };
    let found: Vec<f64> = (0..PLACES).filter_map(distance).collect();
    (!found.is_empty()).then(|| mean(&found))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Runs whose error depends only on memory divided by r²d + L.
    fn runs() -> Vec<Observation> {
        let mut runs = Vec::new();
        for dim in [32, 64, 128] {
            for points in [2, 4, 8, 16] {
                let floats = (points * (dim + 1) + 256 + dim + 1) as f64;
                let error = (floats / (4 * dim + 256) as f64).powf(-2.0);
                for seed in 0..3 {
                    runs.push(Observation {
                        dim,
                        rank: 2,
                        points,
                        labels: 256,
                        seed,
                        smallest_cosine: 1.0,
                        features: error,
                        student: error,
                        floats,
                    });
                }
            }
        }
        runs
    }

    #[test]
    fn curves_of_one_law_coincide_when_they_are_scaled() {
        let found = collapse(&runs());
        assert_eq!((found.curves.len(), found.pairs), (3, 3));
        assert!(found.apart_scaled.unwrap() < 1e-9);
        assert!(found.apart.unwrap() > 0.3);
    }

    #[test]
    fn curves_of_one_shape_coincide_when_divided_by_their_floors() {
        // Relative to r²d + L, memory is the same for every d; errors differ by a factor, their height.
        let shaped = |run: Observation| {
            let share = 0.8 + run.points as f64 / 8.0;
            Observation {
                floats: share * (4 * run.dim + 256) as f64,
                student: run.dim as f64 * share.powi(-2).max(0.2),
                ..run
            }
        };
        let found = collapse(&runs().into_iter().map(shaped).collect::<Vec<_>>());
        assert!(found.apart_scaled.unwrap() > 0.6);
        assert!(found.shapes_apart_scaled.unwrap() < 1e-9);
        assert!(found.shapes_apart.unwrap() > 0.1);
    }

    #[test]
    fn curves_without_common_memory_are_not_compared() {
        let kept = |run: &Observation| match run.dim {
            32 => run.points <= 8,
            _ => run.points >= 4,
        };
        let runs: Vec<Observation> = runs().into_iter().filter(kept).collect();
        let found = collapse(&runs);
        // The curve of d = 32 ends before the others begin. Divided by r²d + L they overlap.
        assert_eq!((found.curves.len(), found.pairs), (3, 1));
    }

    #[test]
    fn runs_of_phase_1_alone_have_no_curve() {
        let alone: Vec<Observation> = runs()
            .into_iter()
            .map(|run| Observation { labels: 0, ..run })
            .collect();
        let found = collapse(&alone);
        assert_eq!((found.curves.len(), found.apart), (0, None));
    }
}
