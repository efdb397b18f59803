//! Thresholds: the fewest points that are enough.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::observation::{Observation, mean};

/// Points span S if their smallest principal cosine is above this.
pub const COSINE: f64 = 0.9;

/// Largest error that is good enough, as a multiple of the floor. The floor is the smallest mean error
/// over seeds of any number of points.
pub const FLOOR: f64 = 1.5;

/// The smallest number of points, of those tried, whose smallest cosine is above [`COSINE`] and whose
/// features have an error of at most [`FLOOR`] times the floor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// d.
    pub dim: usize,
    /// r.
    pub rank: usize,
    /// L.
    pub labels: usize,
    /// Seed of the runs.
    pub seed: u64,
    /// The number of points; `None` if no number that was tried is enough.
    pub points: Option<usize>,
    /// Whether this is the largest number tried. With more points the floor might have been lower.
    #[serde(default)]
    pub is_largest: bool,
}

/// The geometric mean of numbers of points, or `None` if there are none.
pub fn geometric_mean(points: impl Iterator<Item = usize>) -> Option<f64> {
    let logarithms: Vec<f64> = points.map(|points| (points as f64).ln()).collect();
    (!logarithms.is_empty()).then(|| mean(&logarithms).exp())
}

/// Returns the threshold of every d, r, L and seed among these runs, in that order. A triple of d, r and L
/// with runs of a single number of points has none.
pub fn thresholds<'a>(runs: impl Iterator<Item = &'a Observation>) -> Vec<Threshold> {
    let mut cells: BTreeMap<[usize; 3], Vec<&Observation>> = BTreeMap::new();
    for run in runs {
        let cell = cells.entry([run.dim, run.rank, run.labels]).or_default();
        cell.push(run);
    }
    cells.retain(|_, runs| runs.iter().any(|run| run.points != runs[0].points));
    let of_cell = |([dim, rank, labels], runs): ([usize; 3], Vec<&Observation>)| {
        let floor = floor(&runs);
        let largest = runs.iter().map(|run| run.points).max();
        let mut seeds: BTreeMap<u64, Option<usize>> = BTreeMap::new();
        for run in runs {
            let least = seeds.entry(run.seed).or_default();
            let is_enough = run.smallest_cosine > COSINE && run.features <= FLOOR * floor;
            if is_enough && least.is_none_or(|least| run.points < least) {
                *least = Some(run.points);
            }
        }
        seeds.into_iter().map(move |(seed, points)| Threshold {
            dim,
            rank,
            labels,
            seed,
            points,
            is_largest: points.is_some() && points == largest,
        })
    };
    cells.into_iter().flat_map(of_cell).collect()
}

/// The smallest mean error over seeds of any number of points.
fn floor(runs: &[&Observation]) -> f64 {
    let mut errors: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for run in runs {
        errors.entry(run.points).or_default().push(run.features);
    }
    let means = errors.values().map(|errors| mean(errors));
    means.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(points: usize, seed: u64, smallest_cosine: f64, features: f64) -> Observation {
        Observation {
            dim: 32,
            rank: 2,
            points,
            labels: 0,
            seed,
            smallest_cosine,
            features,
            student: features,
            floats: 1.0,
        }
    }

    #[test]
    fn points_are_enough_if_they_span_the_subspace_and_the_error_is_near_the_floor() {
        // The floor is 0.1, with eight points.
        let runs = [
            run(2, 0, 0.05, 0.1),
            run(4, 0, 0.95, 0.16),
            run(8, 0, 0.95, 0.12),
            run(16, 0, 0.99, 0.13),
            run(4, 1, 0.95, 0.14),
            run(8, 1, 0.95, 0.08),
            run(8, 2, 0.5, 0.1),
            run(16, 3, 0.95, 0.12),
        ];
        let found = thresholds(runs.iter())
            .into_iter()
            .map(|of| (of.seed, of.points, of.is_largest));
        let expected = [
            (0, Some(8), false),
            (1, Some(4), false),
            (2, None, false),
            (3, Some(16), true),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert!(thresholds(runs[2..3].iter()).is_empty());
    }
}
