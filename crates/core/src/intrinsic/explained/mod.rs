//! What a readout on k directions explains of the targets.
//!
//! The model is y ≈ c₀ + Σ_f c_f φ_f(Qᵀx), with a linear part Cᵀ(x − x̄) besides where the task's linear part
//! is taken off anyway: Q `[d, k]` holds the directions, φ_f are features of them, and the coefficients are a
//! ridge regression. Features and linear part are less their means over the rows, so that of targets whose mean
//! is 0 nothing is left to c₀, and nothing of it is lost to the penalty. Directions are refined by steps of
//! Gauss and Newton, halved until they lower the penalised error.

mod features;
mod regression;
mod turn;

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::{Error, Result};
use crate::host::{mean_square, numbers};
use crate::numeric::linear_algebra::orthonormal_rows;
use crate::seed::Seed;
use crate::task::Rows;
use crate::total;
use features::Features;
use regression::{Fit, Regression};

/// Rounds of refinement, at most.
const ROUNDS: usize = 20;

/// Rounds after which the penalty is chosen again, the first ones: then every round lowers the same sum.
const CHOICES: usize = 3;

/// A turn of Q, relative to Q, that ends the refinement.
const STILL: f64 = 3e-3;

/// Times that a step is halved, at most.
const HALVINGS: usize = 5;

/// A fitted readout on directions.
#[derive(Debug)]
pub struct Explained<B: Backend> {
    basis: Array2<f64>,
    /// None where there is no linear part.
    linear: Option<Linear<B>>,
    /// Where there are directions.
    features: Option<Features<B>>,
    regression: Regression,
    /// λ of the readout.
    penalty: f64,
    /// Of the columns of the design, `[columns, outputs]`.
    fit: Fit<B>,
}

/// The inputs as columns of the design: less their mean, and as large as other columns.
#[derive(Debug, Clone)]
struct Linear<B: Backend> {
    /// x̄ `[1, d]`.
    centre: Tensor<B, 2>,
    /// What they are multiplied with.
    scale: f64,
}

impl<B: Backend> Linear<B> {
    fn of(rows: &Rows<B>) -> Result<Self> {
        let centre = rows.inputs.clone().mean_dim(0);
        let centred = rows.inputs.clone() - centre.clone();
        let mean_square = mean_square(&centred)?;
        let scale = 1.0 / mean_square.sqrt().max(f64::from(f32::MIN_POSITIVE));
        Ok(Self { centre, scale })
    }
}

impl<B: Backend> Explained<B> {
    /// With no directions: the mean, and the linear part.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn nothing(rows: &Rows<B>, is_linear: bool) -> Result<Self> {
        let [_, dim] = rows.inputs.dims();
        let linear = is_linear.then(|| Linear::of(rows)).transpose()?;
        Self::fitted(rows, linear, Array2::zeros((dim, 0)), None, &Seed::new(0))
    }

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
            let turn = turn::turn(&fitted, rows)?;
            let mut share = 1.0;
            let mut better = None;
            for _ in 0..=HALVINGS {
                let turned = &fitted.basis + &(&turn * share);
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
            let size = share * turn.iter().map(|v| v * v).sum::<f64>().sqrt();
            if size < STILL {
                break;
            }
        }
        let last = &seed.child("last");
        Self::fitted(rows, self.linear.clone(), fitted.basis, None, last)
    }

    /// With that penalty, or the one that generalised cross-validation takes.
    fn fitted(
        rows: &Rows<B>,
        linear: Option<Linear<B>>,
        basis: Array2<f64>,
        penalty: Option<f64>,
        seed: &Seed,
    ) -> Result<Self> {
        let features = match basis.ncols() {
            0 => None,
            _ => Some(Features::drawn(rows, &basis, seed)?),
        };
        let design = design(&rows.inputs, linear.as_ref(), features.as_ref());
        let plain = 1 + linear.as_ref().map_or(0, |_| basis.nrows());
        let regression = Regression::new(&design, plain, &rows.targets)?;
        let penalty = penalty.unwrap_or_else(|| regression.cross_validated(freedom(&basis)));
        Ok(Self {
            fit: regression.fit(penalty, &design.device())?,
            basis,
            linear,
            features,
            regression,
            penalty,
        })
    }

    /// The same columns with the penalty that generalised cross-validation takes.
    fn with_other_penalty(self) -> Result<Self> {
        let penalty = self.regression.cross_validated(freedom(&self.basis));
        let fit = self
            .regression
            .fit(penalty, &self.fit.coefficients.device())?;
        Ok(Self {
            fit,
            penalty,
            ..self
        })
    }

    /// Q `[d, k]`.
    pub fn basis(&self) -> &Array2<f64> {
        &self.basis
    }

    /// What of the targets is left, `[n, outputs]`.
    pub fn residual(&self, rows: &Rows<B>) -> Tensor<B, 2> {
        rows.targets.clone() - self.design(rows).matmul(self.fit.coefficients.clone())
    }

    /// What is left of other targets `[n, m]` of these rows by a readout of the same kind fitted on them.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn residual_of(&self, rows: &Rows<B>, targets: Tensor<B, 2>) -> Result<Tensor<B, 2>> {
        let design = self.design(rows);
        let fit = self.regression.fit_other(&design, &targets, self.penalty)?;
        Ok(targets - design.matmul(fit))
    }

    /// The squared error of a row on average, with the cost of the coefficients: what the readout minimises.
    fn penalised(&self, rows: &Rows<B>) -> Result<f64> {
        let residual = total::mean(self.residual(rows).square().sum_dim(1));
        Ok(numbers(&residual)?[0] + self.fit.cost)
    }

    /// The squared error of each row, summed over outputs.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn errors(&self, rows: &Rows<B>) -> Result<Vec<f64>> {
        numbers(&self.residual(rows).square().sum_dim(1))
    }

    fn design(&self, rows: &Rows<B>) -> Tensor<B, 2> {
        design(&rows.inputs, self.linear.as_ref(), self.features.as_ref())
    }
}

/// The degrees of freedom of k directions in d dimensions, which all outputs share: k (d − k), of the Grassmann
/// manifold.
fn freedom(basis: &Array2<f64>) -> f64 {
    let (dim, count) = basis.dim();
    (count * (dim - count)) as f64
}

/// The columns of the regression, `[n, columns]`.
fn design<B: Backend>(
    inputs: &Tensor<B, 2>,
    linear: Option<&Linear<B>>,
    features: Option<&Features<B>>,
) -> Tensor<B, 2> {
    let [count, _] = inputs.dims();
    let mut columns = vec![Tensor::ones([count, 1], &inputs.device())];
    columns.extend(linear.map(|linear| {
        let centred = inputs.clone() - linear.centre.clone();
        centred.mul_scalar(linear.scale)
    }));
    columns.extend(features.map(|features| features.of(inputs)));
    Tensor::cat(columns, 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::*;
    use crate::host::tensor;
    use crate::numeric::linear_algebra::singular_values;

    /// Rows whose targets are a bent function of two directions, and an orthonormal basis `[6, 2]` of those.
    fn rows() -> (Rows<Flex>, Array2<f64>) {
        let mut stream = Seed::new(2).stream();
        let mut normal = |rows, columns| stream.normal_matrix(rows, columns).mapv(f64::from);
        let inputs = normal(2000, 6);
        let directions = orthonormal_rows(&normal(2, 6)).t().to_owned();
        let seen = inputs.dot(&directions);
        let values = seen.rows().into_iter().map(|z| z[0].abs() + z[1] * z[1]);
        let values: Vec<f64> = values.collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let targets = Array2::from_shape_fn((2000, 1), |(row, _)| values[row] - mean);
        let device = Default::default();
        let rows = Rows {
            inputs: tensor(&inputs, &device),
            targets: tensor(&targets, &device),
        };
        (rows, directions)
    }

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
        let turn = turn::turn(&fitted, &rows).unwrap();
        assert!(turn.iter().any(|value| value.abs() > 0.01));
        assert!(off.t().dot(&turn).iter().all(|value| value.abs() < 1e-4));
        let refined = nothing.refined(&rows, off, &seed).unwrap();
        let cosine = smallest_cosine(refined.basis(), &directions);
        assert!(cosine > 0.999, "{cosine}");
        let error = |of: &Explained<Flex>| of.errors(&rows).unwrap().iter().sum::<f64>();
        let [before, after] = [&nothing, &refined].map(error);
        assert!(after < 0.03 * before, "{before}, {after}");
    }

    #[test]
    fn nothing_of_the_inputs_linear_part_is_left() {
        let (rows, _) = rows();
        let nothing = Explained::nothing(&rows, true).unwrap();
        let size = |of: Tensor<Flex, 2>| {
            let along = rows.inputs.clone().transpose().matmul(of);
            numbers(&total::of(along.square())).unwrap()[0].sqrt()
        };
        // Neither of what chance gives the bent targets, nor of others.
        let others = rows.inputs.clone().narrow(1, 2, 1);
        for (before, after) in [
            (rows.targets.clone(), nothing.residual(&rows)),
            (others.clone(), nothing.residual_of(&rows, others).unwrap()),
        ] {
            assert!(size(after) < 3e-3 * size(before));
        }
    }
}
