//! Coresets that choose rows class by class, by distance. Distances are between rows as networks see them,
//! normalised or whitened. Some papers use distances between features of a trained network, so their
//! numbers differ.

use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::task::Split;

/// Chooses `counts[c]` rows of each class c, or all if there are fewer, and returns their places, class by
/// class. `choose` gets the inputs of a class and its count, and returns the places of the chosen rows within
/// the class.
pub(super) fn by_class(
    split: &Split,
    counts: &[usize],
    choose: impl Fn(&Array2<f32>, usize) -> Vec<usize> + Sync,
) -> Vec<usize> {
    let all = split.rows_by_class(counts.len());
    let of_class = |(places, &count): (&Vec<usize>, &usize)| -> Vec<usize> {
        let rows = split.inputs.select(Axis(0), places);
        let chosen = choose(&rows, count.min(rows.nrows())).into_iter();
        chosen.map(|row| places[row]).collect()
    };
    let chosen: Vec<Vec<usize>> = all.par_iter().zip(counts).map(of_class).collect();
    chosen.concat()
}

/// The mean row.
pub(super) fn mean(rows: &Array2<f32>) -> Array1<f32> {
    rows.mean_axis(Axis(0))
        .unwrap_or_else(|| Array1::zeros(rows.ncols()))
}

/// The squared distance of each row to a point, `[rows]`.
pub(super) fn squared_distances(rows: &Array2<f32>, point: &Array1<f32>) -> Array1<f32> {
    (rows - point)
        .mapv_into(|difference| difference * difference)
        .sum_axis(Axis(1))
}

/// The free row whose value beats all others, the first of equal ones; `None` if no row is free.
pub(super) fn extreme(
    values: &Array1<f32>,
    free: &[bool],
    beats: impl Fn(f32, f32) -> bool,
) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (row, &value) in values.iter().enumerate().filter(|(row, _)| free[*row]) {
        if best.is_none_or(|(_, top)| beats(value, top)) {
            best = Some((row, value));
        }
    }
    best.map(|(row, _)| row)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{herding, k_center};
    use super::*;
    use ndarray::array;

    /// Two classes, {0, 1, 2} and {9, 7, 8, 9.5}.
    pub fn split() -> Split {
        let inputs = array![[0.0], [9.0], [1.0], [7.0], [2.0], [8.0], [9.5]];
        Split::classes(inputs, vec![0, 1, 0, 1, 0, 1, 1], 2)
    }

    #[test]
    fn coresets_have_the_requested_number_of_rows() {
        for counts in [[1, 0], [0, 3], [2, 4], [3, 1]] {
            for chosen in [herding(&split(), &counts), k_center(&split(), &counts)] {
                let found = split().select(&chosen).rows_by_class(2);
                assert_eq!([found[0].len(), found[1].len()], counts);
            }
        }
    }

    #[test]
    fn coresets_have_at_most_all_rows() {
        assert_eq!(herding(&split(), &[50, 50]).len(), 7);
        assert_eq!(k_center(&split(), &[50, 50]).len(), 7);
    }
}
