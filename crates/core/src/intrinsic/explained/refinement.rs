//! Directions refined by steps of Gauss and Newton, halved until they lower the penalised error.

use burn::tensor::backend::Backend;
use ndarray::Array2;

use super::readout::Explained;
use super::rotation;
use crate::error::{Error, Result};
use crate::numeric::linear_algebra::orthonormal_rows;
use crate::seed::Seed;
use crate::task::Rows;

/// Rounds of refinement, at most.
const ROUNDS: usize = 20;

/// Rounds after which the penalty is chosen again, the first ones: then every round lowers the same sum.
const CHOICES: usize = 3;

/// A rotation of Q, relative to Q, that ends the refinement.
const STILL: f64 = 3e-3;

/// Times that a step is halved, at most.
const HALVINGS: usize = 5;

impl<B: Backend> Explained<B> {
    /// On these directions instead, an orthonormal basis `[d, k]`, refined.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn refined(&self, rows: &Rows<B>, basis: Array2<f64>, seed: &Seed) -> Result<Self> {
        // The same features all along, so that errors of different directions compare.
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
                    // Of no use, as one with a penalty too small for these columns.
                    Ok(_) | Err(Error::Singular { .. }) => {}
                    Err(other) => return Err(other),
                }
                share *= 0.5;
            }
            let Some(better) = better else {
                break;
            };
            // Directions that are off want a larger penalty than those that they are turned to.
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
    fn a_basis_that_is_off_is_turned_to_what_the_targets_depend_on() {
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
