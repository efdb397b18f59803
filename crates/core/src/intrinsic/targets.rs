//! Targets of whatever size, made comparable.

use burn::tensor::backend::Backend;
use ndarray::Axis;

use crate::error::Result;
use crate::numeric::host::{matrix, tensor};
use crate::task::Rows;

/// Rows to look at and rows held out with the targets of both less the mean of the first, and over the root of the
/// mean square of what is left of those, which is taken over all outputs: they keep their sizes to one another.
///
/// # Errors
/// The device cannot be read.
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
