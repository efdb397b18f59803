//! A power law fitted to thresholds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::threshold::Threshold;
use crate::seed::Seed;

/// Resamples that intervals are taken from.
const RESAMPLES: usize = 4000;

/// 1 − ρ², ρ the correlation of ln r and ln d, up to which they count as lying on one line.
const COLLINEAR: f64 = 1e-9;

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

/// Logarithms of the thresholds' points by d, r and L.
type Cells = BTreeMap<[usize; 3], Vec<f64>>;

/// The law of these thresholds; none where they do not determine it, as those of a single rank or
/// dimension. Intervals are those of the percentile bootstrap over the triples of d, r and L, and over
/// seeds within each: they hold how seeds differ and how far the triples lie off the law, but not how
/// coarse the numbers of points are that were tried.
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
        // One that happens to have a single rank or dimension says nothing.
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

/// a, p and q of a + p x + q y = z by least squares over rows (x, y, z); none where they are not
/// determined: where x and y lie on one line.
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
    fn what_lies_off_the_law_widens_them_where_all_seeds_agree() {
        let bent = made(|_, rank, _| Some([1, 8, 9, 64][rank - 1]));
        let law = fit(&bent, &Seed::new(2)).unwrap();
        let [low, high] = law.rank.interval;
        assert!(low < law.rank.value && law.rank.value < high && high - low > 0.05);
    }

    #[test]
    fn thresholds_of_other_labels_are_cells_of_their_own() {
        // Twice the labels, twice the points: seeds agree, and numbers of labels do not.
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
    fn one_rank_alone_and_ranks_that_grow_with_the_dimension_say_nothing() {
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
