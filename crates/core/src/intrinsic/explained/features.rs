//! Features of directions: the standardised projections z = C^(−1/2) Qᵀ(x − x̄) themselves, and ReLU(a_f·z + b_f)
//! of them, each less its mean over the rows at hand.
//!
//! C is the projections' covariance over those rows, so that a_f, a random unit vector, and b_f, a standard
//! normal number, bend the features where the rows are, whatever the inputs' scale and centre.

use burn::tensor::{Tensor, activation::relu, backend::Backend};
use ndarray::{Array2, Axis, concatenate};

use crate::error::{Error, Result};
use crate::numeric::host::{matrix, tensor};
use crate::numeric::linear_algebra::{covariance, inverse_root};
use crate::seed::{Seed, Stream};
use crate::task::Rows;

/// How many bend, of few directions.
const LEAST_BENT: usize = 128;

/// How many bend for each direction, of many: the same number in more dimensions would describe less.
const BENT_A_DIRECTION: usize = 40;

/// Least variance of a projection, as a share of their mean one: a direction that no row moves in is not
/// blown up.
const LEAST: f64 = 1e-6;

/// Features with their draws: k that do not bend, and then those that do.
#[derive(Debug)]
pub struct Features<B: Backend> {
    /// How much a unit of each projection Qᵀx moves each feature where it is open, `[k, features]`.
    pub jacobian: Array2<f64>,
    /// Q `[d, k]`.
    directions: Tensor<B, 2>,
    /// `jacobian` on the device.
    weights: Tensor<B, 2>,
    /// `[1, features]`.
    biases: Tensor<B, 2>,
    /// Of the features over the rows at hand, `[1, features]`.
    means: Tensor<B, 2>,
}

impl<B: Backend> Features<B> {
    /// Those of an orthonormal basis `[d, k]` of directions for these rows.
    ///
    /// # Errors
    /// The rows are not finite, or the device cannot be read.
    pub fn drawn(rows: &Rows<B>, basis: &Array2<f64>, seed: &Seed) -> Result<Self> {
        let device = rows.inputs.device();
        let mut stream = seed.child("features").stream();
        let directions_count = basis.ncols();
        let bent = LEAST_BENT.max(BENT_A_DIRECTION * directions_count);
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

    /// Their values for inputs `[n, d]`, `[n, features]`.
    pub fn of(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        let before = self.before(inputs);
        let [straight, bent] = self.parts(&before);
        Tensor::cat(vec![straight, relu(bent)], 1) - self.means.clone()
    }

    /// 1 where a feature moves with its inputs and 0 elsewhere, `[n, features]`.
    pub fn open(&self, inputs: &Tensor<B, 2>) -> Tensor<B, 2> {
        let before = self.before(inputs);
        let [straight, bent] = self.parts(&before);
        Tensor::cat(
            vec![straight.ones_like(), bent.greater_elem(0.0).float()],
            1,
        )
    }

    /// The features that do not bend, and those that do.
    fn parts(&self, features: &Tensor<B, 2>) -> [Tensor<B, 2>; 2] {
        let (straight, all) = self.jacobian.dim();
        let [first, second] = [(0, straight), (straight, all - straight)];
        [first, second].map(|(start, length)| features.clone().narrow(1, start, length))
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
        // Where a feature is closed it is at its least.
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
