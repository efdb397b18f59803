//! Convolutions as matrix products over tiles of patches.
#![allow(unsafe_code, reason = "results are written into fresh memory")]

use std::mem::MaybeUninit;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::patches::Patches;
use super::product::shared;
use super::real::Real;
use super::unwritten;

/// x ∗ w: the patches `[patches, len]` times the kernel `[len, outputs]`.
pub fn forward<T: Real>(patches: &Patches, pictures: &[T], kernel: &[T], outputs: usize) -> Vec<T> {
    let (rows, width, len) = (patches.rows(), patches.width(), patches.len());
    let tile = patches.shared_rows();
    let kernel = MatRef::from_row_major_slice(kernel, len, outputs);
    let of_tile = |unfolded: &mut Vec<T>, (place, values): (usize, &mut [MaybeUninit<T>])| {
        let first = place * tile;
        let rows = values.len() / (width * outputs);
        unfolded.resize(rows * width * len, T::of(0.0));
        patches.unfold(pictures, first..first + rows, unfolded);
        let unfolded = MatRef::from_row_major_slice(unfolded, rows * width, len);
        // SAFETY: a product with `Accum::Replace` writes every entry and reads none.
        let values = unsafe { unwritten::matrix(values, rows * width, outputs) };
        let accum = Accum::Replace;
        matmul(values, accum, unfolded, kernel, T::of(1.0), Par::Seq);
    };
    let write = |values: &mut [MaybeUninit<T>]| {
        let tiles = values.par_chunks_mut((tile * width * outputs).max(1));
        tiles.enumerate().for_each_init(Vec::new, of_tile);
    };
    // SAFETY: the tiles cover the vector, and the product of each writes all of it.
    unsafe { unwritten::vector(rows * width * outputs, write) }
}

/// x ⋆ g: the transposed patches `[len, patches]` times the upstream gradient `[patches, outputs]`. Every
/// sum goes over all patches, in their order.
pub fn weight_gradient<T: Real>(
    patches: &Patches,
    pictures: &[T],
    upstreams: &[T],
    outputs: usize,
) -> Vec<T> {
    let (rows, width, len) = (patches.rows(), patches.width(), patches.len());
    let mut values = vec![T::of(0.0); len * outputs];
    let tile = patches.fitting_rows();
    let mut unfolded = vec![T::of(0.0); tile.min(rows) * width * len];
    for first in (0..rows).step_by(tile) {
        let rows = first..(first + tile).min(rows);
        let places = rows.len() * width;
        let unfolded = &mut unfolded[..places * len];
        patches.unfold(pictures, rows.clone(), unfolded);
        let unfolded = MatRef::from_row_major_slice(&*unfolded, places, len);
        let upstreams = &upstreams[rows.start * width * outputs..rows.end * width * outputs];
        let upstreams = MatRef::from_row_major_slice(upstreams, places, outputs);
        let values = MatMut::from_row_major_slice_mut(&mut values, len, outputs);
        shared(values, Accum::Add, unfolded.transpose(), upstreams);
    }
    values
}

/// Number of outputs that [`rotated`] transposes together.
const SQUARE: usize = 16;

/// The kernel `[side, side, channels, outputs]`, rotated by 180° and with its last two axes swapped:
/// `[side, side, outputs, channels]`.
pub fn rotated<T: Real>(kernel: &[T], [_, _, channels, outputs]: [usize; 4]) -> Vec<T> {
    let mut values = vec![T::of(0.0); kernel.len()];
    let block = (channels * outputs).max(1);
    let blocks = values
        .chunks_exact_mut(block)
        .zip(kernel.chunks_exact(block).rev());
    for (rotated, kernel) in blocks {
        // The transposition goes square by square, so that reads and writes stay in the cache.
        for first in (0..outputs).step_by(SQUARE) {
            for (channel, row) in kernel.chunks_exact(outputs).enumerate() {
                let seen = &row[first..outputs.min(first + SQUARE)];
                for (value, output) in seen.iter().zip(first..) {
                    rotated[output * channels + channel] = *value;
                }
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::kernel::Geometry;
    use crate::seed::Seed;

    /// Shape of the pictures, side of the kernel, padding and number of output channels.
    const CASES: [([usize; 4], usize, usize, usize); 6] = [
        // One patch per picture, longer than the block that a product sums at once.
        ([5, 1, 1, 600], 1, 0, 3),
        ([3, 2, 1, 300], 2, 1, 2),
        ([7, 2, 2, 70], 1, 0, 1100),
        ([4, 8, 8, 32], 3, 1, 96),
        ([10, 9, 7, 3], 3, 1, 128),
        ([2, 16, 16, 64], 3, 1, 70),
    ];

    fn bits<T: Real>(threads: usize) -> Vec<Vec<u64>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let normal = |name: &str, count| -> Vec<T> {
            let numbers = Seed::new(4).child(name).stream().normal(count);
            numbers.into_iter().map(|v| T::of(f64::from(v))).collect()
        };
        let all = || {
            let made = CASES.map(|(dims, side, padding, outputs)| {
                let geometry = Geometry { stride: 1, padding };
                let patches = Patches::new(dims, side, geometry);
                let pictures = normal("pictures", dims.iter().product());
                let kernel = normal("kernel", patches.len() * outputs);
                let upstreams = normal("upstreams", patches.rows() * patches.width() * outputs);
                [
                    forward(&patches, &pictures, &kernel, outputs),
                    weight_gradient(&patches, &pictures, &upstreams, outputs),
                ]
            });
            made.concat()
        };
        let numbers = pool.build().unwrap().install(all);
        let exactly = |of: Vec<T>| of.iter().map(|v| v.to_f64().to_bits()).collect();
        numbers.into_iter().map(exactly).collect()
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let alone = [bits::<f32>(1), bits::<f64>(1)];
        for threads in [2, 3, 5, 35] {
            let shared = [bits::<f32>(threads), bits::<f64>(threads)];
            for (alone, shared) in alone.iter().flatten().zip(shared.iter().flatten()) {
                assert!(alone == shared, "{threads} threads");
            }
        }
    }
}
