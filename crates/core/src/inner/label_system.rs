//! The readout labels' own problem: a ridge readout is linear in the labels that it is fitted on, so that
//! its squared error on real data is a quadratic function of them.
//!
//! With features Φ̃ `[m, L]` of the m reference inputs, the readout fitted on labels y `[m, outputs]` is
//!
//! > a = Pᵀy, P = K⁻¹Φ̃/m, K = Φ̃Φ̃ᵀ/m + λI  ([`ridge`](super::ridge)),
//!
//! and with features Φ `[n, L]` and targets t `[n, outputs]` of real rows
//!
//! > ‖Φa − t‖²/n = yᵀAy − 2yᵀb + ‖t‖²/n, A = ZᵀZ/n, b = Zᵀt/n, Z = ΦPᵀ.
//!
//! Every fresh network has its own A and b. Their sums over networks have one minimiser, the labels
//! that serve those networks best on average. It is computed on the host in double precision, and A there
//! from Z itself: P(ΦᵀΦ/n)Pᵀ may have eigenvalues below zero by its rounding, which P makes large where the
//! reference inputs hardly fill a direction that real ones do.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::Result;
use crate::numeric::host::matrix;
use crate::numeric::linear_algebra::{mean_eigenvalue, solve_positive_definite};
use crate::numeric::normal_equations::{NormalEquations, gram_of_rows};

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
        real: &Tensor<B, 2>,
        targets: &Tensor<B, 2>,
        penalty: f64,
    ) -> Result<Self> {
        let gram = gram_of_rows(references)?;
        let references = matrix(references)?;
        let count = references.nrows() as f64;
        let shifted = gram + Array2::<f64>::eye(references.nrows()) * penalty;
        let readouts = solve_positive_definite(&shifted, &(references / count), penalty)?;
        let equations = NormalEquations::through(real, &readouts.t().to_owned(), targets)?;
        Ok(Self {
            quadratic: equations.gram,
            linear: equations.right,
            constant: equations.moments.diag().sum(),
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
        let shift = SHRINKAGE * mean_eigenvalue(&self.quadratic);
        let shifted = &self.quadratic + Array2::<f64>::eye(self.quadratic.nrows()) * shift;
        solve_positive_definite(&shifted, &self.linear, shift)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::activation::relu;
    use burn_flex::Flex;

    use super::*;
    use crate::numeric::host::tensor;
    use crate::seed::Seed;

    /// Inputs N(0, 1) along one direction, and along a second one with another spread.
    fn inputs(rows: usize, spread: f64, seed: &str) -> Tensor<Flex, 2> {
        let mut stream = Seed::new(0).child(seed).stream();
        let mut inputs = stream.normal_matrix(rows, 2).mapv(f64::from);
        inputs.column_mut(1).mapv_inplace(|value| value * spread);
        tensor(&inputs, &Default::default())
    }

    #[test]
    fn a_direction_that_reference_inputs_do_not_fill_leaves_it_positive() {
        let mut stream = Seed::new(1).stream();
        let mut normal = |rows, columns| stream.normal_matrix(rows, columns).mapv(f64::from);
        let (weights, biases) = (normal(2, 256), normal(1, 256));
        let device = Default::default();
        let features = |inputs: Tensor<Flex, 2>| {
            relu(inputs.matmul(tensor(&weights, &device)) + tensor(&biases, &device))
        };
        for spread in [1.0, 1e-3, 1e-5, 0.0] {
            let references = features(inputs(256, spread, "references"));
            let real = features(inputs(2048, 1.0, "real"));
            let targets = inputs(2048, 1.0, "real").narrow(1, 1, 1);
            let system = LabelSystem::new(&references, &real, &targets, 1e-3).unwrap();
            let labels = system.minimiser().unwrap();
            let nothing = Array2::zeros(labels.dim());
            assert!(system.value(&labels) <= system.value(&nothing), "{spread}");
        }
    }
    #[test]
    fn features_in_single_precision_lose_no_more_of_it() {
        let references = inputs(40, 1e-2, "references");
        let real = inputs(700, 1.0, "real");
        let targets = inputs(700, 0.5, "targets");
        let penalty = 1e-6;
        let system = LabelSystem::new(&references, &real, &targets, penalty).unwrap();
        // The same numbers, by the formula.
        let [references, real, targets] = [references, real, targets].map(|t| matrix(&t).unwrap());
        let gram = references.dot(&references.t()) / 40.0 + Array2::<f64>::eye(40) * penalty;
        let readouts = solve_positive_definite(&gram, &(references / 40.0), penalty).unwrap();
        let outcomes = real.dot(&readouts.t());
        let close = |found: &Array2<f64>, expected: Array2<f64>| {
            let largest = expected.fold(0.0, |most: f64, value| most.max(value.abs()));
            let apart = (found - expected).fold(0.0, |most: f64, value| most.max(value.abs()));
            assert!(apart < 1e-10 * largest, "{apart:e} of {largest:e}");
        };
        close(&system.quadratic, outcomes.t().dot(&outcomes) / 700.0);
        close(&system.linear, outcomes.t().dot(&targets) / 700.0);
        let square = targets.mapv(|t| t * t).sum() / 700.0;
        assert!((system.constant / square - 1.0).abs() < 1e-10);
    }
}
