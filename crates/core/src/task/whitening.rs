//! ZCA whitening: scales the principal directions of the inputs to nearly the same variance. Pictures still
//! look like pictures.
//!
//! Let m be the mean and C = U Λ Uᵀ the covariance of the normalised training inputs. A row x becomes
//! (x − m) W with W = U (Λ + s·I)^(−1/2) Uᵀ. The shift s is the penalty times the mean eigenvalue. It keeps
//! directions with little variance, which are noise, from being magnified. Its effect does not depend on the
//! scale of the inputs. As s goes to 0, the covariance of the whitened rows goes to the identity. W is
//! symmetric and positive definite, so the whitening can be undone. For fewer rows than features, W is
//! computed and applied in the span of the rows, see [`super::span`].

use std::borrow::Cow;

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::span::Span;
use crate::error::{Error, Result};
use crate::numeric::linear_algebra::{
    covariance, inverse_root, shift_and_multiply, solve_positive_definite,
};

/// A whitening of inputs. An artefact has the penalty in its manifest and the other numbers as tensors. They
/// are preprocessing, and do not count as numbers of the set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Whitening {
    /// The shift of the eigenvalues as a multiple of their mean; positive.
    pub penalty: f64,
    /// The mean m, `[features]`.
    #[serde(skip)]
    pub mean: Array1<f32>,
    /// The map W.
    #[serde(skip)]
    pub map: Map,
    /// The fingerprint of the whitened task, see [`super::Task::fingerprint`].
    #[serde(skip)]
    pub fingerprint: String,
}

/// The matrix W in one of two forms.
#[derive(Debug, Clone, PartialEq)]
pub enum Map {
    /// The matrix `[features, features]`, if there are at least as many rows as features, or from an
    /// artefact.
    Matrix(Array2<f32>),
    /// The form in the span of the rows, if there are fewer rows than features.
    Span(Span),
}

impl Default for Map {
    fn default() -> Self {
        Self::Matrix(Array2::default((0, 0)))
    }
}

impl Whitening {
    /// Most features of an input. The matrix in an artefact grows with their square. For as many rows as
    /// features, the work grows with their third power. This number needs about 5 GiB.
    pub const MOST_FEATURES: usize = 3 * 64 * 64;

    /// Fits the whitening of these rows `[n, features]` in double precision. If all rows are equal, W is the
    /// identity. The work is n²·features for fewer rows than features, and n·features² otherwise, plus the
    /// third power of the smaller of the two. The fingerprint stays empty.
    ///
    /// # Errors
    /// [`Error::Setting`] if the eigenvalues do not converge.
    pub fn fit(rows: &Array2<f32>, penalty: f64) -> Result<Self> {
        let (count, features) = rows.dim();
        let found = match count < features {
            true => Span::fit(rows, penalty).map(|(mean, span)| (mean, Map::Span(span))),
            false => dense(rows, penalty).map(|(mean, matrix)| (mean, Map::Matrix(matrix))),
        };
        let (mean, map) = found.ok_or_else(|| {
            let accepted = "the eigenvalues of the training pictures' covariance do not \
            converge: set task.zca = false";
            Error::setting("task.zca", true, accepted)
        })?;
        Ok(Self {
            penalty,
            mean: mean.mapv(|v| v as f32),
            map,
            fingerprint: String::new(),
        })
    }

    /// The matrix W, `[features, features]`, exactly symmetric.
    pub fn matrix(&self) -> Cow<'_, Array2<f32>> {
        match &self.map {
            Map::Matrix(matrix) => Cow::Borrowed(matrix),
            Map::Span(span) => Cow::Owned(span.matrix()),
        }
    }

    /// Replaces rows x by (x − m) W.
    pub fn apply(&self, rows: &mut Array2<f32>) {
        match &self.map {
            Map::Matrix(matrix) => shift_and_multiply(rows, &self.mean, matrix),
            Map::Span(span) => span.apply(rows, &self.mean),
        }
    }

    /// Replaces rows y by y W⁻¹ + m.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if W is not positive definite, which [`Whitening::fit`] never makes.
    pub fn undo(&self, rows: &mut Array2<f32>) -> Result<()> {
        let matrix = match &self.map {
            Map::Matrix(matrix) => matrix.mapv(f64::from),
            Map::Span(span) => {
                span.undo(rows, &self.mean);
                return Ok(());
            }
        };
        let right = rows.t().mapv(f64::from);
        let columns = solve_positive_definite(&matrix, &right, self.penalty).map_err(|_| {
            let size = self.mean.len();
            Error::Mismatch(format!(
                "the whitening of inputs of {size} numbers cannot be undone, because its matrix is \
                not positive definite"
            ))
        })?;
        *rows = Array2::from_shape_fn(rows.raw_dim(), |(row, column)| {
            columns[[column, row]] as f32 + self.mean[column]
        });
        Ok(())
    }
}

/// The mean and W of rows, or `None` if the eigenvalues do not converge.
fn dense(rows: &Array2<f32>, penalty: f64) -> Option<(Array1<f64>, Array2<f32>)> {
    let (mean, covariance) = covariance(rows);
    let trace: f64 = (0..mean.len())
        .map(|place| covariance[(place, place)])
        .sum();
    let shift = penalty * trace / mean.len().max(1) as f64;
    let matrix = match shift > 0.0 {
        true => inverse_root(covariance, shift)?,
        false => Array2::eye(mean.len()),
    };
    Some((mean, matrix))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::seed::Seed;
    use crate::wording::told;
    use proptest::prelude::*;

    /// Rows with very different variances in different directions.
    fn mixed(rows: usize, features: usize, seed: u64) -> Array2<f32> {
        let mut stream = Seed::new(seed).stream();
        let normal = stream.normal_matrix(rows, features);
        let mix = stream.normal_matrix(features, features);
        let scales = Array1::from_shape_fn(features, |place| 0.7_f32.powi(place as i32));
        (normal * scales).dot(&mix) + 3.0
    }

    /// Largest distance of the covariance from the identity.
    fn distance(rows: &Array2<f32>) -> f64 {
        let (_, covariance) = covariance(rows);
        let entries = (0..rows.ncols()).flat_map(|row| (0..=row).map(move |column| (row, column)));
        entries.fold(0.0, |most, (row, column)| {
            let expected = if row == column { 1.0 } else { 0.0 };
            f64::max(most, (covariance[(row, column)] - expected).abs())
        })
    }

    fn whitened(rows: &Array2<f32>, penalty: f64) -> Array2<f32> {
        let mut white = rows.clone();
        Whitening::fit(rows, penalty).unwrap().apply(&mut white);
        white
    }

    #[test]
    fn the_covariance_goes_to_the_identity_with_the_penalty() {
        let rows = mixed(700, 12, 1);
        let distances = [1.0, 1e-2, 1e-4, 1e-6].map(|penalty| distance(&whitened(&rows, penalty)));
        assert!(distances.is_sorted_by(|a, b| a > b), "{distances:?}");
        assert!(distances[3] < 1e-2, "{distances:?}");
    }

    #[test]
    fn a_large_penalty_only_scales() {
        let rows = mixed(200, 5, 2);
        let (mean, covariance) = covariance(&rows);
        let trace: f64 = (0..5).map(|place| covariance[(place, place)]).sum();
        let scale = (1e6 * trace / 5.0).sqrt();
        let white = whitened(&rows, 1e6);
        for (white, raw) in white.rows().into_iter().zip(rows.rows()) {
            for ((white, raw), mean) in white.iter().zip(raw).zip(&mean) {
                let expected = (f64::from(*raw) - mean) / scale;
                assert!((f64::from(*white) - expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn the_matrix_is_symmetric_and_each_direction_keeps_its_sign() {
        let rows = mixed(300, 300, 3);
        let whitening = Whitening::fit(&rows, 0.1).unwrap();
        let matrix = whitening.matrix();
        assert_eq!(*matrix, matrix.t());
        let (white, mean) = (whitened(&rows, 0.1), &whitening.mean);
        for (white, raw) in white.rows().into_iter().zip(rows.rows()) {
            assert!(white.dot(&(&raw - mean)) > 0.0);
        }
    }

    #[test]
    fn rows_without_spread_stay_as_they_are() {
        for count in [1, 2, 4] {
            let rows = Array2::from_elem((count, 3), 2.5);
            let whitening = Whitening::fit(&rows, 0.1).unwrap();
            let mut white = rows.clone();
            whitening.apply(&mut white);
            assert!(white.iter().all(|&v| v == 0.0));
            whitening.undo(&mut white).unwrap();
            assert_eq!(white, rows);
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_is_said() {
        let mut whitening = Whitening::fit(&mixed(50, 3, 4), 0.1).unwrap();
        let mut matrix = whitening.matrix().into_owned();
        matrix[[1, 1]] = -1.0;
        whitening.map = Map::Matrix(matrix);
        let error = whitening.undo(&mut Array2::zeros((2, 3))).unwrap_err();
        told(error);
    }

    /// The whitening computed from the covariance of the features.
    fn by_covariance(rows: &Array2<f32>, penalty: f64) -> Whitening {
        let (mean, matrix) = dense(rows, penalty).unwrap();
        Whitening {
            penalty,
            mean: mean.mapv(|v| v as f32),
            map: Map::Matrix(matrix),
            fingerprint: String::new(),
        }
    }

    fn most(numbers: &Array2<f32>) -> f32 {
        numbers.iter().fold(0.0, |most, v| most.max(v.abs()))
    }

    /// Largest difference, as a fraction of the largest number in the result or in intermediate sums.
    fn difference(found: &Array2<f32>, expected: &Array2<f32>, on_the_way: f32) -> f32 {
        most(&(found - expected)) / most(expected).max(on_the_way)
    }

    #[test]
    fn few_rows_are_whitened_in_their_span_as_by_the_covariance() {
        // More features than one thread takes at a time, and rows outside of the span.
        for (count, features) in [(2, 150), (20, 300), (60, 64), (140, 150)] {
            let rows = Seed::new(5).stream().normal_matrix(count, features) + 3.0;
            let others = Seed::new(6).stream().normal_matrix(7, features) + 2.0;
            for penalty in [1e-3, 0.1, 10.0] {
                let span = Whitening::fit(&rows, penalty).unwrap();
                assert!(matches!(span.map, Map::Span(_)));
                let dense = by_covariance(&rows, penalty);
                assert_eq!(span.mean, dense.mean);
                let matrix = span.matrix();
                assert_eq!(*matrix, matrix.t());
                assert!(difference(&matrix, &dense.matrix(), 0.0) < 2e-7);
                for rows in [&rows, &others] {
                    let [mut found, mut expected] = [rows.clone(), rows.clone()];
                    span.apply(&mut found);
                    dense.apply(&mut expected);
                    let added = most(matrix.as_ref()) * most(&(rows - &span.mean));
                    let whitened = difference(&found, &expected, added);
                    assert!(
                        whitened < 1e-6,
                        "{count} {features} {penalty}: {whitened:e}"
                    );
                    [found, expected] = [rows.clone(), rows.clone()];
                    span.undo(&mut found).unwrap();
                    dense.undo(&mut expected).unwrap();
                    let back = difference(&found, &expected, 0.0);
                    assert!(back < 1e-6, "{count} {features} {penalty}: {back:e}");
                }
            }
        }
    }

    #[test]
    fn few_large_pictures_are_whitened_and_come_back() {
        // With the covariance, the largest matrix that is accepted, this takes a quarter of an hour.
        let rows = Seed::new(7)
            .stream()
            .normal_matrix(20, Whitening::MOST_FEATURES)
            + 0.5;
        let whitening = Whitening::fit(&rows, 0.1).unwrap();
        let mut white = rows.clone();
        whitening.apply(&mut white);
        // The centred rows have 19 directions, each with a variance of nearly 1 after the whitening.
        let spread = white.iter().map(|v| f64::from(v * v)).sum::<f64>() / 20.0;
        assert!((18.5..19.0).contains(&spread), "{spread}");
        whitening.undo(&mut white).unwrap();
        assert!(difference(&white, &rows, 0.0) < 1e-6);
    }

    proptest! {
        #[test]
        fn undo_reverses_apply(
            rows in 2_usize..60, features in 1_usize..40, exponent in -4..2_i32, seed: u64,
        ) {
            let raw = mixed(rows, features, seed);
            let whitening = Whitening::fit(&raw, 10_f64.powi(exponent)).unwrap();
            let mut back = raw.clone();
            whitening.apply(&mut back);
            prop_assert!(back.iter().all(|v| v.is_finite()));
            whitening.undo(&mut back).unwrap();
            let size = raw.iter().fold(1.0, |most: f32, v| most.max(v.abs()));
            for (back, raw) in back.iter().zip(&raw) {
                prop_assert!((back - raw).abs() < 1e-3 * size, "{back} {raw}");
            }
        }
    }
}
