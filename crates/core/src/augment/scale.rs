//! The sampling grid stretched about the centre.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// The most that an axis is stretched or shrunk by.
const MOST: f64 = 1.2;

/// The sampling grid stretched about the centre.
#[derive(Debug)]
pub struct Scale;

impl PictureOperation for Scale {
    type Draw = Sampling;

    /// A factor for each axis from U[1/1.2, 1.2]; above 1 the picture shrinks.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        let factors = [(); 2].map(|()| f64::from(stream.unit()) * (MOST - 1.0 / MOST) + 1.0 / MOST);
        Sampling::stretched(sides, factors)
    }
}

impl Sampling {
    /// The grid of places stretched about the centre, down and to the right: above 1 the picture
    /// shrinks.
    pub fn stretched(sides: [usize; 2], factors: [f64; 2]) -> Self {
        let [down, right] = factors;
        Self::affine(sides, centre(sides), [[down, 0.0], [0.0, right]])
    }
}
