//! Kernels on input rows themselves, without a network: k(x, z) of two rows, and matrices of them.
//!
//! Every kernel has a width w, in units of the inputs. Distances are computed as ‖x‖² + ‖z‖² − 2xᵀz, whose
//! rounding error in single precision is about 10⁻⁷ of ‖x‖²; inputs should therefore be near 0, as
//! standardised inputs are.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// The smallest distance of the Laplace kernel, as a share of its width. Without it, the kernel would have no
/// derivative where two rows are equal.
const SMALLEST: f64 = 1e-3;

/// Largest number of rows that [`median_distance`] looks at.
const SAMPLE: usize = 512;

/// A kernel on input rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKernel {
    /// exp(−‖x − z‖ / w).
    Laplace,
    /// exp(−‖x − z‖² / 2w²).
    Gaussian,
    /// 1 + xᵀz / w²: ridge regression with a constant.
    Linear,
}

impl RowKernel {
    /// The matrix of k(x, z) for rows x `[n, features]` and z `[m, features]`: `[n, m]`. `width` is positive.
    pub fn matrix<A: Backend>(self, x: Tensor<A, 2>, z: Tensor<A, 2>, width: f64) -> Tensor<A, 2> {
        match self {
            Self::Laplace => {
                let least = SMALLEST * width;
                let distances = squared_distances(x, z).add_scalar(least * least).sqrt();
                distances.mul_scalar(-1.0 / width).exp()
            }
            Self::Gaussian => {
                let scale = -0.5 / (width * width);
                squared_distances(x, z).mul_scalar(scale).exp()
            }
            Self::Linear => {
                let products = x.matmul(z.transpose());
                products.mul_scalar(1.0 / (width * width)).add_scalar(1.0)
            }
        }
    }
}

/// The squared distances ‖x − z‖² of rows x `[n, features]` and z `[m, features]`: `[n, m]`, at least 0.
pub fn squared_distances<A: Backend>(x: Tensor<A, 2>, z: Tensor<A, 2>) -> Tensor<A, 2> {
    let lengths = |rows: &Tensor<A, 2>| rows.clone().square().sum_dim(1);
    let sums = lengths(&x) + lengths(&z).transpose();
    let products = x.matmul(z.transpose());
    (sums - products.mul_scalar(2.0)).clamp_min(0.0)
}

/// The median distance between two different rows of `[n, features]`, over at most 512 rows in equal steps.
/// If it is 0, the mean distance; if that is 0 too, or if there is only one row, 1.
pub fn median_distance(rows: &Array2<f32>) -> f64 {
    let count = rows.nrows().min(SAMPLE);
    let row = |place: usize| rows.row(place * rows.nrows() / count);
    let mut distances = Vec::with_capacity(count * count / 2);
    for first in 0..count {
        for second in 0..first {
            let pairs = row(first).into_iter().zip(row(second));
            let squares = pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
            distances.push(squares.sum::<f64>().sqrt());
        }
    }
    if distances.is_empty() {
        return 1.0;
    }
    let middle = distances.len() / 2;
    let (_, &mut median, _) = distances.select_nth_unstable_by(middle, f64::total_cmp);
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    [median, mean]
        .into_iter()
        .find(|it| *it > 0.0)
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_ndarray::NdArray;
    use ndarray::array;

    use super::*;
    use crate::numeric::host::{matrix, tensor};

    type Plain = NdArray<f64>;

    fn on_device(rows: &Array2<f64>) -> Tensor<Plain, 2> {
        tensor(rows, &Default::default())
    }

    #[test]
    fn kernels_are_what_their_formulas_say() {
        let x = array![[0.0, 3.0], [1.0, 1.0]];
        let z = array![[4.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
        for kernel in [RowKernel::Laplace, RowKernel::Gaussian, RowKernel::Linear] {
            let found = matrix(&kernel.matrix(on_device(&x), on_device(&z), 2.0)).unwrap();
            for ((row, column), value) in found.indexed_iter() {
                let (x, z) = (x.row(row), z.row(column));
                let distance = (&x - &z).mapv(|it| it * it).sum().sqrt();
                let expected = match kernel {
                    RowKernel::Laplace => (-distance / 2.0).exp(),
                    RowKernel::Gaussian => (-distance * distance / 8.0).exp(),
                    RowKernel::Linear => 1.0 + x.dot(&z) / 4.0,
                };
                assert!((value - expected).abs() < 2e-3, "{kernel:?}: {value}");
            }
        }
    }

    #[test]
    fn the_median_distance_is_positive_whatever_the_rows() {
        assert_eq!(median_distance(&array![[0.0], [1.0], [4.0]]), 3.0);
        assert_eq!(median_distance(&array![[2.0]]), 1.0);
        assert_eq!(median_distance(&array![[2.0], [2.0], [2.0]]), 1.0);
        let mostly_equal = median_distance(&array![[0.0], [0.0], [0.0], [0.0], [1.0]]);
        assert!((mostly_equal - 0.4).abs() < 1e-12);
        let many = Array2::from_shape_fn((2000, 1), |(row, _)| row as f32);
        assert!((median_distance(&many) - 586.0).abs() < 10.0);
    }
}
