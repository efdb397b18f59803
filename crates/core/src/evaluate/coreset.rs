//! Subsets of real data chosen by geometry: the baselines `herding` and `k_center`. Distances are those
//! of the rows as networks see them, normalised or whitened; some papers take those of a trained
//! network's features, so that their numbers differ.

use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::task::{Split, Task, even_shares};

/// The coresets of a task that are scored, by name, each of `count` training rows; none where there
/// are no classes.
pub(super) fn all(task: &Task, count: usize) -> Vec<(&'static str, Vec<usize>)> {
    let Some(classes) = task.target.classes() else {
        return Vec::new();
    };
    vec![
        ("herding", herding(&task.train, classes, count)),
        ("k_center", k_center(&task.train, classes, count)),
    ]
}

/// Rows whose mean follows the class mean as closely as a greedy choice can (Welling, "Herding
/// dynamical weights to learn", 2009): `count` in all, class by class in [`even_shares`].
pub fn herding(split: &Split, classes: usize, count: usize) -> Vec<usize> {
    by_class(split, classes, count, |rows, count| {
        let mean = mean(rows);
        let mut wanted = mean.clone();
        let mut chosen = Vec::new();
        let mut free = vec![true; rows.nrows()];
        for _ in 0..count {
            // With w the sum of what is still wanted, the next row minimises ‖w − x‖.
            let scores = squared_distances(rows, &wanted);
            let Some(next) = extreme(&scores, &free, |a, b| a < b) else {
                break;
            };
            free[next] = false;
            chosen.push(next);
            wanted = wanted + &mean - rows.row(next);
        }
        chosen
    })
}

/// The row next to the class mean, then always the row farthest from those chosen (Sener and
/// Savarese, "Active learning for convolutional neural networks: a core-set approach", 2018):
/// `count` in all, class by class in [`even_shares`].
pub fn k_center(split: &Split, classes: usize, count: usize) -> Vec<usize> {
    by_class(split, classes, count, |rows, count| {
        let mut free = vec![true; rows.nrows()];
        let mut next = extreme(&squared_distances(rows, &mean(rows)), &free, |a, b| a < b);
        let mut nearest = Array1::from_elem(rows.nrows(), f32::INFINITY);
        let mut chosen = Vec::new();
        while let Some(row) = next.filter(|_| chosen.len() < count) {
            free[row] = false;
            chosen.push(row);
            let distances = squared_distances(rows, &rows.row(row).to_owned());
            nearest.zip_mut_with(&distances, |old, new| *old = old.min(*new));
            next = extreme(&nearest, &free, |a, b| a > b);
        }
        chosen
    })
}

fn by_class(
    split: &Split,
    classes: usize,
    count: usize,
    choose: impl Fn(&Array2<f32>, usize) -> Vec<usize> + Sync,
) -> Vec<usize> {
    let all = split.rows_by_class(classes);
    let sizes: Vec<usize> = all.iter().map(Vec::len).collect();
    let shares = even_shares(&sizes, count);
    let of_class = |(places, share): (&Vec<usize>, usize)| -> Vec<usize> {
        let rows = split.inputs.select(Axis(0), places);
        let chosen = choose(&rows, share).into_iter();
        chosen.map(|row| places[row]).collect()
    };
    let chosen: Vec<Vec<usize>> = all.par_iter().zip(shares).map(of_class).collect();
    chosen.concat()
}

fn mean(rows: &Array2<f32>) -> Array1<f32> {
    rows.mean_axis(Axis(0))
        .unwrap_or_else(|| Array1::zeros(rows.ncols()))
}

fn squared_distances(rows: &Array2<f32>, point: &Array1<f32>) -> Array1<f32> {
    (rows - point)
        .mapv_into(|difference| difference * difference)
        .sum_axis(Axis(1))
}

/// The free row that beats all others; the first of equals.
fn extreme(values: &Array1<f32>, free: &[bool], beats: impl Fn(f32, f32) -> bool) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (row, &value) in values.iter().enumerate().filter(|(row, _)| free[*row]) {
        if best.is_none_or(|(_, top)| beats(value, top)) {
            best = Some((row, value));
        }
    }
    best.map(|(row, _)| row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn split() -> Split {
        let inputs = array![[0.0], [9.0], [1.0], [7.0], [2.0], [8.0], [9.5]];
        Split::classes(inputs, vec![0, 1, 0, 1, 0, 1, 1], 2)
    }

    #[test]
    fn herding_starts_at_the_mean_and_keeps_it() {
        // Class 0 is {0, 1, 2}: the mean row, then one side, then the other.
        let chosen = herding(&split(), 2, 6);
        assert_eq!(chosen[0], 2);
        assert_eq!(
            chosen[..3]
                .iter()
                .copied()
                .collect::<std::collections::BTreeSet<_>>(),
            [0, 2, 4].into()
        );
        assert!(chosen[3..].iter().all(|row| split().labels[*row] == 1));
    }

    #[test]
    fn k_center_goes_to_the_edges() {
        let chosen = k_center(&split(), 2, 4);
        // Class 1 is {9, 7, 8, 9.5} with mean 8.375: first 8, then the farthest from it, 9.5.
        assert_eq!(chosen, [2, 0, 5, 6]);
    }

    #[test]
    fn as_many_rows_as_asked_for() {
        for count in 1..=7 {
            assert_eq!(herding(&split(), 2, count).len(), count);
            assert_eq!(k_center(&split(), 2, count).len(), count);
        }
    }

    #[test]
    fn no_more_rows_than_there_are() {
        assert_eq!(herding(&split(), 2, 100).len(), 7);
        assert_eq!(k_center(&split(), 2, 100).len(), 7);
    }
}
