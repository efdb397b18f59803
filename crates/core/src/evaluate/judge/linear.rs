//! The judge `linear`: logistic regression for classes, ridge regression for values.

use ndarray::{Array2, Axis};

use super::logistic::Logistic;
use super::{Judge, Lesson};
use crate::error::Result;
use crate::numeric::linear_algebra::solve_positive_definite;
use crate::seed::Seed;

/// The penalty λ of λ/2 ‖W‖², beside the sum of the losses over rows (for values: λ ‖W‖² beside the sum of
/// squares). It is scikit-learn's `C = 1` and `alpha = 1`. Intercepts have no penalty.
const PENALTY: f64 = 1.0;

/// Multinomial logistic regression for classes, ridge regression for values, with the penalty 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear;

impl Judge for Linear {
    fn name(&self) -> &str {
        "linear"
    }

    fn predict(
        &self,
        lesson: Lesson<'_>,
        inputs: &Array2<f32>,
        _seed: &Seed,
    ) -> Result<Array2<f64>> {
        let (known, targets) = (lesson.inputs.mapv(f64::from), lesson.hard_targets());
        let (weights, intercepts) = match lesson.classes {
            true => Logistic::new(&known, &targets, PENALTY).fit(),
            false => ridge(&known, &targets)?,
        };
        Ok(inputs.mapv(f64::from).dot(&weights) + intercepts)
    }
}

/// Weights `[features, outputs]` and intercepts `[1, outputs]` of the ridge regression.
fn ridge(inputs: &Array2<f64>, targets: &Array2<f64>) -> Result<(Array2<f64>, Array2<f64>)> {
    let mean = |of: &Array2<f64>| {
        of.mean_axis(Axis(0))
            .unwrap_or_default()
            .insert_axis(Axis(0))
    };
    let (middle, height) = (mean(inputs), mean(targets));
    let (x, y) = (inputs - &middle, targets - &height);
    let penalised = |mut gram: Array2<f64>| {
        gram.diag_mut().iter_mut().for_each(|it| *it += PENALTY);
        gram
    };
    let weights = match x.nrows() < x.ncols() {
        // The same solution by the smaller system: Xᵀ (X Xᵀ + λ)⁻¹ Y.
        true => {
            let dual = solve_positive_definite(&penalised(x.dot(&x.t())), &y, PENALTY)?;
            x.t().dot(&dual)
        }
        false => {
            let (gram, right) = (penalised(x.t().dot(&x)), x.t().dot(&y));
            solve_positive_definite(&gram, &right, PENALTY)?
        }
    };
    let intercepts = height - middle.dot(&weights);
    Ok((weights, intercepts))
}
