//! The scale of predictions that fits classes best.

use burn::tensor::{Tensor, backend::Backend};
use ndarray::{Array2, Axis, Zip};

use crate::error::Result;
use crate::numeric::host::matrix;

/// Least and largest scale.
const RANGE: [f64; 2] = [0.1, 100.0];

/// Number of halvings of the interval of logarithms, which leave 10⁻⁹ of it.
const HALVINGS: usize = 30;

/// Returns the scale t from 0.1 to 100 at which softmax(t f) has the lowest cross-entropy with targets
/// `[n, classes]`, for predictions f `[n, classes]`. The cross-entropy is convex in t, so its slope changes sign
/// once.
///
/// # Errors
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub fn best_scale<B: Backend>(predicted: &Tensor<B, 2>, targets: &Tensor<B, 2>) -> Result<f64> {
    let (predicted, targets) = (matrix(predicted)?, matrix(targets)?);
    let [mut low, mut high] = RANGE.map(f64::ln);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if slope(&predicted, &targets, middle.exp()) > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok((0.5 * (low + high)).exp())
}

/// The derivative of the cross-entropy by the scale, times the number of rows: Σ f (softmax(t f) Σ y − y).
fn slope(predicted: &Array2<f64>, targets: &Array2<f64>, scale: f64) -> f64 {
    let mut sum = 0.0;
    Zip::from(predicted.axis_iter(Axis(0)))
        .and(targets.axis_iter(Axis(0)))
        .for_each(|row, wanted| {
            let most = row.fold(f64::NEG_INFINITY, |most, value| most.max(*value));
            let shares = row.mapv(|value| (scale * (value - most)).exp());
            let mean = row.dot(&shares) / shares.sum();
            sum += mean * wanted.sum() - row.dot(&wanted);
        });
    sum
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn_ndarray::NdArray;
    use ndarray::array;

    use super::*;
    use crate::inner::Loss;
    use crate::numeric::host::tensor;

    fn on_device(rows: &Array2<f64>) -> Tensor<NdArray<f64>, 2> {
        tensor(rows, &Default::default())
    }

    #[test]
    fn no_other_scale_has_a_lower_loss() {
        let predicted = array![[0.3, -0.3], [0.1, -0.2], [0.2, 0.25], [-0.4, 0.5]];
        let targets = array![[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]];
        let [predicted, targets] = [&predicted, &targets].map(on_device);
        let best = best_scale(&predicted, &targets).unwrap();
        let loss = |scale: f64| {
            let loss =
                Loss::CrossEntropy.value(predicted.clone().mul_scalar(scale), targets.clone());
            loss.into_scalar()
        };
        assert!(best > 0.2 && best < 50.0, "{best}");
        for other in [0.9, 0.99, 1.01, 1.1] {
            assert!(loss(best * other) > loss(best), "{other}");
        }
    }

    #[test]
    fn a_batch_without_a_fault_takes_the_largest_scale() {
        let rows = on_device(&array![[1.0, 0.0], [0.0, 1.0]]);
        assert!((best_scale(&rows, &rows).unwrap() / 100.0 - 1.0).abs() < 1e-6);
        let against = on_device(&array![[0.0, 1.0], [1.0, 0.0]]);
        assert!((best_scale(&rows, &against).unwrap() / 0.1 - 1.0).abs() < 1e-6);
    }
}
