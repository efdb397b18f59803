//! The ridge readout: a = argmin ‖Φa − y‖²/n + λ‖a‖², in closed form.
//!
//! It is solved on the host by a Cholesky factor in double precision, in whichever of its two forms
//! is smaller: (ΦᵀΦ/n + λI) a = Φᵀy/n over features, or a = Φᵀz/n with (ΦΦᵀ/n + λI) z = y over rows. Both are
//! summed in double precision too (`numeric/normal.rs`).
//!
//! Round trips to a device. [`tracked`], in the loop, makes one an outer step: the features of the n points or
//! reference inputs come to the host, and the inverse and both solutions go back, about 4nL + 4n² bytes (0.5 MiB
//! for n = L = 256), whatever the size of the data. It stays on the host because the system is summed and
//! solved in double precision, which GPUs behind wgpu do not have, and its condition, up to trace/λ (8·10⁴ for
//! the preset `multi-index`), would leave two or three digits of single precision; and because a factorisation
//! on the device would be L dependent kernels, each of which costs a launch. [`fit`] makes one a readout
//! that is scored, and [`LabelSystem`](super::label_system::LabelSystem) one a network: there all features come
//! to the host, a few rows at a time.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::{Array2, Axis, concatenate, s};

use crate::error::Result;
use crate::numeric::host::{matrix, tensor};
use crate::numeric::linear_algebra::{mean_eigenvalue, solve_positive_definite};
use crate::numeric::normal_equations::{NormalEquations, back_to_columns, gram_of_rows};
use crate::numeric::total;
use crate::tape::{Tape, lift};

/// The readout `[features, outputs]` for features `[n, features]` and targets `[n, outputs]`.
///
/// # Errors
/// The system is singular for that penalty, or not finite.
pub fn fit<B: Backend>(
    features: Tensor<B, 2>,
    targets: Tensor<B, 2>,
    penalty: f64,
) -> Result<Tensor<B, 2>> {
    Normal::new(features, targets)?.fit(penalty)
}

/// The normal equations of a readout, formed once for any number of penalties.
#[derive(Debug)]
pub struct Normal<B: Backend> {
    gram: Array2<f64>,
    right: Array2<f64>,
    /// The features, where the system is over rows.
    rows: Option<Tensor<B, 2>>,
    device: B::Device,
}

impl<B: Backend> Normal<B> {
    /// Forms the smaller system for features `[n, features]` and targets `[n, outputs]`.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn new(features: Tensor<B, 2>, targets: Tensor<B, 2>) -> Result<Self> {
        let [rows, width] = features.dims();
        if rows >= width {
            return Self::over_features([Ok((features, targets))].into_iter());
        }
        Ok(Self {
            gram: gram_of_rows(&features)?,
            right: matrix(&targets)?,
            device: features.device(),
            rows: Some(features),
        })
    }

    /// Forms the system over features from chunks of (features, targets), so that never more than
    /// one chunk's features are held.
    ///
    /// # Errors
    /// A chunk's error; no chunk at all; the device cannot be read.
    pub fn over_features(
        chunks: impl Iterator<Item = Result<(Tensor<B, 2>, Tensor<B, 2>)>>,
    ) -> Result<Self> {
        let mut device = B::Device::default();
        let equations = NormalEquations::of_chunks(chunks.inspect(|chunk| {
            if let Ok((features, _)) = chunk {
                device = features.device();
            }
        }))?;
        Ok(Self {
            gram: equations.gram,
            right: equations.right,
            rows: None,
            device,
        })
    }

    /// The readout for one penalty λ.
    ///
    /// # Errors
    /// The system is singular for that penalty, or not finite.
    pub fn fit(&self, penalty: f64) -> Result<Tensor<B, 2>> {
        let solution =
            solve_positive_definite(&with_penalty(&self.gram, penalty), &self.right, penalty)?;
        let solution = match &self.rows {
            Some(features) => back_to_columns(features, &solution)?,
            None => solution,
        };
        Ok(tensor(&solution, &self.device))
    }
}

/// How large the penalty of a tracked readout is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Penalty {
    /// λ itself.
    Fixed(f64),
    /// That many times the mean eigenvalue of ΦΦᵀ/n, whatever the scale of the features.
    Relative(f64),
}

/// The readout on the point tape, where features and targets may depend on what is learned.
///
/// The system over rows, K z = y with K = ΦΦᵀ/n + λI, is solved on the host at the present values, and gives the
/// readout's value a₀ = Φᵀz₀/n, all in double precision. The tape follows the derivative alone: by the implicit
/// function theorem it is dz = P (dy − dK z₀), with P = K⁻¹, and da = (dΦᵀ z₀ + Φᵀ dz)/n. What stands for it on
/// the tape is zero at the present values, and is added to a₀.
///
/// # Errors
/// The system is singular for that penalty, or not finite; the device cannot be read.
pub fn tracked<B: Backend>(
    features: Tensor<Tape<B>, 2>,
    targets: Tensor<Tape<B>, 2>,
    penalty: Penalty,
) -> Result<Tensor<Tape<B>, 2>> {
    let [count, _] = features.dims();
    let device = features.device();
    // No division: Burn's derivative of one takes the divisor in single precision.
    let share = 1.0 / count as f64;
    let [plain_features, plain_targets] = [&features, &targets].map(|t| t.clone().inner());
    let plain = gram_of_rows(&plain_features)?;
    let transposed = features.clone().transpose();
    let gram = features.matmul(transposed.clone()).mul_scalar(share);
    let (gram, penalty) = match penalty {
        Penalty::Fixed(penalty) => (gram, penalty),
        Penalty::Relative(relative) => {
            let eye = Tensor::eye(count, &device);
            let trace = total::of(gram.clone() * eye.clone());
            let shift = eye * trace.mul_scalar(relative * share).reshape([1, 1]);
            (gram + shift, relative * mean_eigenvalue(&plain))
        }
    };
    // z₀ and P at once.
    let right = concatenate![Axis(1), matrix(&plain_targets)?, Array2::eye(count)];
    let solved = solve_positive_definite(&with_penalty(&plain, penalty), &right, penalty)?;
    let [_, outputs] = targets.dims();
    let solution = solved.slice(s![.., ..outputs]).to_owned();
    let inverse = solved.slice_move(s![.., outputs..]);
    let value = back_to_columns(&plain_features, &solution)?;
    let [value, solution, inverse] =
        [value, solution, inverse].map(|matrix| lift(tensor(&matrix, &device)));
    let moved = drift(targets) - drift(gram).matmul(solution.clone());
    let solution = solution + inverse.matmul(moved);
    Ok(value + drift(transposed.matmul(solution).mul_scalar(share)))
}

/// What a tensor differs by from its present value: zero, with its derivative.
fn drift<B: Backend>(tensor: Tensor<Tape<B>, 2>) -> Tensor<Tape<B>, 2> {
    let present = lift(tensor.clone().inner());
    tensor - present
}

fn with_penalty(gram: &Array2<f64>, penalty: f64) -> Array2<f64> {
    gram + Array2::<f64>::eye(gram.nrows()) * penalty
}
