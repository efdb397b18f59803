//! The augmentation with which dataset condensation (DC) evaluates sets of digits.
//!
//! Zhao, Mopuri and Bilen, "Dataset Condensation with Gradient Matching", ICLR 2021. DC uses it in the
//! evaluation only, not for matching. One of three operations is drawn for each picture. Pixels that
//! come from outside the picture have the mean of their channel over the batch. Rotated pictures are
//! interpolated bilinearly; DC uses a cubic spline.

use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Bound on the shift, in pixels.
const SHIFT: usize = 4;

/// Bound on the change of an axis's length, as a fraction of it.
const STRETCH: f64 = 0.2;

/// Bound on the angle, in degrees.
const DEGREES: usize = 45;

/// Draws one of three operations: a shift by −4 to 3 whole pixels along each axis, a resizing of each
/// axis by a factor from U[0.8, 1.2), or a rotation by −45 to 44 whole degrees.
pub(super) fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
    let whole = |most: usize, stream: &mut Stream| stream.below(2 * most) as f64 - most as f64;
    match stream.below(3) {
        0 => Sampling::shifted(sides, [(); 2].map(|()| whole(SHIFT, stream))),
        1 => Sampling::rotated(sides, whole(DEGREES, stream)),
        _ => {
            let lengths = sides.map(|side| {
                let factor = 1.0 + STRETCH * (2.0 * f64::from(stream.unit()) - 1.0);
                ((factor * side as f64) as usize).max(1)
            });
            Sampling::resized(sides, lengths)
        }
    }
}

impl Sampling {
    /// Resizes the picture to `lengths` `[height, width]` by nearest pixels and centres it in its old
    /// frame: what exceeds the frame is cut off, and the rest of the frame reads outside the picture.
    pub fn resized(sides: [usize; 2], lengths: [usize; 2]) -> Self {
        let frame = sides.into_iter().chain(lengths).max().unwrap_or_default();
        let from = |length: usize| ((frame - length) / 2) as f64;
        let scale = [0, 1].map(|axis| sides[axis] as f64 / lengths[axis] as f64);
        let centre = centre(sides);
        let origin = [0, 1].map(|axis| {
            let middle = centre[axis] + from(sides[axis]) - from(lengths[axis]);
            // Places are multiples of 1/length. Half of that keeps them away from the edges of rounding.
            scale[axis] * middle + 0.5 / lengths[axis] as f64
        });
        Self::affine(sides, origin, [[scale[0], 0.0], [0.0, scale[1]]]).rounded()
    }
}
