//! The augmentation with which dataset condensation (DC) scores its sets of digits, and which it does not
//! match through (Zhao, Mopuri and Bilen, "Dataset Condensation with Gradient Matching", ICLR 2021): every
//! picture has one of three operations of its own, and what comes in from outside has the mean of its
//! channel over the batch. Turned pictures are interpolated bilinearly, where DC takes a cubic spline.

use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Pixels that a picture is shifted by at most.
const SHIFT: usize = 4;

/// The most that an axis is stretched or shrunk by, of its length.
const STRETCH: f64 = 0.2;

/// The largest angle, in whole degrees.
const DEGREES: usize = 45;

/// One of the three: a shift by −4 to 3 pixels along each axis, each axis resized by a factor from
/// U[0.8, 1.2), or a turn by −45 to 44 degrees.
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
    /// The picture brought to those lengths by taking the nearest pixels, and laid on the middle of its
    /// own frame: what is over is cut off, what is missing lies outside.
    pub fn resized(sides: [usize; 2], lengths: [usize; 2]) -> Self {
        let frame = sides.into_iter().chain(lengths).max().unwrap_or_default();
        let from = |length: usize| ((frame - length) / 2) as f64;
        let scale = [0, 1].map(|axis| sides[axis] as f64 / lengths[axis] as f64);
        let centre = centre(sides);
        let origin = [0, 1].map(|axis| {
            let middle = centre[axis] + from(sides[axis]) - from(lengths[axis]);
            // Places are multiples of 1/length: half of one keeps them off the edges at which they round.
            scale[axis] * middle + 0.5 / lengths[axis] as f64
        });
        Self::affine(sides, origin, [[scale[0], 0.0], [0.0, scale[1]]]).rounded()
    }
}
