//! A power law fitted to thresholds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::threshold::Threshold;
use crate::seed::Seed;

/// Number of bootstrap resamples.
const RESAMPLES: usize = 4000;

/// Bound on 1 − ρ², where ρ is the correlation of ln r and ln d. Below it they count as collinear.
const COLLINEAR: f64 = 1e-9;

/// Share of the resamples outside of the interval, on both sides together.
const OUTSIDE: f64 = 0.05;

/// An exponent with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Exponent {
    /// The least-squares estimate.
    pub value: f64,
    /// Ends of the 95 % interval.
    pub interval: [f64; 2],
}

/// The power law M₁ = c · r^p · d^q, fitted by least squares on logarithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PowerLaw {
    /// c.
    pub factor: f64,
    /// p; at most 2 by the theory.
    pub rank: Exponent,
    /// q; 0 by the theory.
    pub dim: Exponent,
    /// Number of thresholds in the fit.
    pub thresholds: usize,
    /// Number of thresholds above every number of points tried, which the fit leaves out.
    pub beyond: usize,
}

/// Logarithms of the thresholds' numbers of points, by `[d, r, L]`.
type Cells = BTreeMap<[usize; 3], Vec<f64>>;

/// Fits a power law to thresholds. Returns `None` if they do not determine it, such as those of a single
/// rank or dimension.
///
/// Intervals come from the percentile bootstrap over the triples of d, r and L, and over seeds within each.
/// They cover the variation between seeds and the deviation of triples from the law, but not the spacing
/// of the numbers of points that were tried.
pub fn fit<'a>(
    thresholds: impl IntoIterator<Item = &'a Threshold>,
    seed: &Seed,
) -> Option<PowerLaw> {
    let mut cells = Cells::new();
    let (mut known, mut beyond) = (0, 0);
    for of in thresholds {
        let Some(points) = of.points else {
            beyond += 1;
            continue;
        };
        known += 1;
        let cell = cells.entry([of.dim, of.rank, of.labels]).or_default();
        cell.push((points as f64).ln());
    }
    let row =
        |[dim, rank, _]: [usize; 3], points: f64| [(rank as f64).ln(), (dim as f64).ln(), points];
    let cells: Vec<_> = cells.into_iter().collect();
    let all = cells
        .iter()
        .flat_map(|(cell, points)| points.iter().map(|it| row(*cell, *it)));
    let [factor, rank, dim] = least_squares(&all.collect::<Vec<_>>())?;
    let mut stream = seed.child("bootstrap").stream();
    let mut found: [Vec<f64>; 2] = Default::default();
    for _ in 0..RESAMPLES {
        let mut drawn = Vec::new();
        for _ in &cells {
            let (cell, points) = &cells[stream.below(cells.len())];
            let again = points.iter().map(|_| points[stream.below(points.len())]);
            drawn.extend(again.map(|points| row(*cell, points)));
        }
        // A resample with a single rank or dimension does not determine the law and is skipped.
        if let Some([_, rank, dim]) = least_squares(&drawn) {
            found[0].push(rank);
            found[1].push(dim);
        }
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
        thresholds: known,
        beyond,
    })
}

/// Least-squares solution `[a, p, q]` of a + p x + q y = z over rows (x, y, z). Returns `None` if x and y are
/// collinear.
fn least_squares(rows: &[[f64; 3]]) -> Option<[f64; 3]> {
    let count = rows.len() as f64;
    let mean = [0, 1, 2].map(|column| rows.iter().map(|row| row[column]).sum::<f64>() / count);
    let product = |one: usize, other: usize| -> f64 {
        let products = rows
            .iter()
            .map(|row| (row[one] - mean[one]) * (row[other] - mean[other]));
        products.sum()
    };
    let (xx, yy, xy) = (product(0, 0), product(1, 1), product(0, 1));
    let determinant = xx * yy - xy * xy;
    if determinant.is_nan() || determinant <= COLLINEAR * xx * yy {
        return None;
    }
    let (xz, yz) = (product(0, 2), product(1, 2));
    let p = (xz * yy - yz * xy) / determinant;
    let q = (yz * xx - xz * xy) / determinant;
    Some([mean[2] - p * mean[0] - q * mean[1], p, q])
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
                        labels: 0,
                        seed,
                        points,
                        is_largest: false,
                    });
                }
            }
        }
        made
    }

    #[test]
    fn an_exact_law_has_intervals_of_length_zero() {
        let law = fit(&made(|_, rank, _| Some(2 * rank * rank)), &Seed::new(0)).unwrap();
        assert!((law.factor - 2.0).abs() < 1e-9);
        assert!((law.rank.value - 2.0).abs() < 1e-9 && law.dim.value.abs() < 1e-9);
        assert!(law.rank.interval.iter().all(|end| (end - 2.0).abs() < 1e-9));
        assert_eq!((law.thresholds, law.beyond), (60, 0));
    }

    #[test]
    fn scatter_widens_the_intervals_and_unknown_thresholds_are_left_out() {
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
    fn deviations_from_the_law_widen_the_intervals_if_all_seeds_agree() {
        let bent = made(|_, rank, _| Some([1, 8, 9, 64][rank - 1]));
        let law = fit(&bent, &Seed::new(2)).unwrap();
        let [low, high] = law.rank.interval;
        assert!(low < law.rank.value && law.rank.value < high && high - low > 0.05);
    }

    #[test]
    fn thresholds_of_other_labels_are_cells_of_their_own() {
        // Thresholds double with the labels, so seeds agree but numbers of labels do not.
        let doubled = made(|_, rank, _| Some(rank)).into_iter().flat_map(|of| {
            [1, 2].map(|labels| Threshold {
                labels,
                points: of.points.map(|points| labels * points),
                ..of
            })
        });
        let doubled: Vec<Threshold> = doubled.collect();
        let mixed: Vec<Threshold> = doubled
            .iter()
            .map(|of| Threshold { labels: 0, ..*of })
            .collect();
        let law = fit(&doubled, &Seed::new(3)).unwrap();
        assert!((law.rank.value - 1.0).abs() < 1e-9 && law.thresholds == 120);
        let width = |law: &PowerLaw| law.rank.interval[1] - law.rank.interval[0];
        assert!(width(&law) > 2.0 * width(&fit(&mixed, &Seed::new(3)).unwrap()));
    }

    #[test]
    fn a_single_rank_or_ranks_proportional_to_the_dimension_do_not_determine_the_law() {
        let of = |kept: fn(&Threshold) -> bool| {
            let some = made(|_, _, _| Some(3)).into_iter().filter(kept);
            fit(&some.collect::<Vec<_>>(), &Seed::new(0))
        };
        assert_eq!(of(|it| it.rank == 2), None);
        assert_eq!(of(|it| (it.dim, it.rank) == (32, 1)), None);
        assert_eq!(of(|it| it.dim == 32 * it.rank), None);
        assert_eq!(of(|_| false), None);
    }
}
