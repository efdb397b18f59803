//! Random scaling of each axis about the centre.

use super::operation::PictureOperation;
use super::sampling::{Sampling, centre};
use crate::seed::Stream;

/// Largest factor; the smallest is its inverse.
const MOST: f64 = 1.2;

/// Random scaling of each axis about the centre.
#[derive(Debug)]
pub struct Scale;

impl PictureOperation for Scale {
    type Draw = Sampling;

    /// Draws a factor of the sampling grid for each axis from U[1/1.2, 1.2).
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Sampling {
        let factors = [(); 2].map(|()| f64::from(stream.unit()) * (MOST - 1.0 / MOST) + 1.0 / MOST);
        Sampling::stretched(sides, factors)
    }
}

impl Sampling {
    /// Stretches the sampling grid about the centre by `factors` of rows and columns. With a factor
    /// above 1 the picture shrinks.
    pub fn stretched(sides: [usize; 2], factors: [f64; 2]) -> Self {
        let [down, right] = factors;
        Self::affine(sides, centre(sides), [[down, 0.0], [0.0, right]])
    }
}
