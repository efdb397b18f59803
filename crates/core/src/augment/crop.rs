//! Random shift by whole pixels; pixels that come from outside the picture are zero.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Bound on the shift, as a fraction of the side.
const SHARE: f64 = 0.125;

/// Random shift by whole pixels.
#[derive(Debug)]
pub struct Crop;

impl PictureOperation for Crop {
    type Draw = Sampling;

    /// Draws a shift along each axis, uniform on −s, …, s with s = ⌊side/8 + 1/2⌋.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        let by = sides.map(|side| {
            let most = (SHARE * side as f64 + 0.5) as usize;
            stream.below(2 * most + 1) as f64 - most as f64
        });
        Sampling::shifted(sides, by)
    }
}

impl Sampling {
    /// Reads each pixel `down` rows further down and `right` columns further right.
    pub fn shifted(sides: [usize; 2], [down, right]: [f64; 2]) -> Self {
        let [row, column] = centre(sides);
        Self::affine(
            sides,
            [row + down, column + right],
            [[1.0, 0.0], [0.0, 1.0]],
        )
    }
}
