//! What a judge that has learned a training set scores.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::super::held_out::largest;
use super::super::recalls::Recalls;
use crate::task::Split;

/// The lowest coefficient of determination that is told. Below it a learner is worse than useless, and how much worse
/// would rule every mean.
pub(in super::super) const LOWEST: f64 = -1.0;

/// The scores of a judge for one training set; the mean over draws if the set is drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Marks {
    /// For classes.
    Classes {
        /// Balanced accuracy: the mean of the accuracies of the classes that the scored rows have, in [0, 1].
        balanced: f64,
        /// Accuracy, in [0, 1].
        accuracy: f64,
    },
    /// For values.
    Values {
        /// The coefficient of determination, 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over rows and outputs, with ȳ the mean of
        /// the scored rows: 1 for perfect predictions, 0 for their mean, and −1 for everything below.
        r2: f64,
        /// Mean squared error, in the units of the task's rows.
        mse: f64,
    },
}

impl Marks {
    /// The marks of predictions `[n, outputs]` of these rows; `None` if a prediction is not finite.
    pub(super) fn of(predicted: &Array2<f64>, rows: &Split, classes: bool) -> Option<Self> {
        if !predicted.iter().all(|it| it.is_finite()) {
            return None;
        }
        if classes {
            let mut recalls = Recalls::none(rows.targets.ncols());
            for (row, &label) in predicted.rows().into_iter().zip(&rows.labels) {
                recalls.add(label, largest(row.iter().copied()) == Some(label));
            }
            return Some(Self::Classes {
                balanced: recalls.balanced(),
                accuracy: recalls.accuracy(),
            });
        }
        let squares = predicted.iter().zip(&rows.targets);
        let squares = squares.map(|(a, b)| (a - f64::from(*b)).powi(2));
        Some(Self::of_error(
            squares.sum::<f64>() / predicted.len() as f64,
            rows,
        ))
    }

    /// The marks of this mean squared error on these rows.
    pub(super) fn of_error(mse: f64, rows: &Split) -> Self {
        let targets = rows.targets.mapv(f64::from);
        let mean = targets.mean_axis(Axis(0)).unwrap_or_default();
        let spread = (&targets - &mean)
            .mapv(|it| it * it)
            .mean()
            .unwrap_or_default();
        let r2 = match spread > 0.0 {
            true => (1.0 - mse / spread).max(LOWEST),
            // Rows with one and the same target: right or wrong, as in scikit-learn.
            false => f64::from(u8::from(mse == 0.0)),
        };
        Self::Values { r2, mse }
    }

    /// The mean of marks of one kind; `None` if there are none.
    pub(super) fn mean(of: &[Self]) -> Option<Self> {
        let mean = |get: fn(&Self) -> f64| of.iter().map(get).sum::<f64>() / of.len() as f64;
        Some(match of.first()? {
            Self::Classes { .. } => Self::Classes {
                balanced: mean(Self::first),
                accuracy: mean(Self::second),
            },
            Self::Values { .. } => Self::Values {
                r2: mean(Self::first),
                mse: mean(Self::second),
            },
        })
    }

    /// The mark that sets are compared by: balanced accuracy for classes, R² for values. Larger is better.
    pub fn first(&self) -> f64 {
        match self {
            Self::Classes { balanced, .. } => *balanced,
            Self::Values { r2, .. } => *r2,
        }
    }

    /// The other mark: accuracy for classes, the mean squared error for values.
    pub fn second(&self) -> f64 {
        match self {
            Self::Classes { accuracy, .. } => *accuracy,
            Self::Values { mse, .. } => *mse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn marks_are_those_computed_by_hand() {
        let rows = Split::classes(Array2::zeros((4, 1)), vec![0, 0, 0, 1], 3);
        let predicted = array![
            [1.0, 0.0, 0.0],
            [0.3, 0.2, 0.1],
            [0.0, 0.0, 9.0],
            [2.0, 2.5, 0.0]
        ];
        let marks = Marks::of(&predicted, &rows, true);
        let (balanced, accuracy) = ((2.0 / 3.0 + 1.0) / 2.0, 0.75);
        assert_eq!(marks, Some(Marks::Classes { balanced, accuracy }));

        // The mean is 2, the squares about it 1, 0, 1; the errors 0.25, 0, 0.25.
        let rows = Split::values(Array2::zeros((3, 1)), array![[1.0], [2.0], [3.0]]);
        let near = array![[1.5], [2.0], [2.5]];
        let (r2, mse) = (0.75, 0.5 / 3.0);
        assert_eq!(
            Marks::of(&near, &rows, false),
            Some(Marks::Values { r2, mse })
        );
        let far = Marks::of(&(near * 100.0), &rows, false);
        assert_eq!(far.map(|it| it.first()), Some(-1.0));
        let mean = Marks::mean(&[
            Marks::Values { r2: 1.0, mse: 0.0 },
            Marks::Values { r2: 0.5, mse: 1.0 },
        ]);
        assert_eq!(mean, Some(Marks::Values { r2: 0.75, mse: 0.5 }));
    }

    #[test]
    fn predictions_that_are_not_finite_have_no_marks() {
        let rows = Split::values(Array2::zeros((2, 1)), array![[1.0], [2.0]]);
        assert_eq!(Marks::of(&array![[1.0], [f64::NAN]], &rows, false), None);
        let same = Split::values(Array2::zeros((2, 1)), array![[1.0], [1.0]]);
        let marks = Marks::of(&array![[1.0], [1.0]], &same, false);
        assert_eq!(marks.map(|it| it.first()), Some(1.0));
    }
}
