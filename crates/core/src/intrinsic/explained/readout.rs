//! The readout on directions.

use super::features::Features;
use super::regression::{Fit, Regression};
use crate::error::Result;
use crate::numeric::host::{mean_square, numbers};
use crate::numeric::total;
use crate::seed::Seed;
use crate::task::Rows;
use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

/// A fitted readout on directions.
#[derive(Debug)]
pub struct Explained<B: Backend> {
    /// Q `[d, k]`.
    pub(super) basis: Array2<f64>,
    /// The linear part, or `None` if the model has none.
    pub(super) linear: Option<Linear<B>>,
    /// The features, or `None` if there are no directions.
    pub(super) features: Option<Features<B>>,
    regression: Regression,
    /// λ of the readout.
    pub(super) penalty: f64,
    /// The fitted coefficients of the design's columns, `[columns, outputs]`.
    pub(super) fit: Fit<B>,
}

/// The inputs as columns of the design: centred, and scaled to unit mean square.
#[derive(Debug, Clone)]
pub(super) struct Linear<B: Backend> {
    /// x̄ `[1, d]`.
    centre: Tensor<B, 2>,
    /// Factor of the centred inputs.
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
    /// A readout without directions: the mean and, if `is_linear`, the linear part.
    ///
    /// # Errors
    /// [`Error::Singular`](crate::Error::Singular) if the rows are not finite;
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn nothing(rows: &Rows<B>, is_linear: bool) -> Result<Self> {
        let [_, dim] = rows.inputs.dims();
        let linear = is_linear.then(|| Linear::of(rows)).transpose()?;
        Self::fitted(rows, linear, Array2::zeros((dim, 0)), None, &Seed::new(0))
    }

    /// Fits a readout with this penalty, or with the one that generalised cross-validation chooses.
    pub(super) fn fitted(
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

    /// Fits the same columns with the penalty that generalised cross-validation chooses.
    pub(super) fn with_other_penalty(self) -> Result<Self> {
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

    /// The residual: the part of the targets that is not explained, `[n, outputs]`.
    pub fn residual(&self, rows: &Rows<B>) -> Tensor<B, 2> {
        rows.targets.clone() - self.design(rows).matmul(self.fit.coefficients.clone())
    }

    /// The residual `[n, m]` of other targets `[n, m]` of these rows, by a readout with the same columns and
    /// penalty that is fitted on them.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn residual_of(&self, rows: &Rows<B>, targets: Tensor<B, 2>) -> Result<Tensor<B, 2>> {
        let design = self.design(rows);
        let fit = self.regression.fit_other(&design, &targets, self.penalty)?;
        Ok(targets - design.matmul(fit))
    }

    /// The penalised error, which the readout minimises: the mean over rows of the squared error, summed over
    /// outputs, plus the cost of the coefficients.
    pub(super) fn penalised(&self, rows: &Rows<B>) -> Result<f64> {
        let residual = total::mean(self.residual(rows).square().sum_dim(1));
        Ok(numbers(&residual)?[0] + self.fit.cost)
    }

    /// The squared error of each row, summed over outputs.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn errors(&self, rows: &Rows<B>) -> Result<Vec<f64>> {
        numbers(&self.residual(rows).square().sum_dim(1))
    }

    fn design(&self, rows: &Rows<B>) -> Tensor<B, 2> {
        design(&rows.inputs, self.linear.as_ref(), self.features.as_ref())
    }
}

/// The degrees of freedom of k directions in d dimensions, which all outputs share: k (d − k), the dimension
/// of the Grassmann manifold.
fn freedom(basis: &Array2<f64>) -> f64 {
    let (dim, count) = basis.dim();
    (count * (dim - count)) as f64
}

/// The columns of the regression, `[n, columns]`: a constant, the linear part and the features.
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
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::*;
    use crate::numeric::host::tensor;
    use crate::numeric::linear_algebra::orthonormal_rows;

    /// Rows whose targets are a nonlinear function of two directions, and an orthonormal basis `[6, 2]` of
    /// these directions.
    pub fn rows() -> (Rows<Flex>, Array2<f64>) {
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

    #[test]
    fn the_residual_has_no_linear_part() {
        let (rows, _) = rows();
        let nothing = Explained::nothing(&rows, true).unwrap();
        let size = |of: Tensor<Flex, 2>| {
            let along = rows.inputs.clone().transpose().matmul(of);
            numbers(&total::of(along.square())).unwrap()[0].sqrt()
        };
        // Nonlinear targets have a small linear part by chance; other targets are linear.
        let others = rows.inputs.clone().narrow(1, 2, 1);
        for (before, after) in [
            (rows.targets.clone(), nothing.residual(&rows)),
            (others.clone(), nothing.residual_of(&rows, others).unwrap()),
        ] {
            assert!(size(after) < 3e-3 * size(before));
        }
    }
}
