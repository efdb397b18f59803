//! The ridge readout: a = argmin ‖Φa − y‖²/n + λ‖a‖², in closed form.
//!
//! It is solved on the host by a Cholesky factorisation in double precision, in the smaller of two forms:
//! (ΦᵀΦ/n + λI) a = Φᵀy/n over features, or a = Φᵀz/n with (ΦΦᵀ/n + λI) z = y over rows. The sums are in
//! double precision too (`numeric/normal_equations.rs`).
//!
//! Round trips to a device. [`tracked`] makes one in each outer step: the features of the n points or
//! reference inputs come to the host, and the inverse and both solutions go back. That is about 4nL + 4n²
//! bytes (0.5 MiB for n = L = 256), whatever the size of the data. There are two reasons to solve on the
//! host. GPUs behind wgpu have no double precision, and the condition of the system, up to trace/λ (8·10⁴
//! for the preset `multi-index`), would leave two or three digits of single precision. And a factorisation on
//! the device would be L dependent kernels, each with the cost of a launch. [`fit`] makes one round trip for
//! each readout, and [`LabelSystem`](super::label_system::LabelSystem) one for each network: there all
//! features come to the host, a few rows at a time.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::{Array2, Axis, concatenate, s};

use crate::error::Result;
use crate::numeric::host::{matrix, tensor};
use crate::numeric::linear_algebra::{mean_eigenvalue, solve_positive_definite};
use crate::numeric::normal_equations::{NormalEquations, back_to_columns, gram_of_rows};
use crate::numeric::total;
use crate::tape::{Tape, lift};

/// Returns the readout a `[L, outputs]` for features Φ `[n, L]` and targets y `[n, outputs]`.
///
/// # Errors
/// [`Error::Singular`](crate::Error::Singular) if the system is singular for this penalty or not finite;
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub fn fit<B: Backend>(
    features: Tensor<B, 2>,
    targets: Tensor<B, 2>,
    penalty: f64,
) -> Result<Tensor<B, 2>> {
    RidgeSystem::new(features, targets)?.fit(penalty)
}

/// The normal equations of a readout, which can be solved for any number of penalties.
#[derive(Debug)]
pub struct RidgeSystem<B: Backend> {
    gram: Array2<f64>,
    right: Array2<f64>,
    /// The features, if the system is over rows.
    rows: Option<Tensor<B, 2>>,
    device: B::Device,
}

impl<B: Backend> RidgeSystem<B> {
    /// Forms the smaller system for features `[n, L]` and targets `[n, outputs]`.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
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

    /// Forms the system over features from chunks of (features, targets). Only one chunk's features are in
    /// memory at a time.
    ///
    /// # Errors
    /// The error of a chunk; an error if there is no chunk; [`Error::Device`](crate::Error::Device) if the
    /// device cannot be read.
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

    /// Returns the readout `[L, outputs]` for one penalty λ.
    ///
    /// # Errors
    /// [`Error::Singular`](crate::Error::Singular) if the system is singular for this penalty or not finite.
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

/// The penalty of a tracked readout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Penalty {
    /// λ itself.
    Fixed(f64),
    /// λ as a multiple of the mean eigenvalue of ΦΦᵀ/n, independent of the scale of the features.
    Relative(f64),
}

/// Returns the readout a `[L, outputs]` on the point tape, for features Φ `[n, L]` and targets y
/// `[n, outputs]` that may depend on the points.
///
/// The system over rows, K z = y with K = ΦΦᵀ/n + λI, is solved on the host at the present values. It gives
/// the readout's value a₀ = Φᵀz₀/n, all in double precision. The tape holds only the derivative: by the
/// implicit function theorem it is dz = P (dy − dK z₀), with P = K⁻¹, and da = (dΦᵀ z₀ + Φᵀ dz)/n. Its
/// expression on the tape is zero at the present values and is added to a₀.
///
/// # Errors
/// [`Error::Singular`](crate::Error::Singular) if the system is singular for this penalty or not finite;
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub fn tracked<B: Backend>(
    features: Tensor<Tape<B>, 2>,
    targets: Tensor<Tape<B>, 2>,
    penalty: Penalty,
) -> Result<Tensor<Tape<B>, 2>> {
    let [count, _] = features.dims();
    let device = features.device();
    // Multiplies instead of dividing: Burn's derivative of a division has the divisor in single precision.
    let share = 1.0 / count as f64;
    let plain_features = features.clone().inner();
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
    let solution = tracked_solution(gram, &with_penalty(&plain, penalty), targets, penalty)?;
    let value = back_to_columns(&plain_features, &solution.present)?;
    let value = lift(tensor(&value, &device));
    Ok(value + drift(transposed.matmul(solution.tracked).mul_scalar(share)))
}

/// Returns the coefficients z `[n, outputs]` of kernel regression on the point tape: (K + λ tr(K)/n I) z = y
/// for a kernel matrix K `[n, n]` and targets y `[n, outputs]` that may depend on the points. The prediction
/// for a row x is k(x, points) z. The system is solved as that of [`tracked`].
///
/// # Errors
/// Those of [`tracked`].
pub fn tracked_coefficients<B: Backend>(
    kernel: Tensor<Tape<B>, 2>,
    targets: Tensor<Tape<B>, 2>,
    penalty: f64,
) -> Result<Tensor<Tape<B>, 2>> {
    let plain = matrix(&kernel.clone().inner())?;
    let plain = (&plain + &plain.t()) * 0.5;
    let count = plain.nrows();
    let eye = Tensor::eye(count, &kernel.device());
    let trace = total::of(kernel.clone() * eye.clone());
    let shift = eye * trace.mul_scalar(penalty / count as f64).reshape([1, 1]);
    let penalty = penalty * mean_eigenvalue(&plain);
    let plain = with_penalty(&plain, penalty);
    let solution = tracked_solution(kernel + shift, &plain, targets, penalty)?;
    Ok(solution.tracked)
}

/// The solution z of a system K z = y.
struct Solution<B: Backend> {
    /// Its value z₀ in double precision.
    present: Array2<f64>,
    /// The same on the point tape, with the derivative dz = P (dy − dK z₀).
    tracked: Tensor<Tape<B>, 2>,
}

/// Solves K z = y, where `plain` is the value of K in double precision, and `gram` is K on the tape, without
/// constants that may be left out of it.
fn tracked_solution<B: Backend>(
    gram: Tensor<Tape<B>, 2>,
    plain: &Array2<f64>,
    targets: Tensor<Tape<B>, 2>,
    penalty: f64,
) -> Result<Solution<B>> {
    let [count, outputs] = targets.dims();
    let device = targets.device();
    // z₀ and P at once.
    let right = concatenate![
        Axis(1),
        matrix(&targets.clone().inner())?,
        Array2::eye(count)
    ];
    let solved = solve_positive_definite(plain, &right, penalty)?;
    let present = solved.slice(s![.., ..outputs]).to_owned();
    let inverse = solved.slice_move(s![.., outputs..]);
    let [value, inverse] = [&present, &inverse].map(|matrix| lift(tensor(matrix, &device)));
    let moved = drift(targets) - drift(gram).matmul(value.clone());
    Ok(Solution {
        present,
        tracked: value + inverse.matmul(moved),
    })
}

/// A tensor minus its present value: zero, with the tensor's derivative.
fn drift<B: Backend>(tensor: Tensor<Tape<B>, 2>) -> Tensor<Tape<B>, 2> {
    let present = lift(tensor.clone().inner());
    tensor - present
}

fn with_penalty(gram: &Array2<f64>, penalty: f64) -> Array2<f64> {
    gram + Array2::<f64>::eye(gram.nrows()) * penalty
}
