//! A power law fitted to thresholds.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::Threshold;
use crate::linear_algebra::solve_positive_definite;
use crate::seed::Seed;

/// Resamples that intervals are taken from.
const RESAMPLES: usize = 4000;

/// Share of the resamples outside the interval, on both sides together.
const OUTSIDE: f64 = 0.05;

/// An exponent with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Exponent {
    /// The least-squares estimate.
    pub value: f64,
    /// Ends of the 95 % interval.
    pub interval: [f64; 2],
}

/// M₁ = c · r^p · d^q, by least squares on logarithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PowerLaw {
    /// c.
    pub factor: f64,
    /// p; the theory has at most 2.
    pub rank: Exponent,
    /// q; the theory has 0.
    pub dim: Exponent,
    /// Thresholds that it was fitted to.
    pub thresholds: usize,
    /// Thresholds above every number of points that was tried, which are left out.
    pub beyond: usize,
}

/// The law of these thresholds. Intervals are those of the percentile bootstrap over seeds, drawn anew
/// within each d and r; none where there are fewer than two ranks or dimensions to compare.
pub fn fit(thresholds: &[Threshold], seed: &Seed) -> Option<PowerLaw> {
    let mut cells: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
    for of in thresholds {
        if let Some(points) = of.points {
            let cell = cells.entry((of.dim, of.rank)).or_default();
            cell.push((points as f64).ln());
        }
    }
    let ranks: BTreeSet<usize> = cells.keys().map(|(_, rank)| *rank).collect();
    let dims: BTreeSet<usize> = cells.keys().map(|(dim, _)| *dim).collect();
    if ranks.len() < 2 || dims.len() < 2 {
        return None;
    }
    let samples = |cells: &BTreeMap<(usize, usize), Vec<f64>>| -> Vec<[f64; 3]> {
        let rows = cells.iter().flat_map(|(&(dim, rank), points)| {
            let row = move |&points: &f64| [(rank as f64).ln(), (dim as f64).ln(), points];
            points.iter().map(row)
        });
        rows.collect()
    };
    let [factor, rank, dim] = least_squares(&samples(&cells))?;
    let mut stream = seed.child("bootstrap").stream();
    let mut found: [Vec<f64>; 2] = Default::default();
    for _ in 0..RESAMPLES {
        let mut drawn = cells.clone();
        for (cell, points) in &cells {
            let again = points.iter().map(|_| points[stream.below(points.len())]);
            drawn.insert(*cell, again.collect());
        }
        let [_, rank, dim] = least_squares(&samples(&drawn))?;
        found[0].push(rank);
        found[1].push(dim);
    }
    let [of_rank, of_dim] = found.map(interval);
    Some(PowerLaw {
        factor: factor.exp(),
        rank: Exponent {
            value: rank,
            interval: of_rank,
        },
        dim: Exponent {
            value: dim,
            interval: of_dim,
        },
        thresholds: thresholds.iter().filter(|of| of.points.is_some()).count(),
        beyond: thresholds.iter().filter(|of| of.points.is_none()).count(),
    })
}

/// a, p and q of a + p x + q y = z by least squares over rows (x, y, z); none where they are not
/// determined.
fn least_squares(rows: &[[f64; 3]]) -> Option<[f64; 3]> {
    let design = Array2::from_shape_fn((rows.len(), 3), |(row, column)| match column {
        0 => 1.0,
        column => rows[row][column - 1],
    });
    let wanted = Array1::from_iter(rows.iter().map(|row| row[2]));
    let normal = design.t().dot(&design);
    let right = design.t().dot(&wanted).insert_axis(ndarray::Axis(1));
    let found = solve_positive_definite(&normal, &right, 0.0).ok()?;
    let found = [found[(0, 0)], found[(1, 0)], found[(2, 0)]];
    found.iter().all(|value| value.is_finite()).then_some(found)
}

fn interval(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    [OUTSIDE / 2.0, 1.0 - OUTSIDE / 2.0].map(|share| {
        let place = (share * last).round() as usize;
        values.get(place).copied().unwrap_or(f64::NAN)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn made(points: impl Fn(usize, usize, u64) -> Option<usize>) -> Vec<Threshold> {
        let mut made = Vec::new();
        for dim in [32, 64, 128] {
            for rank in 1..=4 {
                for seed in 0..5 {
                    let points = points(dim, rank, seed);
                    made.push(Threshold {
                        dim,
                        rank,
                        seed,
                        points,
                    });
                }
            }
        }
        made
    }

    #[test]
    fn an_exact_law_is_found_with_no_doubt() {
        let law = fit(&made(|_, rank, _| Some(2 * rank * rank)), &Seed::new(0)).unwrap();
        assert!((law.factor - 2.0).abs() < 1e-9);
        assert!((law.rank.value - 2.0).abs() < 1e-9 && law.dim.value.abs() < 1e-9);
        assert!(law.rank.interval.iter().all(|end| (end - 2.0).abs() < 1e-9));
        assert_eq!((law.thresholds, law.beyond), (60, 0));
    }

    #[test]
    fn scatter_widens_the_intervals_and_what_is_beyond_is_left_out() {
        let noisy = made(|dim, rank, seed| match (rank, seed) {
            (4, 4) => None,
            (_, seed) => Some((dim / 32) * rank * (1 + seed as usize % 2)),
        });
        let law = fit(&noisy, &Seed::new(1)).unwrap();
        assert_eq!((law.thresholds, law.beyond), (57, 3));
        let [low, high] = law.dim.interval;
        assert!(low < 1.0 && 1.0 < high && high - low > 0.05, "{low} {high}");
        assert!((law.rank.value - 1.0).abs() < 0.15, "{}", law.rank.value);
    }

    #[test]
    fn one_rank_alone_says_nothing() {
        let one = made(|_, _, _| Some(3))
            .into_iter()
            .filter(|of| of.rank == 2);
        assert_eq!(fit(&one.collect::<Vec<_>>(), &Seed::new(0)), None);
    }
}
