//! The linear part of a task: α = E\[y\] and β = E\[y·x\]. It is subtracted from the targets before the
//! feature step, so that the gradient shows the non-linear structure (`docs/theory.md`, step 0).
//!
//! Sums are in double precision and in a fixed order, not a matrix product. So the targets, and with them
//! the task's fingerprint, have the same bits on every machine.

use ndarray::{Array1, Array2};

use super::Split;

/// The linear function α + β·x, which approximates y.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearPart {
    /// α, `[outputs]`.
    pub intercept: Array1<f32>,
    /// β, `[features, outputs]`.
    pub slope: Array2<f32>,
}

impl LinearPart {
    /// Estimates α and β as the sample means of y and y·x.
    pub fn estimate(split: &Split) -> Self {
        let share = 1.0 / split.len().max(1) as f64;
        let mut intercept = Array1::<f64>::zeros(split.targets.ncols());
        let mut slope = Array2::<f64>::zeros((split.inputs.ncols(), split.targets.ncols()));
        for (x, y) in split.inputs.rows().into_iter().zip(split.targets.rows()) {
            for (output, &y) in y.iter().enumerate() {
                let y = f64::from(y) * share;
                intercept[output] += y;
                for (slope, &x) in slope.column_mut(output).iter_mut().zip(&x) {
                    *slope += y * f64::from(x);
                }
            }
        }
        Self {
            intercept: intercept.mapv(|v| v as f32),
            slope: slope.mapv(|v| v as f32),
        }
    }

    /// Returns α + β·x, `[n, outputs]`, for rows `[n, features]`.
    pub fn predict(&self, inputs: &Array2<f32>) -> Array2<f32> {
        Array2::from_shape_fn((inputs.nrows(), self.intercept.len()), |(row, output)| {
            let terms = inputs.row(row).into_iter().zip(self.slope.column(output));
            let first = f64::from(self.intercept[output]);
            let sum = terms.fold(first, |sum, (&x, &slope)| {
                sum + f64::from(x) * f64::from(slope)
            });
            sum as f32
        })
    }

    /// Subtracts the linear part from the targets.
    pub fn subtract(&self, split: &mut Split) {
        let linear = self.predict(&split.inputs);
        split.targets -= &linear;
    }

    /// Count of numbers: d + 1 for each output.
    pub fn floats(&self) -> usize {
        self.intercept.len() + self.slope.len()
    }
}
