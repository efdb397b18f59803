//! The problem of finding readout labels: a ridge readout is linear in the labels that it is fitted on, so
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
//! Every fresh network has its own A and b. Their sums over networks have one minimiser: the labels that
//! are best for those networks on average. It is computed on the host in double precision. A is computed
//! from Z, not as P(ΦᵀΦ/n)Pᵀ: rounding could give that form negative eigenvalues, and P enlarges the
//! rounding if reference inputs hardly vary in a direction in which real inputs do.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;

use crate::error::Result;
use crate::numeric::host::matrix;
use crate::numeric::linear_algebra::{mean_eigenvalue, solve_positive_definite};
use crate::numeric::normal_equations::{NormalEquations, gram_of_rows};

/// The multiple of the identity that is added to A, as a fraction of A's mean eigenvalue. It keeps labels
/// near zero along directions that hardly affect the networks seen, so that their noise does not reach
/// other networks.
pub const SHRINKAGE: f64 = 1e-4;

/// The squared error of readouts on real data as a function of the labels, for one network or summed
/// over several.
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
    /// The system of one network, from the features of the reference inputs `[labels, L]` and of real rows
    /// `[n, L]`, the targets of the real rows `[n, outputs]`, and the penalty λ of the readout.
    ///
    /// # Errors
    /// [`Error::Singular`](crate::Error::Singular) if K is singular for this penalty or not finite;
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
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

    /// Returns the squared error with these labels `[labels, outputs]`, mean over outputs.
    pub fn value(&self, labels: &Array2<f64>) -> f64 {
        let half = self.quadratic.dot(labels) - 2.0 * &self.linear;
        ((labels * half).sum() + self.constant) / labels.ncols() as f64
    }

    /// Returns the gradient of [`Self::value`] with respect to the labels, `[labels, outputs]`.
    pub fn gradient(&self, labels: &Array2<f64>) -> Array2<f64> {
        (self.quadratic.dot(labels) - &self.linear) * (2.0 / labels.ncols() as f64)
    }

    /// Returns the sum of two systems.
    pub fn plus(mut self, other: &Self) -> Self {
        self.quadratic += &other.quadratic;
        self.linear += &other.linear;
        self.constant += other.constant;
        self
    }

    /// Returns the labels `[labels, outputs]` with the least error, regularised by [`SHRINKAGE`].
    ///
    /// # Errors
    /// [`Error::Singular`](crate::Error::Singular) if A is zero or not finite.
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

    /// Normal inputs `[rows, 2]` with standard deviations 1 and `spread`.
    fn inputs(rows: usize, spread: f64, seed: &str) -> Tensor<Flex, 2> {
        let mut stream = Seed::new(0).child(seed).stream();
        let mut inputs = stream.normal_matrix(rows, 2).mapv(f64::from);
        inputs.column_mut(1).mapv_inplace(|value| value * spread);
        tensor(&inputs, &Default::default())
    }

    #[test]
    fn the_minimiser_exists_if_reference_inputs_do_not_vary_in_a_direction() {
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
    fn the_system_of_single_precision_features_is_exact_in_double_precision() {
        let references = inputs(40, 1e-2, "references");
        let real = inputs(700, 1.0, "real");
        let targets = inputs(700, 0.5, "targets");
        let penalty = 1e-6;
        let system = LabelSystem::new(&references, &real, &targets, penalty).unwrap();
        // The same numbers by the formulas above, in double precision.
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
