//! Sums over all numbers of a tensor, in an order that depends on the tensor's shape only.
//!
//! Burn's `flex` sums 4 Mi (2²²) or more single-precision numbers in pieces, and adds up the pieces in the
//! order in which threads finish. So the last bits change from call to call. Here such a large sum is cut
//! into rows of equal length. One thread sums each row, and then the sums of the rows are added in the same
//! way. Smaller sums are Burn's own. Everything is composed of Burn's operations, so derivatives of any order
//! are Burn's.
//!
//! `clippy.toml` forbids Burn's own sums over all numbers: every sum that affects a set, a checkpoint or a
//! score must use this file.

use burn::tensor::{Tensor, backend::Backend};

/// Sums of at least this count of numbers go row by row. From this count on, `flex` shares a sum among
/// threads.
const LARGE: usize = 1 << 22;

/// Count of numbers in a row. The rounding error of a row is that of a short sum.
const ROW: usize = 1 << 16;

/// The sum of all numbers, `[1]`.
#[allow(clippy::disallowed_methods, reason = "fewer than LARGE numbers")]
pub fn of<A: Backend, const D: usize>(tensor: Tensor<A, D>) -> Tensor<A, 1> {
    let count: usize = tensor.dims().iter().product();
    if count < LARGE {
        return tensor.sum();
    }
    let numbers = tensor.reshape([count]);
    let (rows, rest) = (count / ROW, count % ROW);
    let by_row = |rows_of: Tensor<A, 1>| of(rows_of.reshape([rows, ROW]).sum_dim(1));
    if rest == 0 {
        return by_row(numbers);
    }
    by_row(numbers.clone().narrow(0, 0, rows * ROW)) + numbers.narrow(0, rows * ROW, rest).sum()
}

/// The mean of all numbers, `[1]`.
#[allow(clippy::disallowed_methods, reason = "fewer than LARGE numbers")]
pub fn mean<A: Backend, const D: usize>(tensor: Tensor<A, D>) -> Tensor<A, 1> {
    let count: usize = tensor.dims().iter().product();
    if count < LARGE {
        return tensor.mean();
    }
    of(tensor).mul_scalar(1.0 / count as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use burn::tensor::TensorData;
    use burn_flex::Flex;
    use burn_ndarray::NdArray;

    use super::*;
    use crate::numeric::host::numbers;
    use crate::seed::Seed;
    use crate::tape::{Derivatives, Leaf, lift};

    /// Numbers of both signs and of many sizes. Their count is no multiple of [`ROW`].
    fn many<B: Backend>() -> Tensor<B, 2> {
        let shape = [5, LARGE / 4 + 3];
        let few = Seed::new(3).stream().normal(1 << 12);
        let number = |place: usize| few[place % few.len()] * few[place / few.len()].exp();
        let numbers = (0..shape.iter().product()).map(number).collect();
        Tensor::from_data(TensorData::new(numbers, shape), &Default::default())
    }

    #[test]
    fn a_large_sum_has_the_same_bits_on_any_number_of_threads() {
        let tensor = many::<Flex>();
        let bits = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let sums = || [of(tensor.clone()), mean(tensor.clone())];
            let sums = pool.build().unwrap().install(sums);
            sums.map(|sum| sum.into_scalar().to_bits())
        };
        let alone = bits(1);
        for threads in [2, 3, 5] {
            // Threads share work differently from call to call.
            for _ in 0..40 {
                assert_eq!(bits(threads), alone, "{threads} threads");
            }
        }
    }

    #[test]
    fn a_large_sum_is_the_sum() {
        let tensor = many::<NdArray<f64>>();
        let numbers = |of: Tensor<NdArray<f64>, 1>| numbers(&of).unwrap()[0];
        let expected: f64 = tensor.to_data().iter::<f64>().sum();
        let size: f64 = tensor.to_data().iter::<f64>().map(f64::abs).sum();
        let count = tensor.dims().iter().product::<usize>() as f64;
        assert!((numbers(of(tensor.clone())) - expected).abs() < 1e-13 * size);
        assert!((numbers(mean(tensor)) * count - expected).abs() < 1e-13 * size);
    }

    #[test]
    fn few_numbers_are_summed_as_burn_does() {
        let few = many::<Flex>().narrow(1, 7, 90_001);
        #[allow(clippy::disallowed_methods, reason = "what is compared with")]
        let burn = [few.clone().sum(), few.clone().mean()];
        let bits = |of: [Tensor<Flex, 1>; 2]| of.map(|sum| sum.into_scalar().to_bits());
        assert_eq!(bits([of(few.clone()), mean(few)]), bits(burn));
    }

    /// S = Σ x³, and ⟨∂S/∂x, v⟩: derivatives 3x² and 6xv.
    #[test]
    fn large_sums_can_be_differentiated_twice() {
        type Plain = NdArray<f64>;
        let x = many::<Plain>();
        let v = x.clone().add_scalar(0.25);
        let apart = |a: Tensor<Plain, 2>, b: Tensor<Plain, 2>| {
            numbers(&((a - b.clone()).abs().max() / b.abs().max())).unwrap()[0]
        };
        let cubes = |x: &Tensor<Plain, 2>| x.clone() * x.clone() * x.clone();

        let points = Leaf::new(x.clone());
        let weights = Leaf::new(points.tracked());
        let on = weights.tracked();
        let derivative = Derivatives::of(of(on.clone() * on.clone() * on)).at(weights, "x");
        let first = derivative.clone().inner();
        let along = mean(derivative * lift(v.clone()));
        let second = Derivatives::of(along).at(points, "x");
        let count = x.dims().iter().product::<usize>() as f64;
        assert!(apart(first.clone(), x.clone().square().mul_scalar(3.0)) < 1e-14);
        let expected = (x.clone() * v.clone()).mul_scalar(6.0 / count);
        assert!(apart(second, expected) < 1e-14);

        // The first derivative, against central differences along v.
        let step = 1e-5;
        let at = |sign: f64| of(cubes(&(x.clone() + v.clone().mul_scalar(sign * step))));
        let difference = numbers(&(at(1.0) - at(-1.0))).unwrap()[0] / (2.0 * step);
        let derivative = numbers(&of(first * v.clone())).unwrap()[0];
        assert!(
            (difference / derivative - 1.0).abs() < 1e-7,
            "{difference}, {derivative}"
        );
    }
}
