//! A whole number of pixels off, what comes in being zero.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// The most that a picture is shifted, of its side.
const SHARE: f64 = 0.125;

/// A shift by a whole number of pixels.
#[derive(Debug)]
pub struct Crop;

impl PictureOperation for Crop {
    type Draw = Sampling;

    /// A shift along each axis, evenly from −s to s with s = ⌊side/8 + 1/2⌋.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        let by = sides.map(|side| {
            let most = (SHARE * side as f64 + 0.5) as usize;
            stream.below(2 * most + 1) as f64 - most as f64
        });
        Sampling::shifted(sides, by)
    }
}

impl Sampling {
    /// Reads each pixel that many rows further down and columns further right.
    pub fn shifted(sides: [usize; 2], [down, right]: [f64; 2]) -> Self {
        let [row, column] = centre(sides);
        Self::affine(
            sides,
            [row + down, column + right],
            [[1.0, 0.0], [0.0, 1.0]],
        )
    }
}
