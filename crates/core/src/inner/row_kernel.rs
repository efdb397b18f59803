//! Kernels on input rows themselves, without a network: k(x, z) of two rows, and matrices of them.
//!
//! Every kernel has a width w, in units of the inputs. Distances are computed as ‖x‖² + ‖z‖² − 2xᵀz, whose
//! rounding error in single precision is about 10⁻⁷ of ‖x‖²; inputs should therefore be near 0, as
//! standardised inputs are. The distance of a row from itself is exactly 0 ([`RowKernel::among`]).

use std::f64::consts::{FRAC_PI_2, PI};

use burn::tensor::{Tensor, backend::Backend};
use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The distance up to which the Laplace kernel is smooth, as a share of its width. Without it, the kernel would
/// have no derivative where two rows are equal. It lies far above √10⁻⁷ = 3·10⁻⁴, up to which distances in
/// single precision are rounding errors.
const SMOOTH: f64 = 1e-2;

/// Largest cosine between two rows. The derivative of the angle is infinite at 1.
const MOST_COSINE: f64 = 1.0 - 1e-5;

/// Largest number of rows among which [`median_nearest_distance`] looks for neighbours.
const NEIGHBOURS: usize = 20_000;

/// Largest number of rows that [`median_distance`] looks at.
const SAMPLE: usize = 512;

/// A kernel on input rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKernel {
    /// exp(−‖x − z‖ / w), with √(‖x − z‖² + s²) − s for the distance, s = w/100.
    Laplace,
    /// exp(−‖x − z‖² / 2w²).
    Gaussian,
    /// 1 + xᵀz / w²: ridge regression with a constant.
    Linear,
    /// The neural tangent kernel of an infinitely wide network with one hidden layer of ReLU and biases, of
    /// rows with a further 1 at the end, divided by the number of inputs plus 1; and 0.1 for the bias of its
    /// output (Jacot, Gabriel and Hongler, 2018; the arc-cosine kernels are those of Cho and Saul, 2009). It
    /// has no width.
    NeuralTangent,
}

impl RowKernel {
    /// The matrix of k(x, z) for rows x `[n, features]` and z `[m, features]`: `[n, m]`. `width` is positive.
    pub fn between<A: Backend>(self, x: Tensor<A, 2>, z: Tensor<A, 2>, width: f64) -> Tensor<A, 2> {
        match self {
            Self::Laplace | Self::Gaussian => self.of_squares(squared_distances(x, z), width),
            Self::NeuralTangent => neural_tangent(x, z),
            Self::Linear => {
                let products = x.matmul(z.transpose());
                products.mul_scalar(1.0 / (width * width)).add_scalar(1.0)
            }
        }
    }

    /// The matrix of k(z, z') for all pairs of rows z `[m, features]`: `[m, m]`. `width` is positive. Unlike
    /// [`Self::between`], it knows that a row is equal to itself, without rounding errors.
    pub fn among<A: Backend>(self, z: Tensor<A, 2>, width: f64) -> Tensor<A, 2> {
        match self {
            Self::Laplace | Self::Gaussian => {
                let others = Tensor::eye(z.dims()[0], &z.device()).neg().add_scalar(1.0);
                self.of_squares(squared_distances(z.clone(), z) * others, width)
            }
            Self::NeuralTangent | Self::Linear => self.between(z.clone(), z, width),
        }
    }

    /// A kernel that is a function of the squared distances `[n, m]`.
    fn of_squares<A: Backend>(self, squares: Tensor<A, 2>, width: f64) -> Tensor<A, 2> {
        if self == Self::Gaussian {
            return squares.mul_scalar(-0.5 / (width * width)).exp();
        }
        let smooth = SMOOTH * width;
        let distances = squares.add_scalar(smooth * smooth).sqrt();
        let distances = distances.add_scalar(-smooth);
        distances.mul_scalar(-1.0 / width).exp()
    }
}

/// The kernel [`RowKernel::NeuralTangent`].
fn neural_tangent<A: Backend>(x: Tensor<A, 2>, z: Tensor<A, 2>) -> Tensor<A, 2> {
    let share = 1.0 / (x.dims()[1] as f64 + 1.0);
    let lengths = |rows: &Tensor<A, 2>| rows.clone().square().sum_dim(1).add_scalar(1.0).sqrt();
    let lengths = lengths(&x) * lengths(&z).transpose();
    let products = x.matmul(z.transpose()).add_scalar(1.0);
    let cosines = (products.clone() / lengths.clone()).clamp(-MOST_COSINE, MOST_COSINE);
    // π − θ for the angle θ between two rows.
    let rest = angles(cosines.clone()).neg().add_scalar(PI);
    let sines = cosines.clone().square().neg().add_scalar(1.0).sqrt();
    let outer = lengths * (cosines * rest.clone() + sines);
    (outer + products * rest)
        .mul_scalar(share / PI)
        .add_scalar(0.1)
}

/// The angles from 0 to π of cosines, up to 10⁻⁷: √(1 − c) p(c) for c ≥ 0, with p from Abramowitz and Stegun,
/// "Handbook of Mathematical Functions", 4.4.46, and p(0) = π/2. Its derivative is that of this formula. The function
/// that shading languages have is only good to about 10⁻⁴.
fn angles<A: Backend>(cosines: Tensor<A, 2>) -> Tensor<A, 2> {
    const FACTORS: [f64; 7] = [
        -0.001_262_491_1,
        0.006_670_090_1,
        -0.017_088_125_6,
        0.030_891_881_0,
        -0.050_174_304_6,
        0.088_978_987_4,
        -0.214_598_801_6,
    ];
    // 1 or −1.
    let signs = cosines.clone().greater_equal_elem(0.0).float();
    let signs = signs.mul_scalar(2.0).sub_scalar(1.0);
    let above = cosines * signs.clone();
    let polynomial = FACTORS.iter().fold(above.zeros_like(), |sum, factor| {
        sum.add_scalar(*factor) * above.clone()
    });
    let angles = polynomial.add_scalar(FRAC_PI_2) * above.neg().add_scalar(1.0).sqrt();
    (angles.sub_scalar(FRAC_PI_2) * signs).add_scalar(FRAC_PI_2)
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

/// The median distance of a row `[n, features]` to its nearest neighbour, over at most 512 rows in equal steps,
/// whose neighbours are looked for among at most 20,000 rows. 0 if most rows are there twice, or if there is only
/// one row.
pub fn median_nearest_distance(rows: &Array2<f32>) -> f64 {
    let all = rows.nrows();
    let places = |count: usize| (0..count).map(move |place| place * all / count);
    let others: Vec<usize> = places(all.min(NEIGHBOURS)).collect();
    let nearest = |place: usize| {
        let row = rows.row(place);
        let distance = |other: usize| {
            let pairs = row.iter().zip(rows.row(other));
            pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
        };
        let others = others.iter().filter(|other| **other != place);
        others
            .map(|&other| distance(other))
            .fold(f32::INFINITY, f32::min)
    };
    let places: Vec<usize> = places(all.min(SAMPLE)).collect();
    let mut distances: Vec<f32> = places.into_par_iter().map(nearest).collect();
    distances.retain(|distance| distance.is_finite());
    if distances.is_empty() {
        return 0.0;
    }
    let middle = distances.len() / 2;
    let (_, median, _) = distances.select_nth_unstable_by(middle, f32::total_cmp);
    f64::from(*median).sqrt()
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
        for kernel in [
            RowKernel::Laplace,
            RowKernel::Gaussian,
            RowKernel::Linear,
            RowKernel::NeuralTangent,
        ] {
            let found = matrix(&kernel.between(on_device(&x), on_device(&z), 2.0)).unwrap();
            for ((row, column), value) in found.indexed_iter() {
                let (x, z) = (x.row(row), z.row(column));
                let distance = (&x - &z).mapv(|it| it * it).sum().sqrt();
                let expected = match kernel {
                    RowKernel::Laplace => {
                        let smooth: f64 = 0.02;
                        ((smooth - distance.hypot(smooth)) / 2.0).exp()
                    }
                    RowKernel::Gaussian => (-distance * distance / 8.0).exp(),
                    RowKernel::Linear => 1.0 + x.dot(&z) / 4.0,
                    RowKernel::NeuralTangent => {
                        let lengths = ((x.dot(&x) + 1.0) * (z.dot(&z) + 1.0)).sqrt();
                        let product = x.dot(&z) + 1.0;
                        let angle = (product / lengths).min(1.0).acos();
                        let outer = lengths * (angle.sin() + (PI - angle) * angle.cos());
                        (outer + product * (PI - angle)) / (3.0 * PI) + 0.1
                    }
                };
                assert!((value - expected).abs() < 2e-3, "{kernel:?}: {value}");
            }
        }
    }

    #[test]
    fn angles_are_those_of_the_cosines() {
        let cosines = Array2::from_shape_fn((1, 2001), |(_, place)| place as f64 / 1000.0 - 1.0);
        let found = matrix(&angles(on_device(&cosines))).unwrap();
        for (angle, cosine) in found.iter().zip(&cosines) {
            assert!((angle - cosine.acos()).abs() < 1e-7, "{cosine}: {angle}");
        }
    }

    #[test]
    fn the_nearest_neighbour_is_another_row() {
        let rows = array![[0.0], [1.0], [3.0], [6.0], [10.0]];
        assert_eq!(median_nearest_distance(&rows), 2.0);
        assert_eq!(median_nearest_distance(&array![[2.0]]), 0.0);
        assert_eq!(median_nearest_distance(&array![[2.0], [2.0], [5.0]]), 0.0);
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
