//! Pictures read at other places: the operations that move pixels.

use burn::tensor::{Int, Tensor, TensorData, backend::Backend};

/// Pixels that one is interpolated from.
const TAPS: usize = 4;

/// For each pixel the four that it is interpolated from, and their weights: bilinear, with zeros
/// around the picture. A weight of 0 stands where a neighbour counts for nothing or lies outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// Neighbour by neighbour, a pixel each.
    taps: [Vec<(u32, f64)>; TAPS],
}

impl Sampling {
    /// Reads a picture of those sides at `place` of each pixel; places are row and column, the centre
    /// of the first pixel at 0.
    pub(super) fn of(sides: [usize; 2], place: impl Fn([f64; 2]) -> [f64; 2]) -> Self {
        let mut taps = [(); TAPS].map(|()| Vec::with_capacity(sides[0] * sides[1]));
        for row in 0..sides[0] {
            for column in 0..sides[1] {
                let place = place([row as f64, column as f64]);
                for (tap, taps) in taps.iter_mut().enumerate() {
                    taps.push(neighbour(sides, place, [tap / 2, tap % 2]));
                }
            }
        }
        Self { taps }
    }
}

/// The neighbour of a place above or below it, left or right of it.
fn neighbour(sides: [usize; 2], place: [f64; 2], corner: [usize; 2]) -> (u32, f64) {
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
    (pixel as u32, weight)
}

/// Pictures `[n, channels, pixels]`, read anew.
pub(super) fn apply<A: Backend>(draws: &[Sampling], pictures: Tensor<A, 3>) -> Tensor<A, 3> {
    let shape = pictures.dims();
    let mut read = pictures.zeros_like();
    for tap in 0..TAPS {
        let taps = || draws.iter().flat_map(|draw| &draw.taps[tap]);
        if taps().all(|(_, weight)| *weight == 0.0) {
            continue;
        }
        let device = pictures.device();
        let size = [draws.len(), 1, shape[2]];
        let pixels: Vec<i64> = taps().map(|(pixel, _)| i64::from(*pixel)).collect();
        let weights: Vec<f64> = taps().map(|(_, weight)| *weight).collect();
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
        read = read + found * weights;
    }
    read
}
