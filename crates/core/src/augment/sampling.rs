//! Pictures read at other places: the operations that move pixels.

use burn::tensor::{Int, Tensor, TensorData, backend::Backend};

/// Pixels that one is interpolated from: above and below, left and right of its place.
const CORNERS: [[usize; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// Where a picture is read for each pixel p: at o + M (p − c), c being the picture's centre, rows
/// first, and the centre of the first pixel at 0. Pixels are interpolated bilinearly, with zeros around
/// the picture; or the one is taken that the place rounded down names.
///
/// Six numbers say it, whatever the size of the picture: which pixels are read, with which weights, is
/// worked out where it is applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Height and width.
    sides: [usize; 2],
    /// o, where the centre is read.
    origin: [f64; 2],
    /// M, row by row.
    matrix: [[f64; 2]; 2],
    /// Whether places are rounded down.
    rounded: bool,
}

/// Row and column of a picture's centre.
pub(super) fn centre(sides: [usize; 2]) -> [f64; 2] {
    sides.map(|side| (side as f64 - 1.0) / 2.0)
}

impl Sampling {
    /// Reads a picture of those sides at `origin` + `matrix` (pixel − centre).
    pub(super) fn affine(sides: [usize; 2], origin: [f64; 2], matrix: [[f64; 2]; 2]) -> Self {
        Self {
            sides,
            origin,
            matrix,
            rounded: false,
        }
    }

    /// The picture as it is.
    pub(super) fn identity(sides: [usize; 2]) -> Self {
        Self::affine(sides, centre(sides), [[1.0, 0.0], [0.0, 1.0]])
    }

    /// The same places, rounded down.
    pub(super) fn rounded(self) -> Self {
        Self {
            rounded: true,
            ..self
        }
    }

    /// For each pixel in order its neighbour at a corner of its place, and that neighbour's weight: 0
    /// where it counts for nothing or lies outside.
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

/// The neighbour of a place above or below it, left or right of it.
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

/// Pictures `[n, channels, pixels]`, read anew: each by its own draw, or all by one. What says which pixels
/// are read is made for a bounded number of pictures at a time.
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

/// Pixels of pictures with a draw each that are moved at once, at least one picture: for each of them
/// indices and weights are made, some 50 bytes on host and device together.
const PIXELS_AT_ONCE: usize = 1 << 20;

/// How many pictures of so many pixels go through at once where each has its own draw.
pub fn rows_at_once(pixels: usize) -> usize {
    (PIXELS_AT_ONCE / pixels.max(1)).max(1)
}
