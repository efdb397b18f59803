//! The rotation of the directions: one Gauss-Newton step.
//!
//! Rotating Q by δ changes the model by x ↦ Σⱼ ∂ⱼf(Qᵀx) δⱼ·(x − x̄), with δⱼ orthogonal to Q. The residual
//! is regressed on this change by conjugate gradients. The readout and the standardisation of the
//! projections are fixed in this step; both are computed again for the rotated directions.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::readout::Explained;
use crate::error::Result;
use crate::numeric::host::{matrix, mean_square, tensor};
use crate::task::Rows;

/// Largest number of steps of conjugate gradients.
const STEPS: usize = 20;

/// Squared norm of the remainder at which conjugate gradients have converged, relative to the first.
const CONVERGED: f64 = 1e-8;

/// Damping, as a fraction of the mean squared change for a unit rotation of every direction.
const DAMPING: f64 = 1e-3;

/// The derivatives of a fitted readout with respect to its directions.
struct Jacobian<'a, B: Backend> {
    explained: &'a Explained<B>,
    /// Inputs minus their mean, as the features use them, `[n, d]`.
    centred: Tensor<B, 2>,
    /// ∂f/∂(Qᵀx) of each output, `[n, k]`.
    of_outputs: Vec<Tensor<B, 2>>,
}

/// Returns the rotation δ `[d, k]`, orthogonal to Q, that lowers the residual of these rows most.
///
/// # Errors
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub fn rotation<B: Backend>(explained: &Explained<B>, rows: &Rows<B>) -> Result<Array2<f64>> {
    let jacobian = Jacobian::new(explained, rows);
    let residual = explained.residual(rows);
    let right =
        jacobian.back(|derivative, output| derivative * residual.clone().narrow(1, output, 1))?;
    let damping = DAMPING * jacobian.mean_square()?;
    let curved = |rotation: &Array2<f64>| -> Result<Array2<f64>> {
        let moved = jacobian
            .centred
            .clone()
            .matmul(tensor(rotation, &residual.device()));
        let changed = |derivative: Tensor<B, 2>, _| {
            let change = (derivative.clone() * moved.clone()).sum_dim(1);
            derivative * change
        };
        Ok(jacobian.back(changed)? + rotation * damping)
    };
    let size = |array: &Array2<f64>| array.iter().map(|v| v * v).sum::<f64>();
    let mut rotation = Array2::zeros(right.dim());
    let mut rest = right;
    let mut along = rest.clone();
    let first = size(&rest);
    let mut left = first;
    for _ in 0..STEPS {
        if left <= CONVERGED * first {
            break;
        }
        let bent = curved(&along)?;
        let step = left / (&along * &bent).sum().max(f64::MIN_POSITIVE);
        rotation.scaled_add(step, &along);
        rest.scaled_add(-step, &bent);
        let next = size(&rest);
        along = &rest + &(along * (next / left));
        left = next;
    }
    Ok(rotation)
}

impl<'a, B: Backend> Jacobian<'a, B> {
    fn new(explained: &'a Explained<B>, rows: &Rows<B>) -> Self {
        let inputs = &rows.inputs;
        let [columns, outputs] = explained.fit.coefficients.dims();
        let of_outputs = explained.features.as_ref().map(|features| {
            let open = features.open(inputs);
            let [_, count] = open.dims();
            let readout = explained.fit.coefficients.clone();
            let readout = readout.narrow(0, columns - count, count);
            let unit = features.jacobian.t().to_owned();
            let unit: Tensor<B, 2> = tensor(&unit, &inputs.device());
            let derivative = |output| {
                let weights = readout.clone().narrow(1, output, 1).transpose();
                (open.clone() * weights).matmul(unit.clone())
            };
            (0..outputs).map(derivative).collect()
        });
        Self {
            explained,
            centred: inputs.clone() - inputs.clone().mean_dim(0),
            of_outputs: of_outputs.unwrap_or_default(),
        }
    }

    /// Σₒ Xᵀ `of`(derivative of output o, o) / n, `[d, k]`, without its part in Q. The sum is taken before
    /// the product with the inputs, which takes most of the time.
    fn back(&self, of: impl Fn(Tensor<B, 2>, usize) -> Tensor<B, 2>) -> Result<Array2<f64>> {
        let basis = &self.explained.basis;
        let values = self.of_outputs.iter().enumerate();
        let values = values.map(|(output, derivative)| of(derivative.clone(), output));
        let Some(sum) = values.reduce(|sum, values| sum + values) else {
            return Ok(Array2::zeros(basis.dim()));
        };
        let share = 1.0 / sum.dims()[0] as f64;
        let all = matrix(&self.centred.clone().transpose().matmul(sum))? * share;
        let inside = basis.dot(&basis.t().dot(&all));
        Ok(all - inside)
    }

    /// Mean squared change of the outputs for a unit rotation, for inputs of mean size.
    fn mean_square(&self) -> Result<f64> {
        let jacobian: Result<Vec<f64>> = self.of_outputs.iter().map(mean_square).collect();
        Ok(jacobian?.iter().sum::<f64>() * mean_square(&self.centred)?)
    }
}
