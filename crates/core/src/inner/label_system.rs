//! The readout labels' own problem: a ridge readout is linear in the labels that it is fitted on, so that
//! its squared error on real data is a quadratic function of them.
//!
//! With features Φ̃ `[m, L]` of the m reference inputs, the readout fitted on labels y `[m, outputs]` is
//!
//! > a = Pᵀy, P = K⁻¹Φ̃/m, K = Φ̃Φ̃ᵀ/m + λI  ([`ridge`](super::ridge)),
//!
//! and with features Φ `[n, L]` and targets t `[n, outputs]` of real rows
//!
//! > ‖Φa − t‖²/n = yᵀAy − 2yᵀb + ‖t‖²/n, A = P(ΦᵀΦ/n)Pᵀ, b = P(Φᵀt/n).
//!
//! Every fresh network has its own A and b. Their sums over networks have one minimiser, the labels
//! that serve those networks best on average. It is computed on the host in double precision.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use super::ridge::Normal;
use crate::error::Result;
use crate::host::matrix;
use crate::linear_algebra::solve_positive_definite;

/// What is added to A, as a share of its mean eigenvalue. Labels along which no network that was seen
/// has an opinion stay near zero so, and the networks to come are spared the noise of those few.
pub const SHRINKAGE: f64 = 1e-4;

/// The squared error of readouts on real data as a function of the labels: of one network, or summed over
/// several.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelSystem {
    /// A `[labels, labels]`, symmetric.
    pub quadratic: Array2<f64>,
    /// b `[labels, outputs]`.
    pub linear: Array2<f64>,
    /// ‖t‖²/n.
    pub constant: f64,
}

impl LabelSystem {
    /// That of one network: features of the reference inputs `[labels, L]` and of real rows `[n, L]`, the
    /// latters' targets `[n, outputs]`, and the penalty λ of the readout.
    ///
    /// # Errors
    /// The system K is singular for that penalty, or not finite; the device cannot be read.
    pub fn new<B: Backend>(
        references: &Tensor<B, 2>,
        real: Tensor<B, 2>,
        targets: Tensor<B, 2>,
        penalty: f64,
    ) -> Result<Self> {
        let squares = matrix(&targets)?.mapv(|t| t * t).sum();
        let constant = squares / targets.dims()[0] as f64;
        let normal = Normal::over_features(std::iter::once(Ok((real, targets))))?;
        let references = matrix(references)?;
        let count = references.nrows() as f64;
        let gram = references.dot(&references.t()) / count
            + Array2::<f64>::eye(references.nrows()) * penalty;
        let readouts = solve_positive_definite(&gram, &(references / count), penalty)?;
        Ok(Self {
            quadratic: readouts.dot(normal.gram()).dot(&readouts.t()),
            linear: readouts.dot(normal.right()),
            constant,
        })
    }

    /// The mean squared error over outputs with these labels `[labels, outputs]`.
    pub fn value(&self, labels: &Array2<f64>) -> f64 {
        let half = self.quadratic.dot(labels) - 2.0 * &self.linear;
        ((labels * half).sum() + self.constant) / labels.ncols() as f64
    }

    /// Its gradient with respect to the labels.
    pub fn gradient(&self, labels: &Array2<f64>) -> Array2<f64> {
        (self.quadratic.dot(labels) - &self.linear) * (2.0 / labels.ncols() as f64)
    }

    /// The sum of both.
    pub fn plus(mut self, other: &Self) -> Self {
        self.quadratic += &other.quadratic;
        self.linear += &other.linear;
        self.constant += other.constant;
        self
    }

    /// The labels with the least error, [shrunk](SHRINKAGE).
    ///
    /// # Errors
    /// [`Error::Singular`](crate::Error::Singular): A is zero or not finite.
    pub fn minimiser(&self) -> Result<Array2<f64>> {
        let size = self.quadratic.nrows();
        let shift = SHRINKAGE * self.quadratic.diag().sum() / size.max(1) as f64;
        let shifted = &self.quadratic + Array2::<f64>::eye(size) * shift;
        solve_positive_definite(&shifted, &self.linear, shift)
    }
}
