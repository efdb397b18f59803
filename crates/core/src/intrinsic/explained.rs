//! What a readout on k directions explains of the targets.
//!
//! The model is y ≈ c₀ + Σ_f c_f ReLU(a_f·Qᵀx + b_f), with a linear part Cᵀx besides where the task's
//! linear part is taken off anyway: Q `[d, k]` holds the directions, a_f are random unit vectors and b_f
//! normal, and the coefficients are a ridge regression. Directions are refined by Gauss and Newton: the
//! residual is regressed on what turning Q would change, x ↦ Σⱼ ∂ⱼf(Qᵀx) (δⱼ·x) with δⱼ orthogonal to Q,
//! by conjugate gradients.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::Result;
use crate::host::{matrix, numbers, tensor};
use crate::inner::ridge::Normal;
use crate::linear_algebra::orthonormal_rows;
use crate::seed::Seed;
use crate::task::Rows;

/// Random features of the directions.
const FEATURES: usize = 128;

/// Ridge penalty of the readout, as a share of the mean square of the design's entries: projections of
/// pixels are large.
const PENALTY: f64 = 1e-4;

/// Rounds of refinement, at most.
const ROUNDS: usize = 20;

/// A turn of Q, relative to Q, that ends the refinement.
const STILL: f64 = 3e-3;

/// Steps of conjugate gradients in a round.
const STEPS: usize = 20;

/// Damping of a round, as a share of the slopes' mean square.
const DAMPING: f64 = 1e-3;

/// A fitted readout on directions.
#[derive(Debug)]
pub struct Explained<B: Backend> {
    basis: Array2<f64>,
    is_linear: bool,
    /// Q a `[d, features]` and b `[1, features]`, where there are directions.
    features: Option<(Tensor<B, 2>, Tensor<B, 2>)>,
    /// a `[k, features]`.
    unit: Array2<f64>,
    /// Of the columns of the design, `[columns, outputs]`.
    coefficients: Tensor<B, 2>,
    normal: Normal<B>,
}

impl<B: Backend> Explained<B> {
    /// With no directions: the mean, and the linear part.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn nothing(rows: &Rows<B>, is_linear: bool) -> Result<Self> {
        let [_, dim] = rows.inputs.dims();
        Self::fitted(rows, is_linear, Array2::zeros((dim, 0)), &Seed::new(0))
    }

    /// On these directions, an orthonormal basis `[d, k]`, refined.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn refined(
        rows: &Rows<B>,
        is_linear: bool,
        basis: Array2<f64>,
        seed: &Seed,
    ) -> Result<Self> {
        let mut basis = basis;
        for round in 0..ROUNDS {
            let seed = seed.indexed("round", round as u64);
            let fitted = Self::fitted(rows, is_linear, basis.clone(), &seed)?;
            let turn = fitted.turn(rows)?;
            let size = turn.iter().map(|v| v * v).sum::<f64>().sqrt();
            basis = orthonormal_rows(&(basis + turn).t().to_owned())
                .t()
                .to_owned();
            if size < STILL {
                break;
            }
        }
        Self::fitted(rows, is_linear, basis, &seed.child("last"))
    }

    fn fitted(rows: &Rows<B>, is_linear: bool, basis: Array2<f64>, seed: &Seed) -> Result<Self> {
        let device = rows.inputs.device();
        let rank = basis.ncols();
        let mut stream = seed.child("features").stream();
        let normal = |rows, columns, stream: &mut crate::seed::Stream| {
            stream.normal_matrix(rows, columns).mapv(f64::from)
        };
        let mut unit = normal(rank, FEATURES, &mut stream);
        for mut column in unit.columns_mut() {
            let norm = column.dot(&column).sqrt().max(f64::MIN_POSITIVE);
            column /= norm;
        }
        let biases = normal(1, FEATURES, &mut stream);
        let features =
            (rank > 0).then(|| (tensor(&basis.dot(&unit), &device), tensor(&biases, &device)));
        let design = design(&rows.inputs, is_linear, features.as_ref());
        let normal = Normal::over_features(std::iter::once(Ok((design, rows.targets.clone()))))?;
        Ok(Self {
            basis,
            is_linear,
            features,
            unit,
            coefficients: fit(&normal)?,
            normal,
        })
    }

    /// Q `[d, k]`.
    pub fn basis(&self) -> &Array2<f64> {
        &self.basis
    }

    /// What of the targets is left, `[n, outputs]`.
    pub fn residual(&self, rows: &Rows<B>) -> Tensor<B, 2> {
        rows.targets.clone() - self.design(rows).matmul(self.coefficients.clone())
    }

    /// What is left of other targets `[n, m]` of these rows by a readout of the same kind fitted on them.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn residual_of(&self, rows: &Rows<B>, targets: Tensor<B, 2>) -> Result<Tensor<B, 2>> {
        let design = self.design(rows);
        let normal = self.normal.of_other(&design, &targets)?;
        Ok(targets - design.matmul(fit(&normal)?))
    }

    /// The squared error of each row, summed over outputs.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn errors(&self, rows: &Rows<B>) -> Result<Vec<f64>> {
        numbers(&self.residual(rows).square().sum_dim(1))
    }

    fn design(&self, rows: &Rows<B>) -> Tensor<B, 2> {
        design(&rows.inputs, self.is_linear, self.features.as_ref())
    }

    /// By what turn of Q, orthogonal to it, the residual would fall most: `[d, k]`.
    fn turn(&self, rows: &Rows<B>) -> Result<Array2<f64>> {
        let Some((directions, biases)) = &self.features else {
            return Ok(self.basis.clone());
        };
        let inputs = &rows.inputs;
        let device = inputs.device();
        let [count, outputs] = rows.targets.dims();
        let open = (inputs.clone().matmul(directions.clone()) + biases.clone()).greater_elem(0.0);
        let open = open.float();
        let [columns, _] = self.coefficients.dims();
        let readout = self
            .coefficients
            .clone()
            .narrow(0, columns - FEATURES, FEATURES);
        let unit: Tensor<B, 2> = tensor(&self.unit.t().to_owned(), &device);
        let residual = self.residual(rows);
        // ∂f/∂(Qᵀx) of each output, [n, k].
        let slopes: Vec<Tensor<B, 2>> = (0..outputs)
            .map(|output| {
                let weights = readout.clone().narrow(1, output, 1).transpose();
                (open.clone() * weights).matmul(unit.clone())
            })
            .collect();
        let share = 1.0 / count as f64;
        let back = |values: Tensor<B, 2>| -> Result<Array2<f64>> {
            let all = matrix(&inputs.clone().transpose().matmul(values))? * share;
            let inside = self.basis.dot(&self.basis.t().dot(&all));
            Ok(all - inside)
        };
        let size = |array: &Array2<f64>| array.iter().map(|v| v * v).sum::<f64>();
        let mut right = Array2::zeros(self.basis.dim());
        let mut mean_square = 0.0;
        for (output, slope) in slopes.iter().enumerate() {
            let left = residual.clone().narrow(1, output, 1);
            right = right + back(slope.clone() * left)?;
            mean_square += numbers(&slope.clone().square().mean())?[0];
        }
        let curved = |turn: &Array2<f64>| -> Result<Array2<f64>> {
            let moved = inputs.clone().matmul(tensor(turn, &device));
            let mut sum = turn * (DAMPING * mean_square);
            for slope in &slopes {
                let change = (slope.clone() * moved.clone()).sum_dim(1);
                sum = sum + back(slope.clone() * change)?;
            }
            Ok(sum)
        };
        let mut turn = Array2::zeros(self.basis.dim());
        let mut rest = right.clone();
        let mut along = rest.clone();
        let (first, mut left) = (size(&right), size(&right));
        for _ in 0..STEPS {
            if left <= 1e-8 * first {
                break;
            }
            let bent = curved(&along)?;
            let step = left / (&along * &bent).sum().max(f64::MIN_POSITIVE);
            turn.scaled_add(step, &along);
            rest.scaled_add(-step, &bent);
            let next = size(&rest);
            along = &rest + &(along * (next / left));
            left = next;
        }
        Ok(turn)
    }
}

/// The coefficients of a regression.
fn fit<B: Backend>(normal: &Normal<B>) -> Result<Tensor<B, 2>> {
    normal.fit(PENALTY * normal.mean_eigenvalue())
}

/// The columns of the regression, `[n, columns]`.
fn design<B: Backend>(
    inputs: &Tensor<B, 2>,
    is_linear: bool,
    features: Option<&(Tensor<B, 2>, Tensor<B, 2>)>,
) -> Tensor<B, 2> {
    let [count, _] = inputs.dims();
    let mut columns = vec![Tensor::ones([count, 1], &inputs.device())];
    if is_linear {
        columns.push(inputs.clone());
    }
    if let Some((directions, biases)) = features {
        let outputs = inputs.clone().matmul(directions.clone()) + biases.clone();
        columns.push(burn::tensor::activation::relu(outputs));
    }
    Tensor::cat(columns, 1)
}
