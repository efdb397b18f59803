//! Left for right, with probability one half.

use super::sampling::Sampling;
use crate::seed::Stream;

/// A mirror image, or the picture itself.
pub(super) fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
    if stream.unit() < 0.5 {
        Sampling::mirrored(sides)
    } else {
        Sampling::of(sides, |pixel| pixel)
    }
}

impl Sampling {
    /// Left for right.
    pub fn mirrored(sides: [usize; 2]) -> Self {
        let last = sides[1] as f64 - 1.0;
        Self::of(sides, |[row, column]| [row, last - column])
    }
}
