//! Singular values and factorisations on the host, in double precision, by faer.

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};
use ndarray::{Array2, ArrayView2, Axis};

use crate::error::{Error, Result};

/// The top `count` directions of points `[n, d]` as orthonormal columns `[d, count]`: left singular
/// vectors of the transposed points, largest singular value first. Fewer where there are fewer
/// points or dimensions.
pub fn top_directions(points: &Array2<f64>, count: usize) -> Array2<f64> {
    let transposed = to_faer(points.t());
    let count = count.min(points.nrows()).min(points.ncols());
    match transposed.thin_svd() {
        Ok(svd) => from_faer(svd.U().get(.., ..count)),
        Err(_) => Array2::zeros((points.ncols(), 0)),
    }
}

/// Largest difference, as a share of the largest singular value, between singular values that count
/// as equal: far above the rounding of double precision.
const EQUAL: f64 = 1e-9;

/// The span of the top `count` directions of points `[n, d]`, as any orthonormal basis `[d, k]` of it.
///
/// The points determine the span, and so its dimension k: a direction whose singular value equals
/// that of the last one belongs to it too, and one whose singular value equals 0 does not.
pub fn top_span(points: &Array2<f64>, count: usize) -> Array2<f64> {
    let empty = || Array2::zeros((points.ncols(), 0));
    let Ok(svd) = to_faer(points.t()).thin_svd() else {
        return empty();
    };
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let Some(&last) = values.get(count.min(values.len()).saturating_sub(1)) else {
        return empty();
    };
    let margin = EQUAL * values[0];
    let belongs = |value: &&f64| **value > margin && **value >= last - margin;
    from_faer(svd.U().get(.., ..values.iter().take_while(belongs).count()))
}

/// Singular values, largest first; none where they do not converge.
pub fn singular_values(matrix: &Array2<f64>) -> Vec<f64> {
    to_faer(matrix.view()).singular_values().unwrap_or_default()
}

/// Solves A X = B for a symmetric positive definite A by its Cholesky factor.
///
/// # Errors
/// [`Error::Singular`], with that penalty, where A is not positive definite.
pub fn solve_positive_definite(
    matrix: &Array2<f64>,
    right: &Array2<f64>,
    penalty: f64,
) -> Result<Array2<f64>> {
    let singular = || Error::Singular {
        size: matrix.nrows(),
        penalty,
    };
    let factor = to_faer(matrix.view())
        .llt(Side::Lower)
        .map_err(|_| singular())?;
    let solution = from_faer(factor.solve(to_faer(right.view())).as_ref());
    if solution.iter().all(|value| value.is_finite()) {
        Ok(solution)
    } else {
        Err(singular())
    }
}

/// Makes the rows of `[r, d]`, r <= d, orthonormal, first to last: Gram–Schmidt with a second pass
/// against rounding. The rows must be independent. Rows of normal draws become uniformly random
/// directions. Sums run in a fixed order, so equal rows give equal bits.
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
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn a_span_is_what_the_points_determine() {
        let wide = |values: [f64; 4]| Array2::from_diag(&ndarray::arr1(&values));
        for (values, count, dimension) in [
            ([4.0, 3.0, 2.0, 1.0], 2, 2),
            ([4.0, 3.0, 2.0, 1.0], usize::MAX, 4),
            // The second direction is no other than the third.
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
