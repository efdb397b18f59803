//! How well points and features lie in the principal subspace S = span(U).

use burn::tensor::backend::Backend;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::Arena;
use crate::error::Result;
use crate::host::matrix;
use crate::linear_algebra::{singular_values, top_directions};

/// Shares of squared norm inside S, in [0, 1], and the worst direction found of S.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alignment {
    /// ‖UᵀX̃‖² / ‖X̃‖² of the points.
    pub points: f64,
    /// The same of the student's features W¹, mean over runs; none where the protocol has no
    /// feature step.
    pub features: Option<f64>,
    /// The same of the teacher's; none where the teacher has no score.
    pub teacher_features: Option<f64>,
    /// Smallest principal cosine between the top r directions of the points and S: 0 where the
    /// points do not span S.
    pub smallest_cosine: f64,
}

/// Mean alignment of features over runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FeatureAlignment {
    pub student: Option<f64>,
    pub teacher: Option<f64>,
}

impl Alignment {
    /// Of the points, where the task knows its subspace.
    pub(super) fn of_points<B: Backend>(arena: &Arena<'_, B>) -> Result<Option<Self>> {
        let Some(basis) = &arena.task.task.subspace else {
            return Ok(None);
        };
        let basis = basis.mapv(f64::from);
        let points = matrix(&arena.set.inputs())?;
        let found = top_directions(&points, basis.ncols());
        let cosines = singular_values(&basis.t().dot(&found));
        let smallest_cosine = if found.ncols() < basis.ncols() {
            0.0
        } else {
            cosines.last().copied().unwrap_or(0.0).min(1.0)
        };
        Ok(Some(Self {
            points: share(&basis, &points),
            features: None,
            teacher_features: None,
            smallest_cosine,
        }))
    }

    pub(super) fn with_features(self, features: FeatureAlignment) -> Self {
        Self {
            features: features.student,
            teacher_features: features.teacher,
            ..self
        }
    }
}

/// ‖UᵀX‖² / ‖X‖² of rows X `[n, d]`, for U `[d, r]` with orthonormal columns; 0 for X = 0.
pub(super) fn share(basis: &Array2<f64>, rows: &Array2<f64>) -> f64 {
    let squares = |matrix: &Array2<f64>| matrix.iter().map(|v| v * v).sum::<f64>();
    let total = squares(rows);
    if total > 0.0 {
        squares(&rows.dot(basis)) / total
    } else {
        0.0
    }
}
