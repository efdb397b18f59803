//! Clusters of rows: their centres, and what the ways to find them share.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate};
use rayon::prelude::*;

/// Number of lanes that a squared distance is summed in.
const LANES: usize = 8;
/// Most centres that are compared with each other.
const MOST_COMPARED: usize = 2000;

/// Clusters of rows. No cluster is empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clusters {
    /// The mean of each cluster's rows, `[clusters, columns]`.
    pub centres: Array2<f32>,
    /// Number of rows of each cluster.
    pub sizes: Vec<usize>,
    /// The sum of the rows' squared distances to the centre of their cluster.
    pub inertia: f64,
}

impl Clusters {
    /// The clusters with these numbers, `[rows]`, each below `count`. Those without rows are left out.
    pub fn of(rows: ArrayView2<'_, f32>, nearest: &[usize], count: usize) -> Self {
        let (centres, sizes) = means(rows, nearest, count);
        let inertia = nearest.iter().enumerate().map(|(row, &cluster)| {
            let [row, centre] = [rows.row(row), centres.row(cluster)];
            let squares = row
                .iter()
                .zip(centre)
                .map(|(a, b)| f64::from(a - b).powi(2));
            squares.sum::<f64>()
        });
        let inertia = inertia.sum();
        let held: Vec<usize> = (0..count).filter(|&cluster| sizes[cluster] > 0).collect();
        Self {
            centres: centres.select(Axis(0), &held),
            sizes: held.iter().map(|&cluster| sizes[cluster]).collect(),
            inertia,
        }
    }

    /// A cluster for each row that differs from all rows before it.
    pub fn of_different(rows: ArrayView2<'_, f32>) -> Self {
        let mut seen = BTreeMap::new();
        let of_row = |row: ArrayView1<'_, f32>| {
            let bits: Vec<u32> = row.iter().map(|value| value.to_bits()).collect();
            let next = seen.len();
            *seen.entry(bits).or_insert(next)
        };
        let nearest: Vec<usize> = rows.rows().into_iter().map(of_row).collect();
        Self::of(rows, &nearest, seen.len())
    }

    /// The clusters of several sets of rows together, at least one.
    pub fn joined(all: Vec<Self>) -> Self {
        let centres: Vec<_> = all.iter().map(|of| of.centres.view()).collect();
        Self {
            centres: concatenate(Axis(0), &centres).unwrap_or_default(),
            inertia: all.iter().map(|of| of.inertia).sum(),
            sizes: all.into_iter().flat_map(|of| of.sizes).collect(),
        }
    }

    /// The order of the centres in which the first k are a good choice of k, for every k. The next centre is
    /// always the one that lowers the sum over centres of (rows) · (squared distance to the nearest centre
    /// chosen) most. More than 2000 centres are ordered by their number of rows, the largest first.
    pub fn nested_order(&self) -> Vec<usize> {
        let count = self.sizes.len();
        if count > MOST_COMPARED {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_key(|&centre| Reverse(self.sizes[centre]));
            return order;
        }
        let apart: Vec<Vec<f64>> = (0..count)
            .into_par_iter()
            .map(|a| {
                let to = |b: usize| {
                    let pair = self.centres.row(a).to_owned() - self.centres.row(b);
                    pair.iter().map(|v| f64::from(*v).powi(2)).sum()
                };
                (0..count).map(to).collect()
            })
            .collect();
        let mut nearest = vec![f64::INFINITY; count];
        let mut order = Vec::with_capacity(count);
        let mut free: Vec<usize> = (0..count).collect();
        while !free.is_empty() {
            let left = |&centre: &usize| -> f64 {
                let pairs = nearest.iter().zip(&apart[centre]).zip(&self.sizes);
                pairs
                    .map(|((near, to), &size)| near.min(*to) * size as f64)
                    .sum()
            };
            let sums: Vec<f64> = free.par_iter().map(left).collect();
            let best = (0..sums.len()).min_by(|&a, &b| sums[a].total_cmp(&sums[b]));
            let centre = free.remove(best.unwrap_or(0));
            for (near, to) in nearest.iter_mut().zip(&apart[centre]) {
                *near = near.min(*to);
            }
            order.push(centre);
        }
        order
    }
}

/// The squared distance of two rows of the same length.
pub(super) fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (chunks, others) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = chunks.remainder().iter().zip(others.remainder());
    let tail: f32 = rest.map(|(a, b)| (a - b) * (a - b)).sum();
    for (a, b) in chunks.zip(others) {
        for lane in 0..LANES {
            let difference = a[lane] - b[lane];
            lanes[lane] += difference * difference;
        }
    }
    lanes.iter().sum::<f32>() + tail
}

/// The mean of the rows of each cluster, and their number. A cluster without rows has mean 0. Sums are in the
/// order of the rows.
pub(super) fn means(
    rows: ArrayView2<'_, f32>,
    nearest: &[usize],
    count: usize,
) -> (Array2<f32>, Vec<usize>) {
    let mut members = vec![Vec::new(); count];
    for (row, &cluster) in nearest.iter().enumerate() {
        members[cluster].push(row);
    }
    let mean = |members: &Vec<usize>| -> Vec<f32> {
        let mut sum = vec![0.0_f64; rows.ncols()];
        for &row in members {
            for (sum, value) in sum.iter_mut().zip(rows.row(row)) {
                *sum += f64::from(*value);
            }
        }
        let share = 1.0 / members.len().max(1) as f64;
        sum.into_iter().map(|sum| (sum * share) as f32).collect()
    };
    let found: Vec<Vec<f32>> = members.par_iter().map(mean).collect();
    let centres = Array2::from_shape_fn((count, rows.ncols()), |(cluster, column)| {
        found[cluster][column]
    });
    (centres, members.iter().map(Vec::len).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_cluster_has_the_mean_of_its_rows_and_none_is_empty() {
        let rows = array![[0.0_f32, 1.0], [4.0, 1.0], [2.0, 1.0], [0.0, 3.0]];
        let found = Clusters::of(rows.view(), &[0, 0, 3, 3], 4);
        assert_eq!(found.centres, array![[2.0, 1.0], [1.0, 2.0]]);
        assert_eq!(found.sizes, [2, 2]);
        assert!((found.inertia - 12.0).abs() < 1e-12);
    }

    #[test]
    fn squared_distances_are_those_of_any_length() {
        for length in [0_usize, 1, 7, 8, 9, 21] {
            let a: Vec<f32> = (0..length).map(|place| place as f32).collect();
            let b = vec![1.0; length];
            let expected: f32 = a.iter().map(|v| (v - 1.0) * (v - 1.0)).sum();
            assert_eq!(squared_distance(&a, &b), expected, "{length}");
        }
    }

    #[test]
    fn the_first_centres_stand_for_most_rows() {
        let clusters = Clusters {
            centres: array![[0.0], [10.0], [11.0], [50.0]],
            sizes: vec![1, 1000, 30, 2],
            inertia: 0.0,
        };
        // 10 leaves 100 + 30 + 3200, 11 leaves 1000 and more. Then 50 takes most, and 0 is 100 against 30.
        assert_eq!(clusters.nested_order(), [1, 3, 0, 2]);
    }
}
