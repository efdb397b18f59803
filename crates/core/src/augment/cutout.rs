//! A random square is set to zero, which is the mean of normalised pixels, or black if pixels are not
//! normalised.

use burn::tensor::{Tensor, TensorData, backend::Backend};

use super::operation::{PictureMap, PictureOperation};
use crate::seed::Stream;

/// The rectangle of a picture that is set to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutout {
    /// The first row and the row after the last.
    pub rows: [usize; 2],
    /// The first column and the column after the last.
    pub columns: [usize; 2],
}

impl Cutout {
    /// A square of half the side around the row and column `centre`, clipped to the picture.
    pub fn around(sides: [usize; 2], centre: [usize; 2]) -> Self {
        let [rows, columns] = [0, 1].map(|axis| {
            let (side, length) = (sides[axis], length(sides[axis]));
            let first = centre[axis] as isize - (length / 2) as isize;
            let within = |edge: isize| edge.clamp(0, side as isize) as usize;
            [within(first), within(first + length as isize)]
        });
        Self { rows, columns }
    }
}

/// Side of the square: half the picture's side, rounded.
fn length(side: usize) -> usize {
    (0.5 * side as f64 + 0.5) as usize
}

impl PictureOperation for Cutout {
    type Draw = Self;

    /// Draws a centre uniformly from all rows and columns, plus one more along an axis on which the
    /// square's length is even.
    fn draw(sides: [usize; 2], stream: &mut Stream) -> Self {
        let centre = sides.map(|side| stream.below(side + 1 - length(side) % 2));
        Self::around(sides, centre)
    }
}

impl PictureMap for Cutout {
    fn apply<A: Backend>(
        draws: &[Self],
        [height, width]: [usize; 2],
        pictures: Tensor<A, 3>,
    ) -> Tensor<A, 3> {
        let device = pictures.device();
        // 1 within the rectangle's rows (or columns) and 0 elsewhere.
        let within = |side: usize, of: fn(&Cutout) -> [usize; 2]| {
            let inside = draws.iter().flat_map(|draw| {
                let [first, end] = of(draw);
                (0..side).map(move |place| f32::from(u8::from((first..end).contains(&place))))
            });
            inside.collect::<Vec<f32>>()
        };
        let rows = TensorData::new(within(height, |draw| draw.rows), [draws.len(), height, 1]);
        let columns = TensorData::new(within(width, |draw| draw.columns), [draws.len(), 1, width]);
        let hole = Tensor::<A, 3>::from_data(rows, &device) * Tensor::from_data(columns, &device);
        let mask = hole.neg().add_scalar(1.0);
        pictures * mask.reshape([draws.len(), 1, height * width])
    }
}
