//! k-means: centres with the least sum of squared distances of rows to the nearest of them.
//!
//! Lloyd's iterations from the greedy k-means++ start of Arthur and Vassilvitskii ("k-means++: The advantages
//! of careful seeding", SODA 2007), several times, of which the one with the least sum goes on. The starts of
//! large data are tried on a random sample of the rows. Sums have a fixed order, so the bits do not depend
//! on the number of threads.

use ndarray::{Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::clusters::{Clusters, means, squared_distance};
use crate::seed::{Seed, Stream};

/// Largest number of starts.
const STARTS: usize = 10;
/// Largest number of iterations.
const ITERATIONS: usize = 100;
/// Least number of iterations, however much work they are.
const FEWEST: usize = 5;
/// Iterations that a start needs as a rule.
const USUAL: usize = 30;
/// Iterations end if they lower the sum by less than this share.
const TOLERANCE: f64 = 1e-6;
/// The same share for rows that starts are tried on a sample of.
const TOLERANCE_OF_MANY: f64 = 1e-4;
/// Count of numbers in a sample that starts are tried on.
const SAMPLE: usize = 1 << 20;
/// Least number of a sample's rows, and for each centre.
const SAMPLE_ROWS: usize = 2000;
const SAMPLE_PER_CENTRE: usize = 20;
/// Bound on the products of all starts together, and on those of the iterations after them: some seconds.
const WORK: usize = 1 << 34;
/// Number of rows that a thread takes at a time.
const CHUNK: usize = 512;

/// Finds `count` clusters of rows `[n, columns]`, or as many as there are different rows if these are fewer.
/// If a single iteration is more than a few seconds of work, the rows are divided at random into parts, each
/// with its share of the clusters.
pub(crate) fn k_means(rows: ArrayView2<'_, f32>, count: usize, seed: &Seed) -> Clusters {
    within(WORK, rows, count, seed)
}

/// The clusters, with a bound on the products of all starts together, and of the iterations after them.
fn within(work: usize, rows: ArrayView2<'_, f32>, count: usize, seed: &Seed) -> Clusters {
    let (n, columns) = rows.dim();
    if count == 0 || n == 0 {
        return Clusters::of(rows.slice(s![..0, ..]), &[], 0);
    }
    if count >= n {
        return Clusters::of_different(rows);
    }
    let rows = rows.as_standard_layout();
    let rows = rows.view();
    let pass = |rows: usize| rows.saturating_mul(columns.saturating_mul(count)).max(1);
    let parts = pass(n).div_ceil(work / FEWEST);
    if parts > 1 && count > 1 {
        // Twice as many, so that no part must be divided again.
        return in_parts(work, rows, count, (2 * parts).min(count), seed);
    }
    let wanted = (SAMPLE / columns.max(1)).max(SAMPLE_ROWS);
    let wanted = wanted.max(SAMPLE_PER_CENTRE.saturating_mul(count));
    let sample = (wanted < n).then(|| {
        let mut places = seed.child("sample").stream().sample(n, wanted);
        places.sort_unstable();
        rows.select(Axis(0), &places)
    });
    let tried = sample.as_ref().map_or(rows, |it| it.view());
    let tolerance = match sample {
        None => TOLERANCE,
        Some(_) => TOLERANCE_OF_MANY,
    };
    let of_start = pass(tried.nrows()).saturating_mul(USUAL);
    let starts = (work / of_start).clamp(1, STARTS);
    let turns = |work: usize, rows: usize| (work / pass(rows)).clamp(FEWEST, ITERATIONS);
    let try_start = |start: usize| {
        let mut stream = seed.indexed("start", start as u64).stream();
        let centres = plus_plus(tried, count, &mut stream);
        let most = turns(work / starts, tried.nrows());
        lloyd(tried, centres, most, tolerance)
    };
    let best = (0..starts)
        .map(try_start)
        .reduce(|a, b| if b.inertia < a.inertia { b } else { a });
    let best = best.unwrap_or_else(|| Clusters::of(rows, &vec![0; n], 1));
    match sample {
        None => best,
        Some(_) => lloyd(rows, best.centres, turns(work, n), tolerance),
    }
}

/// The clusters of `parts` random parts of the rows.
fn in_parts(
    work: usize,
    rows: ArrayView2<'_, f32>,
    count: usize,
    parts: usize,
    seed: &Seed,
) -> Clusters {
    let order = seed.child("parts").stream().permutation(rows.nrows());
    // The places of part p among all, in equal shares.
    let share = |all: usize, part: usize| all / parts * part + (all % parts).min(part);
    let of_part = |part: usize| {
        let mut places = order[share(order.len(), part)..share(order.len(), part + 1)].to_vec();
        places.sort_unstable();
        let own = rows.select(Axis(0), &places);
        let clusters = share(count, part + 1) - share(count, part);
        let seed = seed.indexed("part", part as u64);
        within(work / parts, own.view(), clusters, &seed)
    };
    Clusters::joined((0..parts).into_par_iter().map(of_part).collect())
}

/// The centre nearest to each row, and the squared distance to it.
struct Nearest {
    clusters: Vec<usize>,
    squares: Vec<f32>,
}

impl Nearest {
    fn of(rows: ArrayView2<'_, f32>, centres: &Array2<f32>) -> Self {
        let halves: Vec<f32> = centres
            .rows()
            .into_iter()
            .map(|c| 0.5 * c.dot(&c))
            .collect();
        let chunks: Vec<_> = rows.axis_chunks_iter(Axis(0), CHUNK).collect();
        let (width, all) = (rows.ncols(), centres.as_slice().unwrap_or_default());
        let of_chunk = |rows: ArrayView2<'_, f32>| -> Vec<(usize, f32)> {
            // ‖x − c‖²/2 without ‖x‖²/2.
            let products = rows.dot(&centres.t());
            let pairs = rows.rows().into_iter().zip(products.rows());
            let nearest = pairs.map(|(row, products)| {
                let mut best = (0, f32::INFINITY);
                for (cluster, (half, product)) in halves.iter().zip(products).enumerate() {
                    if half - product < best.1 {
                        best = (cluster, half - product);
                    }
                }
                let centre = &all[best.0 * width..][..width];
                let row = row.to_slice().unwrap_or_default();
                (best.0, squared_distance(row, centre))
            });
            nearest.collect()
        };
        let found: Vec<Vec<(usize, f32)>> = chunks.into_par_iter().map(of_chunk).collect();
        let (clusters, squares) = found.into_iter().flatten().unzip();
        Self { clusters, squares }
    }

    fn inertia(&self) -> f64 {
        self.squares.iter().copied().map(f64::from).sum()
    }
}

/// Lloyd's iterations, at most `turns`, until one lowers the sum by less than the share `tolerance`. A cluster that lost its rows starts again at a row that is farthest
/// from its centre.
fn lloyd(
    rows: ArrayView2<'_, f32>,
    mut centres: Array2<f32>,
    turns: usize,
    tolerance: f64,
) -> Clusters {
    let count = centres.nrows();
    let mut before = f64::INFINITY;
    let mut nearest = Nearest::of(rows, &centres);
    for _ in 0..turns {
        let inertia = nearest.inertia();
        let (found, sizes) = means(rows, &nearest.clusters, count);
        centres = found;
        let empty: Vec<usize> = (0..count).filter(|&cluster| sizes[cluster] == 0).collect();
        let is_refilled = refill(rows, &nearest, &empty, &mut centres);
        if !is_refilled && before - inertia <= tolerance * inertia {
            break;
        }
        before = inertia;
        nearest = Nearest::of(rows, &centres);
    }
    Clusters::of(rows, &nearest.clusters, count)
}

/// Moves empty clusters to the rows that are farthest from their centre, and returns whether any was moved.
fn refill(
    rows: ArrayView2<'_, f32>,
    nearest: &Nearest,
    empty: &[usize],
    centres: &mut Array2<f32>,
) -> bool {
    if empty.is_empty() {
        return false;
    }
    let mut far: Vec<usize> = (0..rows.nrows())
        .filter(|&row| nearest.squares[row] > 0.0)
        .collect();
    far.sort_by(|&a, &b| nearest.squares[b].total_cmp(&nearest.squares[a]));
    for (&cluster, &row) in empty.iter().zip(&far) {
        centres.row_mut(cluster).assign(&rows.row(row));
    }
    !far.is_empty()
}

/// The greedy k-means++ start: each next centre is the best of a few rows, which are drawn in proportion to
/// their squared distance to the nearest centre so far. There are fewer than `count` if no row is left that
/// differs from all of them.
fn plus_plus(rows: ArrayView2<'_, f32>, count: usize, stream: &mut Stream) -> Array2<f32> {
    let candidates = 2 + (count as f64).ln() as usize;
    let mut chosen = vec![stream.below(rows.nrows())];
    let mut squares = closer(rows, chosen[0], &vec![f32::INFINITY; rows.nrows()]);
    while chosen.len() < count {
        let mut sums = Vec::with_capacity(squares.len());
        let mut total = 0.0_f64;
        for &square in &squares {
            total += f64::from(square);
            sums.push(total);
        }
        // A NaN among the rows has no distances to draw by.
        if total.is_nan() || total <= 0.0 {
            break;
        }
        let drawn = (0..candidates).map(|_| {
            let at = f64::from(stream.unit()) * total;
            sums.partition_point(|&sum| sum <= at).min(rows.nrows() - 1)
        });
        let tried: Vec<usize> = drawn.collect();
        let found = tried.into_iter().map(|row| {
            let squares = closer(rows, row, &squares);
            let left: f64 = squares.iter().copied().map(f64::from).sum();
            (row, squares, left)
        });
        let Some((row, nearer, _)) = found.reduce(|a, b| if b.2 < a.2 { b } else { a }) else {
            break;
        };
        chosen.push(row);
        squares = nearer;
    }
    rows.select(Axis(0), &chosen)
}

/// The squared distances to the nearest centre, with one row as a further centre.
fn closer(rows: ArrayView2<'_, f32>, centre: usize, squares: &[f32]) -> Vec<f32> {
    let (width, all) = (rows.ncols(), rows.to_slice().unwrap_or_default());
    let row = |place: usize| &all[place * width..][..width];
    let near = (squares.par_iter().enumerate().with_min_len(CHUNK))
        .map(|(place, square)| square.min(squared_distance(row(place), row(centre))));
    near.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ndarray::array;

    /// The least inertia of all divisions of the rows into `count` clusters.
    fn brute_force(rows: &Array2<f32>, count: usize) -> f64 {
        let n = rows.nrows();
        let of_code = |code: usize| {
            let digit = |row: usize| code / count.pow(row as u32) % count;
            let nearest: Vec<usize> = (0..n).map(digit).collect();
            Clusters::of(rows.view(), &nearest, count).inertia
        };
        let all = 0..count.pow(n as u32);
        all.map(of_code).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn few_rows_have_the_least_inertia_of_all_divisions_or_nearly_so() {
        for seed in 0..12 {
            let seed = Seed::new(seed);
            let free = seed.child("rows").stream().normal_matrix(8, 2);
            let groups = Array2::from_shape_fn((8, 2), |(row, column)| {
                (row % 3) as f32 * 9.0 + free[[row, column]]
            });
            // Lloyd's iterations end at a division that no single row improves, which need not be the best.
            for (rows, excess) in [(groups, 1e-6), (free, 0.15)] {
                for count in 1..=3 {
                    let found = k_means(rows.view(), count, &seed);
                    let above = found.inertia / brute_force(&rows, count) - 1.0;
                    assert!((-1e-6..excess).contains(&above), "{count}: {above}");
                    assert_eq!(found.sizes.iter().sum::<usize>(), 8);
                }
            }
        }
    }

    #[test]
    fn equal_rows_have_one_cluster_and_no_more_clusters_than_rows_are_made() {
        let seed = Seed::new(1);
        let rows = array![[1.0_f32], [1.0], [3.0], [1.0]];
        let found = k_means(rows.view(), 4, &seed);
        let mut centres = found.centres.clone().into_raw_vec_and_offset().0;
        centres.sort_by(f32::total_cmp);
        assert_eq!((centres, found.inertia), (vec![1.0, 3.0], 0.0));
        assert_eq!(k_means(rows.view(), 9, &seed).centres.nrows(), 2);
        assert_eq!(k_means(rows.slice(s![..0, ..]), 3, &seed).sizes.len(), 0);
        assert_eq!(k_means(rows.view(), 0, &seed).sizes.len(), 0);
    }

    #[test]
    fn parts_have_their_shares_of_the_clusters() {
        let rows = Array2::from_shape_fn((40, 1), |(row, _)| row as f32);
        let found = in_parts(WORK, rows.view(), 7, 3, &Seed::new(5));
        assert_eq!((found.sizes.len(), found.sizes.iter().sum()), (7, 40));
        let sum = |of: Vec<f32>| of.iter().sum::<f32>();
        let weighted = found.centres.column(0).into_iter().zip(&found.sizes);
        let weighted = weighted.map(|(centre, size)| centre * *size as f32);
        assert!((sum(weighted.collect()) - sum(rows.column(0).to_vec())).abs() < 1e-2);
    }

    #[test]
    fn a_cluster_without_rows_starts_again() {
        let rows = array![[0.0_f32], [1.0], [10.0], [11.0]];
        let found = lloyd(rows.view(), array![[0.5], [100.0]], 10, TOLERANCE);
        assert_eq!(found.sizes, [2, 2]);
    }

    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let rows = Seed::new(2).stream().normal_matrix(3000, 9);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| k_means(rows.view(), 7, &Seed::new(3)))
        };
        assert_eq!(with(1), with(3));
    }
}
