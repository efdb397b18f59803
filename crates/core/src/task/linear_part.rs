//! The linear part of a task: α = E\[y\] and β = E\[y·x\], taken off the targets before the feature
//! step so that the gradient shows the non-linear structure (theory.md, step 0).

use ndarray::{Array1, Array2, Axis};

use super::Split;

/// y ≈ α + β·x.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearPart {
    /// α, `[outputs]`.
    pub intercept: Array1<f32>,
    /// β, `[features, outputs]`.
    pub slope: Array2<f32>,
}

impl LinearPart {
    /// The sample means of y and y·x, accumulated in double precision.
    pub fn estimate(split: &Split) -> Self {
        let count = split.len().max(1) as f64;
        let x = split.inputs.mapv(f64::from);
        let y = split.targets.mapv(f64::from);
        let slope = x.t().dot(&y) / count;
        let intercept = y.sum_axis(Axis(0)) / count;
        Self {
            intercept: intercept.mapv(|v| v as f32),
            slope: slope.mapv(|v| v as f32),
        }
    }

    /// α + β·x for rows `[n, features]`.
    pub fn predict(&self, inputs: &Array2<f32>) -> Array2<f32> {
        inputs.dot(&self.slope) + &self.intercept
    }

    /// Takes the linear part off the targets.
    pub fn subtract(&self, split: &mut Split) {
        let linear = self.predict(&split.inputs);
        split.targets -= &linear;
    }

    /// Numbers stored: (d + 1) a target.
    pub fn floats(&self) -> usize {
        self.intercept.len() + self.slope.len()
    }
}
