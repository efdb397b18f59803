//! Between tensors and plain vectors of double precision.

use burn::tensor::{Tensor, TensorData, backend::Backend};
use retort_core::network::Weights;
use retort_core::seed::Seed;

pub use crate::precision::{Checked, Single};

/// The backend that references are computed on.
pub type Double = burn_ndarray::NdArray<f64>;

/// A tensor's numbers, row by row.
pub fn numbers<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Vec<f64> {
    tensor.to_data().iter::<f64>().collect()
}

/// A one-number tensor's number.
pub fn number<B: Backend>(tensor: &Tensor<B, 1>) -> f64 {
    numbers(tensor)[0]
}

/// All weights in a row.
pub fn weight_numbers<B: Backend>(weights: &Weights<B>) -> Vec<f64> {
    weights.tensors().iter().flat_map(numbers).collect()
}

/// A tensor with these numbers.
pub fn tensor<B: Backend, const D: usize>(values: &[f64], shape: [usize; D]) -> Tensor<B, D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &Default::default())
}

/// Weights of that layout with these numbers.
pub fn weights_like<B: Backend>(like: &Weights<B>, values: &[f64]) -> Weights<B> {
    let mut rest = values;
    like.map(|old| {
        let (here, later) = rest.split_at(old.dims()[0]);
        rest = later;
        tensor(here, [here.len()])
    })
}

/// Numbers from N(0, 1).
pub fn normal(count: usize, seed: &Seed) -> Vec<f64> {
    let draws = seed.stream().normal(count);
    draws.into_iter().map(f64::from).collect()
}

/// A matrix of numbers from N(0, 1).
pub fn normal_matrix<B: Backend>(shape: [usize; 2], seed: &Seed) -> Tensor<B, 2> {
    tensor(&normal(shape[0] * shape[1], seed), shape)
}

/// Euclidean norm.
pub fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// ‖a − b‖ / ‖b‖.
pub fn relative(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    norm(&difference) / norm(b).max(f64::MIN_POSITIVE)
}
