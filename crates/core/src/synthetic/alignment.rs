//! Alignment of the points with the principal subspace S = span(U), and singular directions of the points.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::numeric::linear_algebra::{directions, singular_values, top_directions};

/// How much of the points lies in S.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PointAlignment {
    /// ‖X̃U‖² / ‖X̃‖² of the points X̃ `[n, d]`, in [0, 1].
    pub points: f64,
    /// Smallest principal cosine between the top r directions of the points and S, in [0, 1]. It is 0 if
    /// there are fewer than r directions.
    pub smallest_cosine: f64,
}

impl PointAlignment {
    /// The alignment of points `[n, d]` with the span of U `[d, r]`, whose columns are orthonormal.
    pub fn of(points: &Array2<f64>, basis: &Array2<f64>) -> Self {
        let found = top_directions(points, basis.ncols());
        let cosines = singular_values(&basis.t().dot(&found));
        let smallest_cosine = if found.ncols() < basis.ncols() {
            0.0
        } else {
            cosines.last().copied().unwrap_or(0.0).min(1.0)
        };
        Self {
            points: fraction_within(basis, points),
            smallest_cosine,
        }
    }
}

/// One singular direction of the points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SingularDirection {
    /// The singular value, at least 0.
    pub value: f64,
    /// ‖Uᵀv‖² of the direction v, its share inside S, in [0, 1]. `None` if S is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_subspace: Option<f64>,
}

/// The min(n, d) singular directions of points `[n, d]`, largest singular value first. If `basis`, the
/// orthonormal columns `[d, r]` of S, is given, each has its share inside S. The result is empty if the
/// singular values do not converge. A singular value of 0 has an arbitrary direction, so its share is
/// arbitrary too.
pub fn spectrum(points: &Array2<f64>, basis: Option<&Array2<f64>>) -> Vec<SingularDirection> {
    let Some(basis) = basis else {
        let bare = |value| SingularDirection {
            value,
            in_subspace: None,
        };
        return singular_values(points).into_iter().map(bare).collect();
    };
    let (values, found) = directions(points);
    let inside = basis.t().dot(&found);
    let squares = inside.columns().into_iter().map(|it| it.dot(&it));
    let direction = |(value, square): (f64, f64)| SingularDirection {
        value,
        in_subspace: Some(square.clamp(0.0, 1.0)),
    };
    values.into_iter().zip(squares).map(direction).collect()
}

/// ‖XU‖² / ‖X‖² of rows X `[n, d]`, for U `[d, r]` with orthonormal columns. It is 0 for X = 0.
pub(crate) fn fraction_within(basis: &Array2<f64>, rows: &Array2<f64>) -> f64 {
    let squares = |matrix: &Array2<f64>| matrix.iter().map(|v| v * v).sum::<f64>();
    let total = squares(rows);
    if total > 0.0 {
        squares(&rows.dot(basis)) / total
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ndarray::array;

    #[test]
    fn each_direction_has_its_value_and_its_share() {
        // S is the first axis. The second direction has half of its square in S.
        let root = 0.5_f64.sqrt();
        let basis = array![[1.0], [0.0], [0.0]];
        let points = array![[0.0, 0.0, -3.0], [2.0 * root, 2.0 * root, 0.0]];
        let found = spectrum(&points, Some(&basis));
        let expected = [(3.0, 0.0), (2.0, 0.5)];
        assert_eq!(found.len(), expected.len());
        for (found, (value, share)) in found.iter().zip(expected) {
            assert!((found.value - value).abs() < 1e-12, "{found:?}");
            assert!((found.in_subspace.unwrap() - share).abs() < 1e-12);
        }
        let bare = spectrum(&points, None);
        assert!(bare.iter().all(|it| it.in_subspace.is_none()));
        assert!((bare[1].value - 2.0).abs() < 1e-12);
        // The mean of the shares, weighted by the squares of the values, is the share of all points.
        let alignment = PointAlignment::of(&points, &basis);
        assert!((alignment.points - 2.0 / 13.0).abs() < 1e-12);
        assert!(alignment.smallest_cosine.abs() < 1e-12);
    }

    #[test]
    fn points_with_nan_have_no_spectrum() {
        let basis = array![[1.0], [0.0]];
        let points = array![[f64::NAN, 1.0]];
        assert!(spectrum(&points, Some(&basis)).is_empty());
        assert!(spectrum(&points, None).is_empty());
        assert_eq!(PointAlignment::of(&points, &basis).smallest_cosine, 0.0);
    }
}
