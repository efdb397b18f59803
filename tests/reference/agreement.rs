//! How closely numbers must agree.

use burn::tensor::{Tensor, backend::Backend};

/// The largest relative difference, ‖a − b‖/‖b‖.
const CLOSE: f64 = 1e-6;

/// A tensor's numbers, row by row.
pub fn numbers<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Vec<f64> {
    tensor.to_data().iter::<f64>().collect()
}

/// Fails where the numbers found are not those expected.
pub fn agree(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let error = norm(&differences(found, expected)) / norm(expected);
    assert!(error < CLOSE, "{what}: relative difference {error:.1e}");
}

/// Fails where numbers did not move from `start` as expected: the moves are compared, which are smaller
/// than what moved.
pub fn moved_alike(what: &str, start: &[f64], found: &[f64], expected: &[f64]) {
    let way = |end| differences(end, start);
    agree(what, &way(found), &way(expected));
}

fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}
