//! Resampling of pictures, for all operations that move pixels.

use burn::tensor::{Int, Tensor, TensorData, backend::Backend};

/// The four pixels around a place that interpolation uses, as offsets of row and column.
const CORNERS: [[usize; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// An affine resampling: the new value of pixel p is read at the place o + M (p − c) of the old picture.
///
/// c is the picture's centre. Coordinates are (row, column), and the centre of the first pixel is at
/// (0, 0). Values between pixels are interpolated bilinearly, and the picture is surrounded by zeros.
/// With `rounded`, places are rounded down to whole pixels instead.
///
/// A draw is small whatever the size of the picture: pixel indices and weights are computed when it is
/// applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Height and width.
    sides: [usize; 2],
    /// o, the place at which the centre is read.
    origin: [f64; 2],
    /// M, row by row.
    matrix: [[f64; 2]; 2],
    /// Whether places are rounded down to whole pixels.
    rounded: bool,
}

/// Row and column of a picture's centre.
pub(super) fn centre(sides: [usize; 2]) -> [f64; 2] {
    sides.map(|side| (side as f64 - 1.0) / 2.0)
}

impl Sampling {
    /// Reads each pixel of a picture of `sides` `[height, width]` at `origin` + `matrix` (pixel − centre).
    pub(super) fn affine(sides: [usize; 2], origin: [f64; 2], matrix: [[f64; 2]; 2]) -> Self {
        Self {
            sides,
            origin,
            matrix,
            rounded: false,
        }
    }

    /// Leaves the picture unchanged.
    pub(super) fn identity(sides: [usize; 2]) -> Self {
        Self::affine(sides, centre(sides), [[1.0, 0.0], [0.0, 1.0]])
    }

    /// The same sampling with its places rounded down.
    pub(super) fn rounded(self) -> Self {
        Self {
            rounded: true,
            ..self
        }
    }

    /// Index and weight of the neighbour at this corner, for each pixel in order. The weight is 0 if the
    /// neighbour lies outside the picture or does not contribute.
    fn neighbours(&self, corner: [usize; 2]) -> impl Iterator<Item = (i64, f64)> + '_ {
        let [height, width] = self.sides;
        let centre = centre(self.sides);
        (0..height * width).map(move |pixel| {
            let y = (pixel / width) as f64 - centre[0];
            let x = (pixel % width) as f64 - centre[1];
            let place = [0, 1].map(|axis| {
                let [down, right] = self.matrix[axis];
                let place = self.origin[axis] + right * x + down * y;
                if self.rounded { place.floor() } else { place }
            });
            neighbour(self.sides, place, corner)
        })
    }
}

/// Index and weight of the neighbour at this corner of a place; both are 0 if it does not contribute.
fn neighbour(sides: [usize; 2], place: [f64; 2], corner: [usize; 2]) -> (i64, f64) {
    let (mut pixel, mut weight) = (0, 1.0);
    for axis in 0..2 {
        let first = place[axis].floor();
        let rest = place[axis] - first;
        let at = first + corner[axis] as f64;
        weight *= if corner[axis] == 0 { 1.0 - rest } else { rest };
        if weight == 0.0 || at < 0.0 || at >= sides[axis] as f64 {
            return (0, 0.0);
        }
        pixel = pixel * sides[axis] + at as usize;
    }
    (pixel as i64, weight)
}

/// Resamples pictures `[n, channels, pixels]`: one draw for all, or one for each. Indices and weights
/// are made for a bounded number of pictures at a time.
pub(super) fn apply<A: Backend>(draws: &[Sampling], pictures: Tensor<A, 3>) -> Tensor<A, 3> {
    let [rows, _, pixels] = pictures.dims();
    let at_once = rows_at_once(pixels);
    if draws.len() == 1 || rows <= at_once {
        return read(draws, pictures);
    }
    let parts = draws.chunks(at_once).enumerate().map(|(part, draws)| {
        let pictures = pictures.clone().narrow(0, part * at_once, draws.len());
        read(draws, pictures)
    });
    Tensor::cat(parts.collect(), 0)
}

fn read<A: Backend>(draws: &[Sampling], pictures: Tensor<A, 3>) -> Tensor<A, 3> {
    let shape = pictures.dims();
    let device = pictures.device();
    let size = [draws.len(), 1, shape[2]];
    let mut sum = pictures.zeros_like();
    for corner in CORNERS {
        let neighbours = draws.iter().flat_map(|draw| draw.neighbours(corner));
        let (pixels, weights): (Vec<i64>, Vec<f64>) = neighbours.unzip();
        if weights.iter().all(|weight| *weight == 0.0) {
            continue;
        }
        let weights = Tensor::<A, 3>::from_data(TensorData::new(weights, size), &device);
        let found = if draws.len() == 1 {
            let pixels = TensorData::new(pixels, [shape[2]]);
            pictures
                .clone()
                .select(2, Tensor::<A, 1, Int>::from_data(pixels, &device))
        } else {
            let pixels = Tensor::<A, 3, Int>::from_data(TensorData::new(pixels, size), &device);
            pictures.clone().gather(2, pixels.expand(shape))
        };
        sum = sum + found * weights;
    }
    sum
}

/// Number of pixels that are resampled at once if each picture has its own draw. Indices and weights
/// take about 50 bytes for each of them, on host and device together.
const PIXELS_AT_ONCE: usize = 1 << 20;

/// Number of pictures of `pixels` pixels that are resampled at once if each has its own draw; at least 1.
pub fn rows_at_once(pixels: usize) -> usize {
    (PIXELS_AT_ONCE / pixels.max(1)).max(1)
}
