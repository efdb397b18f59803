//! The refinement of directions by Gauss-Newton steps, which are halved until they lower the penalised error.

use burn::tensor::backend::Backend;
use ndarray::Array2;

use super::readout::Explained;
use super::rotation;
use crate::error::{Error, Result};
use crate::numeric::linear_algebra::orthonormal_rows;
use crate::seed::Seed;
use crate::task::Rows;

/// Largest number of rounds.
const ROUNDS: usize = 20;

/// Number of first rounds after which the penalty is chosen again. All later rounds lower the same error.
const CHOICES: usize = 3;

/// Norm of a rotation of Q below which the refinement ends.
const STILL: f64 = 3e-3;

/// Largest number of times that a step is halved.
const HALVINGS: usize = 5;

impl<B: Backend> Explained<B> {
    /// Returns a readout fitted on other directions, which start at the orthonormal basis `[d, k]` and are
    /// refined.
    ///
    /// # Errors
    /// [`Error::Device`] if the device cannot be read; [`Error::Singular`] or [`Error::Mismatch`] if the rows
    /// are not finite.
    pub fn refined(&self, rows: &Rows<B>, basis: Array2<f64>, seed: &Seed) -> Result<Self> {
        // All rounds draw the same features, so that errors of different directions are comparable.
        let draws = &seed.child("refinement");
        let mut fitted = Self::fitted(rows, self.linear.clone(), basis, None, draws)?;
        for round in 0..ROUNDS {
            let error = fitted.penalised(rows)?;
            let rotation = rotation::rotation(&fitted, rows)?;
            let mut share = 1.0;
            let mut better = None;
            for _ in 0..=HALVINGS {
                let turned = &fitted.basis + &(&rotation * share);
                let basis = orthonormal_rows(&turned.t().to_owned()).t().to_owned();
                let penalty = Some(fitted.penalty);
                match Self::fitted(rows, self.linear.clone(), basis, penalty, draws) {
                    Ok(candidate) if candidate.penalised(rows)? < error => {
                        better = Some(candidate);
                        break;
                    }
                    // Not better, or the penalty is too small for these columns.
                    Ok(_) | Err(Error::Singular { .. }) => {}
                    Err(other) => return Err(other),
                }
                share *= 0.5;
            }
            let Some(better) = better else {
                break;
            };
            // Wrong directions need a larger penalty than refined ones.
            fitted = match round < CHOICES {
                true => better.with_other_penalty()?,
                false => better,
            };
            let size = share * rotation.iter().map(|v| v * v).sum::<f64>().sqrt();
            if size < STILL {
                break;
            }
        }
        let last = &seed.child("last");
        Self::fitted(rows, self.linear.clone(), fitted.basis, None, last)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::super::readout::tests::rows;
    use super::*;
    use crate::numeric::linear_algebra::singular_values;

    fn smallest_cosine(one: &Array2<f64>, other: &Array2<f64>) -> f64 {
        let cosines = singular_values(&one.t().dot(other));
        cosines.into_iter().fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn a_wrong_basis_is_rotated_to_the_directions_of_the_targets() {
        let (rows, directions) = rows();
        let off =
            &directions + &Array2::from_shape_fn((6, 2), |(row, k)| 0.3 * ((row + k) as f64).sin());
        let off = orthonormal_rows(&off.t().to_owned()).t().to_owned();
        assert!(smallest_cosine(&off, &directions) < 0.95);
        let nothing = Explained::nothing(&rows, false).unwrap();
        let seed = Seed::new(7);
        let fitted = Explained::fitted(&rows, None, off.clone(), None, &seed).unwrap();
        let rotation = rotation::rotation(&fitted, &rows).unwrap();
        assert!(rotation.iter().any(|value| value.abs() > 0.01));
        assert!(
            off.t()
                .dot(&rotation)
                .iter()
                .all(|value| value.abs() < 1e-4)
        );
        let refined = nothing.refined(&rows, off, &seed).unwrap();
        let cosine = smallest_cosine(refined.basis(), &directions);
        assert!(cosine > 0.999, "{cosine}");
        let error = |of: &Explained<Flex>| of.errors(&rows).unwrap().iter().sum::<f64>();
        let [before, after] = [&nothing, &refined].map(error);
        assert!(after < 0.03 * before, "{before}, {after}");
    }
}
