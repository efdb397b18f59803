//! Random left-right flip.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Left-right flip with probability 1/2.
#[derive(Debug)]
pub struct Flip;

impl PictureOperation for Flip {
    type Draw = Sampling;

    /// Draws the flip or the identity.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        if stream.unit() < 0.5 {
            Sampling::mirrored(sides)
        } else {
            Sampling::identity(sides)
        }
    }
}

impl Sampling {
    /// Swaps left and right.
    pub fn mirrored(sides: [usize; 2]) -> Self {
        Self::affine(sides, centre(sides), [[1.0, 0.0], [0.0, -1.0]])
    }
}
