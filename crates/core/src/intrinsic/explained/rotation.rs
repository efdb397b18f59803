//! By how much the directions are to be turned: one step of Gauss and Newton.
//!
//! The residual is regressed on what turning Q would change, x ↦ Σⱼ ∂ⱼf(Qᵀx) δⱼ·(x − x̄) with δⱼ orthogonal to Q,
//! by conjugate gradients. The readout and the standardisation of the projections are held fixed meanwhile; both are
//! made again for the turned directions.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::readout::Explained;
use crate::error::Result;
use crate::numeric::host::{matrix, mean_square, tensor};
use crate::task::Rows;

/// Steps of conjugate gradients.
const STEPS: usize = 20;

/// Share of the first residual at which they have converged, squared.
const CONVERGED: f64 = 1e-8;

/// Damping, as a share of what turning every direction by a unit changes on average, squared.
const DAMPING: f64 = 1e-3;

/// What the directions move for a fitted readout.
struct Jacobian<'a, B: Backend> {
    explained: &'a Explained<B>,
    /// Less their mean, as the features take them, `[n, d]`.
    centred: Tensor<B, 2>,
    /// ∂f/∂(Qᵀx) of each output, `[n, k]`.
    of_outputs: Vec<Tensor<B, 2>>,
}

/// The rotation δ `[d, k]`, orthogonal to Q, by which the residual of these rows would fall most.
///
/// # Errors
/// The device cannot be read.
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

    /// Σₒ Xᵀ `of`(derivative of output o, o) / n `[d, k]`, without its part in Q. The sum is taken first: the product
    /// with the inputs is what takes the time.
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

    /// The mean square of what an input of mean size changes.
    fn mean_square(&self) -> Result<f64> {
        let jacobian: Result<Vec<f64>> = self.of_outputs.iter().map(mean_square).collect();
        Ok(jacobian?.iter().sum::<f64>() * mean_square(&self.centred)?)
    }
}
