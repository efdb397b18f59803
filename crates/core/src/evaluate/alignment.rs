//! Alignment of points and features with the principal subspace S = span(U).

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::trial::Trial;
use crate::error::Result;
use crate::numeric::host::matrix;
use crate::synthetic::{PointAlignment, SingularDirection, spectrum};

/// Shares of the squared norm inside S, in [0, 1], and the smallest principal cosine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alignment {
    /// ‖UᵀX̃‖² / ‖X̃‖² for the points X̃.
    pub points: f64,
    /// The same for the features W¹ of networks trained on the set (the students), mean over runs. `None`
    /// if the protocol has no feature step.
    pub features: Option<f64>,
    /// The same for networks trained on all real data (the teachers). `None` if they have no score.
    pub teacher_features: Option<f64>,
    /// Smallest principal cosine between the span of the points' top r directions and S, in [0, 1]; 0 if
    /// the points do not span S.
    pub smallest_cosine: f64,
}

/// Mean alignment of features over runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FeatureAlignment {
    pub student: Option<f64>,
    pub teacher: Option<f64>,
}

impl Alignment {
    /// Alignment of the points, and their singular directions. Returns `None` if the task does not know its
    /// subspace.
    pub(super) fn of_points<B: Backend>(
        trial: &Trial<'_, B>,
    ) -> Result<Option<(Self, Vec<SingularDirection>)>> {
        let Some(basis) = &trial.task.task.subspace else {
            return Ok(None);
        };
        let basis = basis.mapv(f64::from);
        let points = matrix(&trial.set.inputs())?;
        let PointAlignment {
            points: share,
            smallest_cosine,
        } = PointAlignment::of(&points, &basis);
        let alignment = Self {
            points: share,
            features: None,
            teacher_features: None,
            smallest_cosine,
        };
        Ok(Some((alignment, spectrum(&points, Some(&basis)))))
    }

    pub(super) fn with_features(self, features: FeatureAlignment) -> Self {
        Self {
            features: features.student,
            teacher_features: features.teacher,
            ..self
        }
    }
}
