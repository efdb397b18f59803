//! The sampling grid stretched about the centre.

use super::sampling::Sampling;
use crate::seed::Stream;

/// The most that an axis is stretched or shrunk by.
const MOST: f32 = 1.2;

/// A factor for each axis from U[1/1.2, 1.2]; above 1 the picture shrinks.
pub(super) fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
    let factors = [(); 2].map(|()| stream.unit() * (MOST - 1.0 / MOST) + 1.0 / MOST);
    let centre = sides.map(|side| (side as f32 - 1.0) / 2.0);
    Sampling::of(sides, |pixel| {
        [0, 1].map(|axis| centre[axis] + factors[axis] * (pixel[axis] - centre[axis]))
    })
}
