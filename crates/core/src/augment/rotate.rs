//! Random rotation about the centre.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Bound on the angle, in degrees.
const MOST: f64 = 15.0;

/// Random rotation about the centre.
#[derive(Debug)]
pub struct Rotate;

impl PictureOperation for Rotate {
    type Draw = Sampling;

    /// Draws an angle from U[−15°, 15°).
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        Sampling::rotated(sides, (2.0 * f64::from(stream.unit()) - 1.0) * MOST)
    }
}

impl Sampling {
    /// Rotates the sampling grid about the centre by `degrees`. Angles are measured in pixels, so a
    /// picture that is not square is rotated, not sheared.
    pub fn rotated(sides: [usize; 2], degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self::affine(sides, centre(sides), [[cos, sin], [-sin, cos]])
    }
}
