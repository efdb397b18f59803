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
use crate::linear_algebra::{mean_eigenvalue, solve_positive_definite, symmetric_eigen};
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

    /// The system over the same features `[n, features]` for other targets `[n, m]`.
    ///
    /// # Errors
    /// The device cannot be read.
    pub fn of_other(&self, features: &Tensor<B, 2>, targets: &Tensor<B, 2>) -> Result<Self> {
        let right = features.clone().transpose().matmul(targets.clone());
        Ok(Self {
            gram: self.gram.clone(),
            right: matrix(&right)? / self.count,
            rows: None,
            count: self.count,
            device: self.device.clone(),
        })
    }

    /// The mean eigenvalue of the system: of one over features, their mean square.
    pub fn mean_eigenvalue(&self) -> f64 {
        mean_eigenvalue(&self.gram)
    }

    /// The penalty λ, of some times the mean eigenvalue, with the least generalised cross-validation (Golub, Heath and
    /// Wahba, 1979) of this system over features: n RSS / (n − tr H)², summed over outputs, for targets of that
    /// mean square, sum over outputs.
    pub fn cross_validated(&self, shares: &[f64], mean_square: f64) -> f64 {
        let (values, vectors) = symmetric_eigen(&self.gram);
        let mean = self.mean_eigenvalue();
        let right = vectors.t().dot(&self.right);
        let squares: Vec<f64> = right.rows().into_iter().map(|row| row.dot(&row)).collect();
        let score = |penalty: f64| {
            let (mut residual, mut freedom) = (mean_square, self.count);
            for (&value, square) in values.iter().zip(&squares) {
                let value = value.max(0.0);
                let whole = value + penalty;
                residual -= square * (value + 2.0 * penalty) / (whole * whole);
                freedom -= value / whole;
            }
            match freedom > 0.0 {
                true => residual.max(0.0) / (freedom * freedom),
                false => f64::INFINITY,
            }
        };
        let scored = shares.iter().map(|share| share * mean);
        let scored = scored.map(|penalty| (score(penalty), penalty));
        let best = scored.min_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(mean, |(_, penalty)| penalty)
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
            let trace = (gram.clone() * eye.clone()).sum();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;
    use ndarray::Array2;

    use super::*;
    use crate::linear_algebra::solve_positive_definite;
    use crate::seed::Seed;

    #[test]
    fn generalised_cross_validation_is_that_of_the_hat_matrix() {
        let (count, width, outputs) = (40, 12, 2);
        let shares = [1e-4, 1e-2, 0.1, 0.3, 1.0, 3.0];
        let mut chosen = Vec::new();
        // Targets of noise alone want a large penalty, those that the features make a small one.
        for noise in [0.01, 1.0, 30.0] {
            let mut stream = Seed::new(3).stream();
            let mut normal = |rows, columns| stream.normal_matrix(rows, columns).mapv(f64::from);
            let features = normal(count, width);
            let made = features.dot(&normal(width, outputs));
            let targets = made + normal(count, outputs) * noise;
            let gram = features.t().dot(&features) / count as f64;
            let score = |penalty: f64| {
                let mut whole = gram.clone();
                whole.diag_mut().mapv_inplace(|value| value + penalty);
                let right = features.t().to_owned() / count as f64;
                let hat = features.dot(&solve_positive_definite(&whole, &right, penalty).unwrap());
                let rest = &targets - &hat.dot(&targets);
                let squares: f64 = rest.iter().map(|value| value * value).sum();
                squares / (count as f64 - hat.diag().sum()).powi(2)
            };
            let mean = gram.diag().sum() / width as f64;
            let penalties = shares.map(|share| share * mean);
            let best = penalties
                .into_iter()
                .min_by(|a, b| score(*a).total_cmp(&score(*b)));
            let device = Default::default();
            let upload = |of: &Array2<f64>| tensor::<Flex>(of, &device);
            let pair = (upload(&features), upload(&targets));
            let system = Normal::over_features(std::iter::once(Ok(pair))).unwrap();
            let squares: f64 = targets.iter().map(|value| value * value).sum();
            let found = system.cross_validated(&shares, squares / count as f64);
            assert!(
                (found / best.unwrap() - 1.0).abs() < 1e-4,
                "{noise}: {found}, {best:?}"
            );
            chosen.push(found);
        }
        assert!(chosen[0] < chosen[2], "{chosen:?}");
    }
}
