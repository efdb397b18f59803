//! The ridge regression of a readout: (ΦᵀΦ/n + D) A = Φᵀy/n with a diagonal D.
//!
//! D is λ for the features, and very small for the plain columns before them, so that λ does not affect
//! what these explain. λ is the entry of [`PENALTIES`] with the least generalised cross-validation (Golub,
//! Heath and Wahba, 1979), n RSS / (n − tr H − s)². H is the matrix that maps targets to predictions. s is
//! the number of degrees of freedom that were used to fit the columns, divided by the number of outputs
//! that share them.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::{Array1, Array2, Axis, s};

use crate::error::Result;
use crate::numeric::host::tensor;
use crate::numeric::linear_algebra::solve_positive_definite;
use crate::numeric::normal_equations::{NormalEquations, right_side};

/// Penalties of the features to choose from, as fractions of the features' mean square, largest first.
const PENALTIES: [f64; 9] = [1.0, 0.3, 0.1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4];

/// Penalty of the plain columns, as a fraction of their mean square.
const PLAIN: f64 = 1e-3;

/// Lower bound of the residual, as a fraction of the targets' mean square. A smaller one would be rounding
/// error of Φ and y.
const ROUNDING: f64 = 1e-6;

/// The normal equations, and the numbers for the choice of a penalty.
#[derive(Debug)]
pub struct Regression {
    equations: NormalEquations,
    /// Mean square of a target, summed over outputs.
    mean_square: f64,
    /// Effective number of different outputs, at least 1: (tr C)² / tr C² for their second moments C. It is
    /// c − 1 for c classes of equal size.
    outputs: f64,
    /// Number of plain columns, which come before the features.
    plain: usize,
}

/// The coefficients for one penalty.
#[derive(Debug)]
pub struct Fit<B: Backend> {
    /// A `[columns, outputs]`.
    pub coefficients: Tensor<B, 2>,
    /// Σ Dᵢ Aᵢₒ², the penalty term of the minimised error.
    pub cost: f64,
}

impl Regression {
    /// Forms the equations for columns Φ `[n, columns]` and targets `[n, outputs]`. The first `plain` columns
    /// are plain, the others features.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn new<B: Backend>(
        columns: &Tensor<B, 2>,
        plain: usize,
        targets: &Tensor<B, 2>,
    ) -> Result<Self> {
        let equations = NormalEquations::new(columns, targets)?;
        let mean_square = equations.moments.diag().sum();
        let squares = equations.moments.mapv(|value| value * value).sum();
        Ok(Self {
            outputs: match squares > 0.0 {
                true => mean_square * mean_square / squares,
                false => 1.0,
            },
            equations,
            mean_square,
            plain,
        })
    }

    /// Chooses λ. `spent` is the number of degrees of freedom that were used to fit the columns. At most half
    /// of the degrees of freedom that a readout leaves are subtracted, so that there is always a choice.
    pub fn cross_validated(&self, spent: f64) -> f64 {
        if self.plain == self.equations.gram.nrows() {
            // There are no features to penalise.
            return 0.0;
        }
        let penalties = PENALTIES.map(|share| share * self.scale());
        let [mut chosen, mut least] = [penalties[0], f64::INFINITY];
        for penalty in penalties {
            // A penalty for which the system has no Cholesky factor is skipped.
            let Ok(score) = self.score(penalty, spent) else {
                continue;
            };
            if score < least {
                (chosen, least) = (penalty, score);
            }
        }
        chosen
    }

    /// RSS / (n − tr H − s)², up to a constant.
    fn score(&self, penalty: f64, spent: f64) -> Result<f64> {
        let columns = self.equations.gram.nrows();
        let inverse = self.solved(&Array2::eye(columns), penalty)?;
        let NormalEquations { gram, right, .. } = &self.equations;
        let coefficients = inverse.dot(right);
        let explained =
            2.0 * (right * &coefficients).sum() - (&gram.dot(&coefficients) * &coefficients).sum();
        let residual = (self.mean_square - explained).max(ROUNDING * self.mean_square);
        // tr H = tr (ΦᵀΦ/n + D)⁻¹ΦᵀΦ/n.
        let trace = columns as f64 - (&inverse.diag() * &self.diagonal(penalty)).sum();
        let left = self.equations.rows as f64 - trace;
        let freedom = left - (spent / self.outputs).min(0.5 * left);
        Ok(match freedom > 0.0 {
            true => residual / (freedom * freedom),
            false => f64::INFINITY,
        })
    }

    /// Returns the coefficients for λ.
    ///
    /// # Errors
    /// [`Error::Singular`](crate::Error::Singular) if the system is singular for this penalty or not finite.
    pub fn fit<B: Backend>(&self, penalty: f64, device: &B::Device) -> Result<Fit<B>> {
        let solution = self.solved(&self.equations.right, penalty)?;
        let squares = solution.mapv(|value| value * value).sum_axis(Axis(1));
        Ok(Fit {
            coefficients: tensor(&solution, device),
            cost: squares.dot(&self.diagonal(penalty)),
        })
    }

    /// Returns the coefficients `[columns, m]` for λ and other targets `[n, m]` of the same columns.
    ///
    /// # Errors
    /// Those of [`Self::fit`]; [`Error::Device`](crate::Error::Device) if the device cannot be read.
    pub fn fit_other<B: Backend>(
        &self,
        columns: &Tensor<B, 2>,
        targets: &Tensor<B, 2>,
        penalty: f64,
    ) -> Result<Tensor<B, 2>> {
        let right = right_side(columns, targets)?;
        Ok(tensor(&self.solved(&right, penalty)?, &targets.device()))
    }

    /// The diagonal of D.
    fn diagonal(&self, penalty: f64) -> Array1<f64> {
        let squares = self.equations.gram.diag();
        let mut diagonal = Array1::from_elem(squares.len(), penalty);
        let mean_square = squares.slice_move(s![..self.plain]).mean();
        let plain = PLAIN * mean_square.unwrap_or(0.0);
        diagonal.slice_mut(s![..self.plain]).fill(plain);
        diagonal
    }

    /// The mean square of the features.
    fn scale(&self) -> f64 {
        let features = self.equations.gram.diag().slice_move(s![self.plain..]);
        features.mean().unwrap_or(0.0)
    }

    fn solved(&self, right: &Array2<f64>, penalty: f64) -> Result<Array2<f64>> {
        let system = &self.equations.gram + &Array2::from_diag(&self.diagonal(penalty));
        solve_positive_definite(&system, right, penalty)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::*;
    use crate::numeric::host::matrix;
    use crate::seed::Seed;

    fn system(features: &Array2<f64>, plain: usize, targets: &Array2<f64>) -> Regression {
        let device = Default::default();
        let upload = |of: &Array2<f64>| tensor::<Flex>(of, &device);
        Regression::new(&upload(features), plain, &upload(targets)).unwrap()
    }

    /// Random columns, and two outputs that are linear in them, with noise.
    fn made(count: usize, width: usize, noise: f64) -> (Array2<f64>, Array2<f64>) {
        let mut stream = Seed::new(3).stream();
        let mut normal = |rows, columns| stream.normal_matrix(rows, columns).mapv(f64::from);
        let columns = normal(count, width);
        let made = columns.dot(&normal(width, 2));
        let targets = made + normal(count, 2) * noise;
        (columns, targets)
    }

    #[test]
    fn the_score_agrees_with_the_hat_matrix() {
        for (count, width, plain, spent) in [
            (40, 12, 0, 0.0),
            (40, 12, 4, 4.5),
            (15, 25, 3, 1.0),
            (15, 25, 3, 99.0),
        ] {
            let (columns, targets) = made(count, width, 1.0);
            let system = system(&columns, plain, &targets);
            let gram = columns.t().dot(&columns) / count as f64;
            let mean_square = |part: Array1<f64>| part.mean().unwrap_or(0.0);
            let of_plain = mean_square(gram.diag().slice(s![..plain]).to_owned());
            let scale = mean_square(gram.diag().slice(s![plain..]).to_owned());
            for share in [0.01, 1.0] {
                let penalty = share * scale;
                let own = |column| match column < plain {
                    true => PLAIN * of_plain,
                    false => penalty,
                };
                let diagonal = Array2::from_diag(&Array1::from_shape_fn(width, own));
                let right = columns.t().to_owned() / count as f64;
                let solved =
                    solve_positive_definite(&(&gram + &diagonal), &right, penalty).unwrap();
                let hat = columns.dot(&solved);
                let rest = &targets - &hat.dot(&targets);
                let left = count as f64 - hat.diag().sum();
                let moments = targets.t().dot(&targets);
                let squares = moments.mapv(|v| v * v).sum();
                let outputs = moments.diag().sum().powi(2) / squares;
                let freedom = left - f64::min(spent / outputs, left / 2.0);
                let expected = rest.mapv(|v| v * v).sum() / count as f64 / (freedom * freedom);
                let found = system.score(penalty, spent).unwrap();
                assert!(
                    (found / expected - 1.0).abs() < 1e-3,
                    "{count}, {width}, {share}: {found}, {expected}"
                );
            }
        }
    }

    #[test]
    fn noise_and_fitted_columns_give_a_larger_penalty() {
        let chosen = |noise, spent| {
            let (columns, targets) = made(40, 12, noise);
            let system = system(&columns, 0, &targets);
            system.cross_validated(spent) / system.scale()
        };
        assert!(chosen(0.01, 0.0) < 0.01);
        assert!(chosen(30.0, 0.0) > 0.3);
        assert!(chosen(1.0, 20.0) >= chosen(1.0, 0.0));
    }

    #[test]
    fn classes_have_one_effective_output_less() {
        let columns = made(60, 12, 1.0).0;
        for classes in [2, 3, 6] {
            let share = 1.0 / classes as f64;
            let one_hot = Array2::from_shape_fn((60, classes), |(row, class)| {
                f64::from(u8::from(row % classes == class)) - share
            });
            let outputs = system(&columns, 0, &one_hot).outputs;
            assert!((outputs - (classes as f64 - 1.0)).abs() < 1e-4, "{outputs}");
        }
    }

    #[test]
    fn columns_of_zeros_are_singular_and_targets_of_zeros_can_be_fitted() {
        let (columns, targets) = made(40, 12, 1.0);
        let none = system(&Array2::zeros((40, 12)), 0, &targets);
        let penalty = none.cross_validated(0.0);
        assert!(none.fit::<Flex>(penalty, &Default::default()).is_err());
        // For targets that are 0, all penalties are equally good.
        let zero = system(&columns, 0, &Array2::zeros((40, 2)));
        assert_eq!(zero.cross_validated(0.0), zero.scale());
        let fit = zero.fit::<Flex>(1.0, &Default::default()).unwrap();
        assert_eq!(fit.cost, 0.0);
    }

    #[test]
    fn the_penalty_does_not_affect_what_plain_columns_explain() {
        let (columns, _) = made(400, 12, 0.0);
        let weights = Array2::from_shape_fn((12, 2), |(row, _)| f64::from(u8::from(row < 4)));
        let targets = columns.dot(&weights);
        let system = system(&columns, 4, &targets);
        let fit = system.fit::<Flex>(1.0, &Default::default()).unwrap();
        let found = matrix(&fit.coefficients).unwrap();
        assert!(
            (&found - &weights).iter().all(|apart| apart.abs() < 5e-3),
            "{found}"
        );
    }
}
