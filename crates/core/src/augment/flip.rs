//! Left for right, with probability one half.

use super::sampling::Sampling;
use crate::seed::Stream;

/// A mirror image, or the picture itself.
pub(super) fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
    let last = sides[1] as f32 - 1.0;
    let flipped = stream.unit() < 0.5;
    Sampling::of(sides, |[row, column]| {
        [row, if flipped { last - column } else { column }]
    })
}
