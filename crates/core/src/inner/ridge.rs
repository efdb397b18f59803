//! The ridge readout: a = argmin ‖Φa − y‖²/n + λ‖a‖², in closed form.
//!
//! It is solved on the host by a Cholesky factor in double precision, in whichever of its two forms
//! is smaller: (ΦᵀΦ/n + λI) a = Φᵀy/n over features, or a = Φᵀz/n with (ΦΦᵀ/n + λI) z = y over rows.
//!
//! Round trips to a device. [`tracked`], in the loop, makes one an outer step: the L × L Gram matrix
//! comes to the host and its inverse goes back, 2 · 4L² bytes (0.5 MiB for L = 256), whatever the size of
//! the data. It stays on the host because the system is solved in double precision, which GPUs behind
//! wgpu do not have, and its condition, up to trace/λ (8·10⁴ for the preset `multi-index`), would leave
//! two or three digits of single precision; and because a factorisation on the device would be L
//! dependent kernels, each of which costs a launch. [`fit`] makes one a readout that is scored, and
//! [`LabelSystem`](super::label_system::LabelSystem) one a network.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::{Error, Result};
use crate::host::{matrix, tensor};
use crate::linear_algebra::{mean_eigenvalue, solve_positive_definite};
use crate::tape::{Tape, lift};
use crate::total;

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
    count: f64,
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
        let count = rows as f64;
        let device = features.device();
        let gram = matrix(&features.clone().matmul(features.clone().transpose()))? / count;
        Ok(Self {
            gram,
            right: matrix(&targets)?,
            rows: Some(features),
            count,
            device,
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
        let mut sums: Option<(Tensor<B, 2>, Tensor<B, 2>)> = None;
        let mut rows = 0;
        for chunk in chunks {
            let (features, targets) = chunk?;
            rows += features.dims()[0];
            let transposed = features.clone().transpose();
            let right = transposed.clone().matmul(targets);
            let gram = transposed.matmul(features);
            sums = Some(match sums {
                Some((old_gram, old_right)) => (old_gram + gram, old_right + right),
                None => (gram, right),
            });
        }
        let (gram, right) =
            sums.ok_or_else(|| Error::Mismatch("a readout needs at least one row".to_owned()))?;
        let (count, device) = (rows as f64, gram.device());
        let (gram, right) = (matrix(&gram)? / count, matrix(&right)? / count);
        Ok(Self {
            gram,
            right,
            rows: None,
            count,
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
        let solution = tensor(&solution, &self.device);
        Ok(match &self.rows {
            Some(features) => features
                .clone()
                .transpose()
                .matmul(solution)
                .div_scalar(self.count),
            None => solution,
        })
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
/// The system over rows, K z = y with K = ΦΦᵀ/n + λI, is inverted on the host at the present values.
/// With P that inverse as a constant, z = P (y + (K₀ − K) P y) has the value and, by the implicit
/// function theorem, the exact first derivative of K⁻¹y: dz = P dy − P dK P y.
///
/// # Errors
/// The system is singular for that penalty, or not finite.
pub fn tracked<B: Backend>(
    features: Tensor<Tape<B>, 2>,
    targets: Tensor<Tape<B>, 2>,
    penalty: Penalty,
) -> Result<Tensor<Tape<B>, 2>> {
    let count = features.dims()[0];
    // No division: Burn's derivative of one takes the divisor in single precision.
    let share = 1.0 / count as f64;
    let transposed = features.clone().transpose();
    let gram = features.matmul(transposed.clone()).mul_scalar(share);
    let plain = matrix(&gram.clone().inner())?;
    let (gram, penalty) = match penalty {
        Penalty::Fixed(penalty) => (gram, penalty),
        Penalty::Relative(relative) => {
            let eye = Tensor::eye(count, &gram.device());
            let trace = total::of(gram.clone() * eye.clone());
            let shift = eye * trace.mul_scalar(relative * share).reshape([1, 1]);
            (gram + shift, relative * mean_eigenvalue(&plain))
        }
    };
    let present = with_penalty(&plain, penalty);
    let inverse = solve_positive_definite(&present, &Array2::eye(count), penalty)?;
    let inverse = lift(tensor(&inverse, &gram.device()));
    let drift = lift(gram.clone().inner()) - gram;
    let solution = inverse.clone().matmul(targets.clone());
    let solution = inverse.matmul(targets + drift.matmul(solution));
    Ok(transposed.matmul(solution).mul_scalar(share))
}

fn with_penalty(gram: &Array2<f64>, penalty: f64) -> Array2<f64> {
    gram + Array2::<f64>::eye(gram.nrows()) * penalty
}
