//! Features of directions: the standardised projections z = C^(−1/2) Qᵀ(x − x̄) themselves, and nonlinear
//! features ReLU(a_f·z + b_f), all centred over the rows at hand.
//!
//! C is the covariance of the projections over these rows, a_f a random unit vector and b_f a standard normal
//! number. So the kinks of the features lie where the rows are, whatever the scale and centre of the inputs.

use burn::tensor::{Tensor, activation::relu, backend::Backend};
use ndarray::{Array2, Axis, concatenate};

use crate::error::{Error, Result};
use crate::numeric::host::{matrix, tensor};
use crate::numeric::linear_algebra::{covariance, inverse_root};
use crate::seed::{Seed, Stream};
use crate::task::Rows;

/// Smallest number of nonlinear features.
const LEAST_NONLINEAR: usize = 128;

/// Number of nonlinear features for each direction, if that is more: more dimensions need more features.
const NONLINEAR_PER_DIRECTION: usize = 40;

/// Lower bound of a projection's variance, as a fraction of the mean variance. It prevents that a direction
/// in which rows do not vary is scaled up.
const LEAST: f64 = 1e-6;

/// Drawn features: k linear ones (`straight`), then the nonlinear ones (`bent`).
#[derive(Debug)]
pub struct Features<B: Backend> {
    /// Derivative of each feature with respect to the projections Qᵀx where it is active, `[k, features]`.
    pub jacobian: Array2<f64>,
    /// Q `[d, k]`.
    directions: Tensor<B, 2>,
    /// `jacobian` on the device.
    weights: Tensor<B, 2>,
    /// Biases before the relu, `[1, features]`.
    biases: Tensor<B, 2>,
    /// Means of the features over the rows at hand, `[1, features]`.
    means: Tensor<B, 2>,
}

impl<B: Backend> Features<B> {
    /// Draws features of directions, an orthonormal basis `[d, k]`, for these rows.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the rows are not finite; [`Error::Device`] if the device cannot be read.
    pub fn drawn(rows: &Rows<B>, basis: &Array2<f64>, seed: &Seed) -> Result<Self> {
        let device = rows.inputs.device();
        let mut stream = seed.child("features").stream();
        let directions_count = basis.ncols();
        let bent = LEAST_NONLINEAR.max(NONLINEAR_PER_DIRECTION * directions_count);
        let normal = |rows, stream: &mut Stream| {
            let draws = stream.normal_matrix(rows, bent);
            draws.mapv(f64::from)
        };
        let mut unit = normal(directions_count, &mut stream);
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
        let root = root.mapv(f64::from);
        let jacobian = concatenate![Axis(1), root, root.dot(&unit)];
        let straight = Array2::zeros((1, directions_count));
        let biases = concatenate![Axis(1), straight, biases];
        let centre = mean.insert_axis(Axis(0)).dot(&jacobian);
        let mut features = Self {
            directions,
            weights: tensor(&jacobian, &device),
            biases: tensor(&(biases - centre), &device),
            means: Tensor::zeros([1, directions_count + bent], &device),
            jacobian,
        };
        features.means = features.of(&rows.inputs).mean_dim(0);
        Ok(features)
    }

    /// Returns the features `[n, features]` of inputs `[n, d]`.
    pub fn of(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        let before = self.before(inputs);
        let [straight, bent] = self.parts(&before);
        Tensor::cat(vec![straight, relu(bent)], 1) - self.means.clone()
    }

    /// Returns a mask `[n, features]` for inputs `[n, d]`: 1 where a feature is active, 0 where its relu is
    /// zero.
    pub fn open(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        let before = self.before(inputs);
        let [straight, bent] = self.parts(&before);
        Tensor::cat(
            vec![straight.ones_like(), bent.greater_elem(0.0).float()],
            1,
        )
    }

    /// Splits `[n, features]` into the linear and the nonlinear features.
    fn parts(&self, features: &Tensor<B, 2>) -> [Tensor<B, 2>; 2] {
        let (straight, all) = self.jacobian.dim();
        let [first, second] = [(0, straight), (straight, all - straight)];
        [first, second].map(|(start, length)| features.clone().narrow(1, start, length))
    }

    /// The features before relu and centring.
    fn before(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        // Two narrow products are cheap, since k is small.
        let projections = inputs.clone().matmul(self.directions.clone());
        projections.matmul(self.weights.clone()) + self.biases.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_flex::Flex;

    use super::*;
    use crate::numeric::host::numbers;
    use crate::numeric::linear_algebra::orthonormal_rows;

    fn values(inputs: &Array2<f64>, basis: &Array2<f64>) -> Vec<f64> {
        let device = Default::default();
        let inputs: Tensor<Flex, 2> = tensor(inputs, &device);
        let targets = Tensor::zeros([inputs.dims()[0], 1], &device);
        let rows = Rows {
            inputs: inputs.clone(),
            targets,
        };
        let features = Features::drawn(&rows, basis, &Seed::new(3)).unwrap();
        let of = features.of(&inputs);
        let values = matrix(&of).unwrap();
        let means = numbers(&of.clone().mean_dim(0)).unwrap();
        assert!(means.iter().all(|mean| mean.abs() < 1e-4), "{means:?}");
        // Where a feature is not active, it has its smallest value.
        let open = matrix(&features.open(&inputs)).unwrap();
        for (value, open) in values.columns().into_iter().zip(open.columns()) {
            let least = value.iter().copied().fold(f64::INFINITY, f64::min);
            let at = value.iter().zip(open);
            assert!(
                at.into_iter()
                    .all(|(value, open)| *open == 1.0 || *value <= least + 1e-5)
            );
        }
        numbers(&of).unwrap()
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
    fn a_direction_in_which_rows_do_not_vary_is_not_scaled_up() {
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
