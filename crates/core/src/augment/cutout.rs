//! A square set to zero: the mean of pixels that were normalised, black where they were left from 0 to 1.

use burn::tensor::{Tensor, TensorData, backend::Backend};

use crate::seed::Stream;

/// Rows and columns of a rectangle, from the first to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutout {
    /// Rows.
    pub rows: [usize; 2],
    /// Columns.
    pub columns: [usize; 2],
}

impl Cutout {
    /// A centre from all pixels, and from one row and column more where the square's own side is even.
    pub(super) fn draw(sides: [usize; 2], stream: &mut Stream) -> Self {
        let centre = sides.map(|side| stream.below(side + 1 - length(side) % 2));
        Self::around(sides, centre)
    }

    /// A square of half the side about that row and column, as far as it lies in the picture.
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

/// Side of the square.
fn length(side: usize) -> usize {
    (0.5 * side as f64 + 0.5) as usize
}

/// Pictures `[n, channels, pixels]` of those sides with a hole in each.
pub(super) fn apply<A: Backend>(
    draws: &[Cutout],
    [height, width]: [usize; 2],
    pictures: Tensor<A, 3>,
) -> Tensor<A, 3> {
    let mut mask = vec![1.0_f32; draws.len() * height * width];
    for (draw, mask) in draws.iter().zip(mask.chunks_mut(height * width)) {
        for row in draw.rows[0]..draw.rows[1] {
            mask[row * width..][draw.columns[0]..draw.columns[1]].fill(0.0);
        }
    }
    let shape = [draws.len(), 1, height * width];
    let mask = Tensor::from_data(TensorData::new(mask, shape), &pictures.device());
    pictures * mask
}
