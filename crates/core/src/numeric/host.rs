//! Transfers between the host and a device.

use burn::tensor::{Tensor, TensorData, backend::Backend};
use ndarray::Array2;

use crate::error::{Error, Result};
use crate::numeric::total;

/// Reads a tensor's data. It waits for the device and returns an error if the device's work failed: without
/// that, some backends return whatever a buffer held before.
///
/// # Errors
/// [`Error::Device`] if the device has failed or cannot be read.
pub fn read<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Result<TensorData> {
    B::sync(&tensor.device())
        .and_then(|()| tensor.clone().try_into_data())
        .map_err(|e| Error::Device(format!("a tensor cannot be read: {e:?}")))
}

/// Reads a tensor's numbers in double precision, the last axis fastest.
///
/// # Errors
/// Those of [`read`].
pub fn numbers<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Result<Vec<f64>> {
    Ok(read(tensor)?.iter::<f64>().collect())
}

/// Reads the mean square of a tensor's numbers.
///
/// # Errors
/// Those of [`read`].
pub fn mean_square<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Result<f64> {
    Ok(numbers(&total::mean(tensor.clone().square()))?[0])
}

/// Reads a matrix in double precision.
///
/// # Errors
/// Those of [`read`].
pub fn matrix<B: Backend>(tensor: &Tensor<B, 2>) -> Result<Array2<f64>> {
    let values = numbers(tensor)?;
    Array2::from_shape_vec(tensor.dims(), values).map_err(|e| Error::Device(e.to_string()))
}

/// Copies a matrix to a device, in the precision of the backend.
pub fn tensor<B: Backend>(matrix: &Array2<f64>, device: &B::Device) -> Tensor<B, 2> {
    let values: Vec<f64> = matrix.iter().copied().collect();
    Tensor::from_data(
        TensorData::new(values, [matrix.nrows(), matrix.ncols()]),
        device,
    )
}
