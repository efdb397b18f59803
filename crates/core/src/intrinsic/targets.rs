//! Standardisation of the targets.

use burn::tensor::backend::Backend;
use ndarray::Axis;

use crate::error::Result;
use crate::numeric::host::{matrix, tensor};
use crate::task::Rows;

/// Standardises the targets of training rows and held-out rows: subtracts the mean of the training targets
/// and divides by the root of their mean square. The mean square is taken over all outputs together, so their
/// sizes relative to one another stay the same.
///
/// # Errors
/// [`Error::Device`](crate::Error::Device) if the device cannot be read.
pub fn standardised<B: Backend>(rows: Rows<B>, held_out: Rows<B>) -> Result<[Rows<B>; 2]> {
    let seen = matrix(&rows.targets)?;
    let Some(mean) = seen.mean_axis(Axis(0)) else {
        return Ok([rows, held_out]);
    };
    let mean_square = (&seen - &mean).mapv(|value| value * value).mean();
    let scale = match mean_square.map(f64::sqrt) {
        Some(root) if root > 0.0 => 1.0 / root,
        _ => 1.0,
    };
    let moved = |of: Rows<B>| -> Result<Rows<B>> {
        let targets = (matrix(&of.targets)? - &mean) * scale;
        Ok(Rows {
            targets: tensor(&targets, &of.inputs.device()),
            ..of
        })
    };
    Ok([moved(rows)?, moved(held_out)?])
}
