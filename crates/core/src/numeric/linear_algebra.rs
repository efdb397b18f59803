//! Singular values, factorisations and large products on the host, with faer.
//!
//! Large products are spread over threads, but one thread computes each sum, in a fixed order. So the bits
//! do not depend on the number of threads.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::cholesky::Cholesky;
use super::triangle::Triangle;
use crate::error::{Error, Result};

/// The top `count` singular directions of points `[n, d]` as orthonormal columns `[d, count]`, largest
/// singular value first. There are at most min(n, d).
pub fn top_directions(points: &Array2<f64>, count: usize) -> Array2<f64> {
    first(directions(points).1, count)
}

/// The first `count` columns, or all if there are fewer.
fn first(columns: Array2<f64>, count: usize) -> Array2<f64> {
    let count = count.min(columns.ncols());
    columns.slice_move(s![.., ..count])
}

/// All singular values of points `[n, d]`, largest first, and their directions as orthonormal columns
/// `[d, min(n, d)]`. Both are empty if the computation does not converge.
pub fn directions(points: &Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    match to_faer(points.t()).thin_svd() {
        Ok(svd) => (
            svd.S().column_vector().iter().copied().collect(),
            from_faer(svd.U()),
        ),
        Err(_) => (Vec::new(), Array2::zeros((points.ncols(), 0))),
    }
}

/// Two singular values count as equal if they differ by at most this fraction of the largest one. It is far
/// above the rounding of double precision.
const EQUAL: f64 = 1e-9;

/// The span of the top `count` singular directions of points `[n, d]`, as an orthonormal basis `[d, k]`.
///
/// The span is well defined by the points, and so its dimension k may differ from `count`. Directions whose
/// singular value equals that of the last one also belong to the span. Directions whose singular value
/// equals 0 do not.
pub fn top_span(points: &Array2<f64>, count: usize) -> Array2<f64> {
    let (values, columns) = directions(points);
    let Some(&last) = values.get(count.min(values.len()).saturating_sub(1)) else {
        return first(columns, 0);
    };
    let margin = EQUAL * values[0];
    let belongs = |value: &&f64| **value > margin && **value >= last - margin;
    first(columns, values.iter().take_while(belongs).count())
}

/// Eigenvalues of a symmetric matrix, largest first, and their eigenvectors as columns. Both are empty if the
/// computation does not converge.
pub fn symmetric_eigen(matrix: &Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let Ok(eigen) = to_faer(matrix.view()).self_adjoint_eigen(Side::Lower) else {
        return (Vec::new(), Array2::zeros((matrix.nrows(), 0)));
    };
    let values: Vec<f64> = eigen.S().column_vector().iter().rev().copied().collect();
    let vectors = from_faer(eigen.U()).slice_move(s![.., ..;-1]);
    (values, vectors)
}

/// The largest eigenvalue of a symmetric matrix, or `None` if the matrix is empty or the computation does not
/// converge.
pub fn largest_eigenvalue(matrix: &Array2<f64>) -> Option<f64> {
    let values = to_faer(matrix.view()).self_adjoint_eigenvalues(Side::Lower);
    values.ok()?.last().copied()
}

/// The mean eigenvalue of a square matrix, or 0 if the matrix is empty.
pub fn mean_eigenvalue(matrix: &Array2<f64>) -> f64 {
    matrix.diag().mean().unwrap_or(0.0)
}

/// The singular values of a matrix, largest first. They are empty if the computation does not converge.
pub fn singular_values(matrix: &Array2<f64>) -> Vec<f64> {
    to_faer(matrix.view()).singular_values().unwrap_or_default()
}

/// Solves A X = B for a symmetric positive definite A by its Cholesky factor.
///
/// # Errors
/// [`Error::Singular`] with this penalty, if A is not positive definite or the solution is not finite.
pub fn solve_positive_definite(
    matrix: &Array2<f64>,
    right: &Array2<f64>,
    penalty: f64,
) -> Result<Array2<f64>> {
    let singular = || Error::Singular {
        size: matrix.nrows(),
        penalty,
    };
    let solution = Cholesky::of(matrix).ok_or_else(singular)?.solve(right);
    if solution.iter().all(|value| value.is_finite()) {
        Ok(solution)
    } else {
        Err(singular())
    }
}

/// Number of rows that one step of a large product takes.
pub(super) const ROWS: usize = 512;

/// Mean `[d]` of rows `[n, d]`, in double precision. It is 0 if there are no rows.
pub fn column_means(rows: &Array2<f32>) -> Array1<f64> {
    let mut mean = Array1::<f64>::zeros(rows.ncols());
    for row in rows.rows() {
        mean.zip_mut_with(&row, |mean, &value| *mean += f64::from(value));
    }
    mean * (1.0 / rows.nrows().max(1) as f64)
}

/// Mean `[d]` and covariance `[d, d]` of rows `[n, d]`, in double precision. Only the lower triangle of the
/// covariance is filled, zeros are above it. The rows are converted a few at a time.
pub fn covariance(rows: &Array2<f32>) -> (Array1<f64>, Mat<f64>) {
    let width = rows.ncols();
    let share = 1.0 / rows.nrows().max(1) as f64;
    let mean = column_means(rows);
    let mut sum = Triangle::zero(width);
    let mut centred = Vec::new();
    for rows in rows.axis_chunks_iter(Axis(0), ROWS) {
        centred.clear();
        for row in rows.rows() {
            centred.extend(row.iter().zip(&mean).map(|(&v, mean)| f64::from(v) - mean));
        }
        let centred = MatRef::from_row_major_slice(&centred, rows.nrows(), width);
        sum.add(centred, share);
    }
    let lower = |row: usize, column: usize| match row < column {
        true => 0.0,
        false => sum.entry(row, column),
    };
    (mean, Mat::from_fn(width, width, lower))
}

/// (A + shift·I)^(−1/2) for a symmetric positive semi-definite A. Only the lower triangle of A is read. The
/// result is exactly symmetric. Returns `None` if the eigenvalues do not converge.
pub fn inverse_root(matrix: Mat<f64>, shift: f64) -> Option<Array2<f32>> {
    let eigen = matrix.self_adjoint_eigen(Side::Lower).ok()?;
    drop(matrix);
    let size = eigen.U().nrows();
    // With V = U (Λ + shift·I)^(−1/4), the result V Vᵀ stays positive definite despite rounding.
    let values = eigen.S().column_vector();
    let scales: Vec<f64> = values
        .iter()
        .map(|v| (v.max(0.0) + shift).powf(-0.25))
        .collect();
    let scaled = Mat::from_fn(size, size, |row, column| {
        eigen.U()[(row, column)] * scales[column]
    });
    drop(eigen);
    let mut product = Triangle::zero(size);
    product.add(scaled.transpose(), 1.0);
    Some(Array2::from_shape_fn((size, size), |(row, column)| {
        product.entry(row, column) as f32
    }))
}

/// Replaces rows x `[n, d]` by (x − shift) A, for A `[d, d]`.
pub fn shift_and_multiply(rows: &mut Array2<f32>, shift: &Array1<f32>, matrix: &Array2<f32>) {
    let width = rows.ncols();
    let factor: Vec<f32> = matrix.iter().copied().collect();
    let factor = MatRef::from_row_major_slice(&factor, width, width);
    let mut chunks: Vec<_> = rows.axis_chunks_iter_mut(Axis(0), ROWS).collect();
    chunks
        .par_iter_mut()
        .for_each_init(Vec::new, |shifted, chunk| {
            shifted.clear();
            for row in chunk.rows() {
                shifted.extend(row.iter().zip(shift).map(|(v, shift)| v - shift));
            }
            let mut product = vec![0.0; shifted.len()];
            matmul(
                MatMut::from_row_major_slice_mut(&mut product, chunk.nrows(), width),
                Accum::Replace,
                MatRef::from_row_major_slice(shifted, chunk.nrows(), width),
                factor,
                1.0,
                Par::Seq,
            );
            for (value, product) in chunk.iter_mut().zip(product) {
                *value = product;
            }
        });
}

/// Makes the rows of a matrix `[r, d]` with r ≤ d orthonormal, from first to last, by Gram–Schmidt with a
/// second pass against rounding. The rows must be linearly independent. Normally distributed rows become
/// uniformly random directions. Sums have a fixed order, so equal rows give equal bits.
pub fn orthonormal_rows(matrix: &Array2<f64>) -> Array2<f64> {
    let mut basis = matrix.clone();
    for row in 0..basis.nrows() {
        let (before, mut rest) = basis.view_mut().split_at(Axis(0), row);
        let mut current = rest.row_mut(0);
        for _pass in 0..2 {
            for earlier in before.rows() {
                let overlap = earlier.dot(&current);
                current.scaled_add(-overlap, &earlier);
            }
            let norm = current.dot(&current).sqrt();
            if norm > 0.0 {
                current /= norm;
            }
        }
    }
    basis
}

fn to_faer(matrix: ArrayView2<'_, f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |row, column| {
        matrix[[row, column]]
    })
}

fn from_faer(matrix: MatRef<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((matrix.nrows(), matrix.ncols()), |(row, column)| {
        matrix[(row, column)]
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::seed::Seed;

    #[test]
    fn a_span_is_what_the_points_determine() {
        let wide = |values: [f64; 4]| Array2::from_diag(&ndarray::arr1(&values));
        for (values, count, dimension) in [
            ([4.0, 3.0, 2.0, 1.0], 2, 2),
            ([4.0, 3.0, 2.0, 1.0], usize::MAX, 4),
            // The second and the third direction have the same singular value.
            ([4.0, 3.0, 3.0, 1.0], 2, 3),
            ([4.0, 3.0, 0.0, 0.0], usize::MAX, 2),
            ([4.0, 3.0, 1e-12, 0.0], 3, 2),
            ([0.0; 4], 2, 0),
            ([f64::NAN; 4], 2, 0),
        ] {
            let span = top_span(&wide(values), count);
            assert_eq!(span.dim(), (4, dimension), "{values:?}, {count}");
        }
    }

    #[test]
    fn large_products_are_those_of_the_formula() {
        // More rows and columns than one step takes.
        const COLUMNS: usize = 128;
        let rows = Seed::new(2).stream().normal_matrix(ROWS + 7, COLUMNS + 9);
        let (mean, lower) = covariance(&rows);
        let wide = rows.mapv(f64::from);
        let centred = &wide - &mean;
        let expected = centred.t().dot(&centred) / rows.nrows() as f64;
        for ((row, column), expected) in expected.indexed_iter().filter(|((r, c), _)| c <= r) {
            assert!((lower[(row, column)] - expected).abs() < 1e-12);
        }
        let root = inverse_root(lower, 0.1).map(|root| root.mapv(f64::from));
        let shifted = expected + Array2::<f64>::eye(COLUMNS + 9) * 0.1;
        let identity =
            root.map(|root| root.dot(&shifted).dot(&root) - Array2::<f64>::eye(root.nrows()));
        assert!(identity.is_some_and(|rest| rest.iter().all(|v| v.abs() < 1e-5)));

        let shift = mean.mapv(|v| v as f32);
        let matrix = Seed::new(3)
            .stream()
            .normal_matrix(COLUMNS + 9, COLUMNS + 9);
        let mut product = rows.clone();
        shift_and_multiply(&mut product, &shift, &matrix);
        let expected = (&rows - &shift).dot(&matrix);
        assert!((product - expected).iter().all(|v| v.abs() < 1e-3));
    }

    #[test]
    fn large_products_have_the_same_bits_on_any_number_of_threads() {
        let rows = Seed::new(2).stream().normal_matrix(ROWS + 7, 265);
        let bits = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let white = || {
                let (mean, lower) = covariance(&rows);
                let root = inverse_root(lower, 0.1).unwrap();
                let mut product = rows.clone();
                shift_and_multiply(&mut product, &mean.mapv(|v| v as f32), &root);
                product.mapv(f32::to_bits)
            };
            pool.build().unwrap().install(white)
        };
        let alone = bits(1);
        for threads in [2, 3, 5] {
            assert!(bits(threads) == alone, "{threads} threads");
        }
    }

    #[test]
    fn orthonormal_rows_keep_their_span() {
        let normal = Seed::new(1).stream().normal_matrix(4, 9).mapv(f64::from);
        let basis = orthonormal_rows(&normal);
        let gram = basis.dot(&basis.t());
        assert!(
            (gram - Array2::<f64>::eye(4))
                .iter()
                .all(|v| v.abs() < 1e-14)
        );
        let rebuilt = normal.dot(&basis.t()).dot(&basis);
        assert!((rebuilt - normal).iter().all(|v| v.abs() < 1e-13));
    }
}
