//! The Cholesky factor of a symmetric positive definite matrix, in tiles, and linear systems solved with it.
//!
//! The tiles of a column are computed in parallel, and so are the columns of a right side. One thread
//! computes each tile, and subtracts products from it in a fixed order. So the bits do not depend on the
//! number of threads.

use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// Number of rows and of columns of a tile, and number of columns of a right side that are solved together.
const TILE: usize = 64;

/// L with A = LLᵀ.
pub(super) struct Cholesky {
    /// The tiles of each column of tiles, from the diagonal downwards.
    columns: Vec<Vec<Mat<f64>>>,
}

impl Cholesky {
    /// Returns the factor of a symmetric matrix, or `None` if the matrix is not positive definite. Only its
    /// lower triangle is read.
    pub fn of(matrix: &Array2<f64>) -> Option<Self> {
        let size = matrix.nrows();
        let length = |first: usize| TILE.min(size - first);
        let tile = |row: usize, column: usize| {
            Mat::from_fn(length(row), length(column), |i, j| {
                matrix[[row + i, column + j]]
            })
        };
        let starts = |from: usize| (from..size).step_by(TILE);
        let mut columns: Vec<Vec<Mat<f64>>> = starts(0)
            .map(|column| starts(column).map(|row| tile(row, column)).collect())
            .collect();
        for place in 0..columns.len() {
            let (done, left) = columns.split_at_mut(place + 1);
            let column = &mut done[place];
            let corner = column[0].llt(Side::Lower).ok()?.L().to_owned();
            column[1..].par_iter_mut().for_each(|tile| {
                // With the corner C, the tile A becomes the L with A = L Cᵀ, so C Lᵀ = Aᵀ.
                solve_lower_triangular_in_place(corner.as_ref(), tile.transpose_mut(), Par::Seq);
            });
            column[0] = corner;
            let column = &*column;
            left.par_iter_mut().enumerate().for_each(|(behind, tiles)| {
                let across = column[1 + behind].as_ref();
                tiles.par_iter_mut().enumerate().for_each(|(below, tile)| {
                    let down = column[1 + behind + below].as_ref();
                    matmul(tile, Accum::Add, down, across.transpose(), -1.0, Par::Seq);
                });
            });
        }
        Some(Self { columns })
    }

    /// Returns the X with A X = B, for B `[size, columns]`.
    pub fn solve(&self, right: &Array2<f64>) -> Array2<f64> {
        let mut solution = right.clone();
        let chunks: Vec<_> = solution.axis_chunks_iter_mut(Axis(1), TILE).collect();
        chunks.into_par_iter().for_each(|mut columns| {
            let (size, count) = columns.dim();
            let mut solved = Mat::from_fn(size, count, |row, column| columns[[row, column]]);
            self.solve_in_place(solved.as_mut());
            columns
                .indexed_iter_mut()
                .for_each(|(place, value)| *value = solved[place]);
        });
        solution
    }

    fn solve_in_place(&self, mut right: MatMut<'_, f64>) {
        let subtract = |from: MatMut<'_, f64>, left: MatRef<'_, f64>, right: MatRef<'_, f64>| {
            matmul(from, Accum::Add, left, right, -1.0, Par::Seq);
        };
        for (place, column) in self.columns.iter().enumerate() {
            let (_, rest) = right.rb_mut().split_at_row_mut(place * TILE);
            let (mut here, mut below) = rest.split_at_row_mut(column[0].nrows());
            solve_lower_triangular_in_place(column[0].as_ref(), here.rb_mut(), Par::Seq);
            for tile in &column[1..] {
                let (next, rest) = below.split_at_row_mut(tile.nrows());
                subtract(next, tile.as_ref(), here.rb());
                below = rest;
            }
        }
        for (place, column) in self.columns.iter().enumerate().rev() {
            let (_, rest) = right.rb_mut().split_at_row_mut(place * TILE);
            let (mut here, below) = rest.split_at_row_mut(column[0].nrows());
            for (tile, first) in column[1..].iter().zip((0..).step_by(TILE)) {
                let behind = below.rb().subrows(first, tile.nrows());
                subtract(here.rb_mut(), tile.as_ref().transpose(), behind);
            }
            let corner = column[0].as_ref().transpose();
            solve_upper_triangular_in_place(corner, here, Par::Seq);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::seed::Seed;

    /// A positive definite matrix, and a right side.
    fn system(size: usize, columns: usize) -> (Array2<f64>, Array2<f64>) {
        let mut stream = Seed::new(11).stream();
        let mut normal = |rows, columns| stream.normal_matrix(rows, columns).mapv(f64::from);
        let factor = normal(size, size);
        let shift = Array2::<f64>::eye(size) * 0.1 * size as f64;
        (factor.dot(&factor.t()) + shift, normal(size, columns))
    }

    #[test]
    fn it_solves_systems_of_any_size() {
        for (size, columns) in [
            (1, 1),
            (5, 70),
            (64, 3),
            (65, 1),
            (128, 64),
            (200, 130),
            (0, 2),
        ] {
            let (matrix, right) = system(size, columns);
            let found = Cholesky::of(&matrix).unwrap().solve(&right);
            let rest = matrix.dot(&found) - &right;
            let error = rest
                .iter()
                .fold(0.0, |most: f64, value| most.max(value.abs()));
            assert!(error < 1e-10, "{size}, {columns}: {error:e}");
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        // Only the last pivot of the last tile is negative.
        let (mut matrix, _) = system(130, 0);
        matrix[[129, 129]] = -1.0;
        assert!(Cholesky::of(&matrix).is_none());
        assert!(Cholesky::of(&Array2::zeros((3, 3))).is_none());
        assert!(Cholesky::of(&Array2::from_elem((2, 2), f64::NAN)).is_none());
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let (matrix, right) = system(300, 200);
        let bits = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let solve = || {
                Cholesky::of(&matrix)
                    .unwrap()
                    .solve(&right)
                    .mapv(f64::to_bits)
            };
            pool.build().unwrap().install(solve)
        };
        let alone = bits(1);
        for threads in [2, 3, 5] {
            assert!(bits(threads) == alone, "{threads} threads");
        }
    }
}
