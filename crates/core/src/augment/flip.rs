//! Left for right, with probability one half.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Left for right, with probability one half.
#[derive(Debug)]
pub struct Flip;

impl PictureOperation for Flip {
    type Draw = Sampling;

    /// A mirror image, or the picture itself.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        if stream.unit() < 0.5 {
            Sampling::mirrored(sides)
        } else {
            Sampling::identity(sides)
        }
    }
}

impl Sampling {
    /// Left for right.
    pub fn mirrored(sides: [usize; 2]) -> Self {
        Self::affine(sides, centre(sides), [[1.0, 0.0], [0.0, -1.0]])
    }
}
