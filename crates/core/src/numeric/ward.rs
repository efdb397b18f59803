//! Agglomerative clustering by Ward's linkage.

use std::collections::BTreeMap;

use ndarray::{ArrayView2, s};
use rayon::prelude::*;

use super::clusters::Clusters;

/// Number of rows whose distances a thread computes at a time.
const BAND: usize = 128;

/// Joins rows `[n, columns]` to `count` clusters (or n if these are fewer): always the two whose union raises
/// the sum of squared distances to the centres least (Ward, "Hierarchical grouping to optimize an objective
/// function", 1963). It holds n²/2 numbers.
pub(crate) fn ward(rows: ArrayView2<'_, f32>, count: usize) -> Clusters {
    let n = rows.nrows();
    if count >= n {
        return Clusters::of(rows, &(0..n).collect::<Vec<_>>(), n);
    }
    let mut distances = vec![0.0_f32; n * (n - 1) / 2];
    let mut rest = distances.as_mut_slice();
    let mut lines = Vec::with_capacity(n);
    for row in 0..n {
        let (line, others) = rest.split_at_mut(n - 1 - row);
        lines.push(line);
        rest = others;
    }
    // ‖a − b‖² = ‖a‖² − 2ab + ‖b‖², in double precision.
    let wide = rows.mapv(f64::from);
    let norms: Vec<f64> = wide.rows().into_iter().map(|row| row.dot(&row)).collect();
    lines
        .par_chunks_mut(BAND)
        .enumerate()
        .for_each(|(band, lines)| {
            let first = band * BAND;
            let own = wide.slice(s![first..first + lines.len(), ..]);
            let products = own.dot(&wide.slice(s![first.., ..]).t());
            for (a, line) in lines.iter_mut().enumerate() {
                for (b, distance) in line.iter_mut().enumerate() {
                    let b = a + 1 + b;
                    let square = norms[first + a] - 2.0 * products[[a, b]] + norms[first + b];
                    *distance = square.max(0.0).sqrt() as f32;
                }
            }
        });
    let joined = kodama::linkage(&mut distances, n, kodama::Method::Ward);
    // Step s joins two clusters to the cluster n + s.
    let mut parents: Vec<usize> = (0..2 * n - 1).collect();
    for (step, join) in joined.steps().iter().take(n - count.max(1)).enumerate() {
        parents[join.cluster1] = n + step;
        parents[join.cluster2] = n + step;
    }
    let top = |mut cluster: usize| {
        while parents[cluster] != cluster {
            cluster = parents[cluster];
        }
        cluster
    };
    let mut numbers = BTreeMap::new();
    let number = |row| {
        let next = numbers.len();
        *numbers.entry(top(row)).or_insert(next)
    };
    let nearest: Vec<usize> = (0..n).map(number).collect();
    Clusters::of(rows, &nearest, numbers.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use ndarray::{Array2, Axis, array};

    /// Ward's clustering as it is defined: n − k times, the pair of clusters whose union costs least.
    fn as_defined(rows: &Array2<f32>, count: usize) -> f64 {
        let inertia = |members: &[usize]| {
            let own = rows.select(Axis(0), members);
            Clusters::of(own.view(), &vec![0; members.len()], 1).inertia
        };
        let mut clusters: Vec<Vec<usize>> = (0..rows.nrows()).map(|row| vec![row]).collect();
        while clusters.len() > count {
            let pairs = (0..clusters.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
            let cost = |&(a, b): &(usize, usize)| {
                let both = [clusters[a].clone(), clusters[b].clone()].concat();
                inertia(&both) - inertia(&clusters[a]) - inertia(&clusters[b])
            };
            let best = pairs.min_by(|x, y| cost(x).total_cmp(&cost(y)));
            let (a, b) = best.unwrap_or_default();
            let moved = clusters.remove(a);
            clusters[b].extend(moved);
        }
        clusters.iter().map(|members| inertia(members)).sum()
    }

    #[test]
    fn clusters_are_those_of_the_definition() {
        for seed in 0..8 {
            let rows = Seed::new(seed).stream().normal_matrix(14, 3);
            for count in [1, 2, 4, 9, 14] {
                let found = ward(rows.view(), count);
                assert_eq!(found.centres.nrows(), count);
                let expected = as_defined(&rows, count);
                assert!((found.inertia - expected).abs() < 1e-5 * expected.max(1.0));
            }
        }
    }

    #[test]
    fn more_clusters_than_rows_are_the_rows() {
        let rows = array![[1.0_f32, 2.0], [3.0, 4.0]];
        assert_eq!(ward(rows.view(), 5).centres, rows);
        assert_eq!(ward(rows.view(), 1).centres, array![[2.0, 3.0]]);
    }
}
