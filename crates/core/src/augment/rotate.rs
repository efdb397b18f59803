//! A turn about the centre.

use super::sampling::Sampling;
use crate::seed::Stream;

/// The largest angle, in degrees.
const MOST: f32 = 15.0;

/// An angle from U[−15°, 15°). Pixels are square: a picture that is not is turned, not sheared.
pub(super) fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
    let (sin, cos) = ((2.0 * stream.unit() - 1.0) * MOST).to_radians().sin_cos();
    let centre = sides.map(|side| (side as f32 - 1.0) / 2.0);
    Sampling::of(sides, |pixel| {
        let [y, x] = [0, 1].map(|axis| pixel[axis] - centre[axis]);
        [centre[0] + sin * x + cos * y, centre[1] + cos * x - sin * y]
    })
}
