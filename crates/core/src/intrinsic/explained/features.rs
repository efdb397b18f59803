//! Random features of directions: ReLU(a_f·z + b_f) of the standardised projections z = C^(−1/2) Qᵀ(x − x̄).
//!
//! C is the projections' covariance over the rows at hand, so that a_f, a random unit vector, and b_f, a
//! standard normal number, bend the features where the rows are, whatever the inputs' scale and centre.

use burn::tensor::{Tensor, activation::relu, backend::Backend};
use ndarray::Array2;

use crate::error::{Error, Result};
use crate::host::{matrix, tensor};
use crate::linear_algebra::{covariance, inverse_root};
use crate::seed::{Seed, Stream};
use crate::task::Rows;

/// How many there are.
pub const FEATURES: usize = 128;

/// Least variance of a projection, as a share of their mean one: a direction that no row moves in is not
/// blown up.
const LEAST: f64 = 1e-6;

/// Features with their draws.
#[derive(Debug)]
pub struct Features<B: Backend> {
    /// How much a unit of each projection Qᵀx moves each feature, `[k, features]`.
    pub slopes: Array2<f64>,
    /// Q `[d, k]`.
    directions: Tensor<B, 2>,
    /// `slopes` on the device.
    weights: Tensor<B, 2>,
    /// `[1, features]`.
    biases: Tensor<B, 2>,
}

impl<B: Backend> Features<B> {
    /// Those of an orthonormal basis `[d, k]` of directions for these rows.
    ///
    /// # Errors
    /// The rows are not finite, or the device cannot be read.
    pub fn drawn(rows: &Rows<B>, basis: &Array2<f64>, seed: &Seed) -> Result<Self> {
        let device = rows.inputs.device();
        let mut stream = seed.child("features").stream();
        let normal = |rows, stream: &mut Stream| {
            let draws = stream.normal_matrix(rows, FEATURES);
            draws.mapv(f64::from)
        };
        let mut unit = normal(basis.ncols(), &mut stream);
        for mut column in unit.columns_mut() {
            let norm = column.dot(&column).sqrt().max(f64::MIN_POSITIVE);
            column /= norm;
        }
        let biases = normal(1, &mut stream);
        let directions = tensor(basis, &device);
        let projections = matrix(&rows.inputs.clone().matmul(directions.clone()))?;
        let (mean, covariance) = covariance(&projections.mapv(|value| value as f32));
        let trace: f64 = (0..basis.ncols()).map(|k| covariance[(k, k)]).sum();
        let least = match LEAST * trace / basis.ncols().max(1) as f64 {
            least if least > 0.0 => least,
            _ => 1.0,
        };
        let root = inverse_root(covariance, least)
            .filter(|root| root.iter().all(|value| value.is_finite()))
            .ok_or_else(|| Error::Mismatch("the task's inputs are not finite".to_owned()))?;
        let slopes = root.mapv(f64::from).dot(&unit);
        let centre = mean.insert_axis(ndarray::Axis(0)).dot(&slopes);
        Ok(Self {
            directions,
            weights: tensor(&slopes, &device),
            biases: tensor(&(biases - centre), &device),
            slopes,
        })
    }

    /// Their values for inputs `[n, d]`, `[n, features]`.
    pub fn of(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        relu(self.before(inputs))
    }

    /// 1 where a feature is not zero and 0 elsewhere, `[n, features]`.
    pub fn open(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        self.before(inputs).greater_elem(0.0).float()
    }

    fn before(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        // Two narrow products: k is small.
        let projections = inputs.clone().matmul(self.directions.clone());
        projections.matmul(self.weights.clone()) + self.biases.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::*;
    use crate::host::numbers;
    use crate::linear_algebra::orthonormal_rows;

    fn values(inputs: &Array2<f64>, basis: &Array2<f64>) -> Vec<f64> {
        let device = Default::default();
        let inputs: Tensor<Flex, 2> = tensor(inputs, &device);
        let targets = Tensor::zeros([inputs.dims()[0], 1], &device);
        let rows = Rows {
            inputs: inputs.clone(),
            targets,
        };
        let features = Features::drawn(&rows, basis, &Seed::new(3)).unwrap();
        let open = numbers(&features.open(&inputs)).unwrap();
        let values = numbers(&features.of(&inputs)).unwrap();
        assert!(
            values
                .iter()
                .zip(open)
                .all(|(v, open)| (*v > 0.0) == (open == 1.0))
        );
        values
    }

    #[test]
    fn scale_and_centre_of_the_inputs_do_not_matter() {
        let mut stream = Seed::new(1).stream();
        let mut normal = |rows, columns| stream.normal_matrix(rows, columns).mapv(f64::from);
        let inputs = normal(500, 6);
        let basis = orthonormal_rows(&normal(3, 6)).t().to_owned();
        let plain = values(&inputs, &basis);
        for (scale, centre) in [(40.0, 0.0), (0.01, 0.0), (2.0, 9.0)] {
            let moved = values(&(&inputs * scale + centre), &basis);
            let apart = plain.iter().zip(&moved).map(|(a, b)| (a - b).abs());
            assert!(apart.fold(0.0, f64::max) < 1e-3, "{scale}, {centre}");
        }
    }

    #[test]
    fn a_direction_that_no_row_moves_in_is_left_alone() {
        let inputs = Array2::from_shape_fn((20, 3), |(row, column)| match column {
            0 => row as f64,
            _ => 5.0,
        });
        for columns in [[0, 1], [1, 2]] {
            let basis = Array2::from_shape_fn((3, 2), |(row, place)| {
                f64::from(u8::from(row == columns[place]))
            });
            let values = values(&inputs, &basis);
            assert!(
                values.iter().all(|value| value.abs() < 100.0),
                "{columns:?}"
            );
        }
    }
}
