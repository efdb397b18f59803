//! A turn about the centre.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// The largest angle, in degrees.
const MOST: f64 = 15.0;

/// A turn about the centre.
#[derive(Debug)]
pub struct Rotate;

impl PictureOperation for Rotate {
    type Draw = Sampling;

    /// An angle from U[−15°, 15°).
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        Sampling::rotated(sides, (2.0 * f64::from(stream.unit()) - 1.0) * MOST)
    }
}

impl Sampling {
    /// The grid of places turned about the centre by that many degrees. Pixels are square: a picture
    /// that is not is turned, not sheared.
    pub fn rotated(sides: [usize; 2], degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self::affine(sides, centre(sides), [[cos, sin], [-sin, cos]])
    }
}
