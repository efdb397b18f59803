//! Convolutions as matrix products over tiles of patches.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::{Patches, Real};

/// Fewest output channels that a thread makes of a weight gradient.
const NARROW: usize = 32;

/// x ∗ w: patches times the kernel `[len, outputs]`.
pub fn forward<T: Real>(patches: &Patches, pictures: &[T], kernel: &[T], outputs: usize) -> Vec<T> {
    let (rows, width, len) = (patches.rows(), patches.width(), patches.len());
    let mut values = vec![T::of(0.0); rows * width * outputs];
    let tile = patches.rows_per_tile(rayon::current_num_threads());
    let kernel = MatRef::from_row_major_slice(kernel, len, outputs);
    values
        .par_chunks_mut((tile * width * outputs).max(1))
        .enumerate()
        .for_each_init(Vec::new, |unfolded, (place, values)| {
            let first = place * tile;
            let rows = values.len() / (width * outputs);
            unfolded.resize(rows * width * len, T::of(0.0));
            patches.unfold(pictures, first..first + rows, unfolded);
            let unfolded = MatRef::from_row_major_slice(unfolded, rows * width, len);
            let values = MatMut::from_row_major_slice_mut(values, rows * width, outputs);
            matmul(
                values,
                Accum::Replace,
                unfolded,
                kernel,
                T::of(1.0),
                Par::Seq,
            );
        });
    values
}

/// x ⋆ g: patches, transposed, times slopes `[patches, outputs]`.
pub fn weight_gradient<T: Real>(
    patches: &Patches,
    pictures: &[T],
    slopes: &[T],
    outputs: usize,
) -> Vec<T> {
    let pieces = rayon::current_num_threads().min(outputs / NARROW).max(1);
    let columns = outputs.div_ceil(pieces);
    if pieces == 1 {
        return columns_of_gradient(patches, pictures, slopes, outputs, 0..outputs);
    }
    // Each thread makes some columns: every sum goes over all patches, in their order.
    let firsts: Vec<usize> = (0..outputs).step_by(columns).collect();
    let parts: Vec<Vec<T>> = firsts
        .par_iter()
        .map(|&first| {
            let wanted = first..(first + columns).min(outputs);
            columns_of_gradient(patches, pictures, slopes, outputs, wanted)
        })
        .collect();
    let mut values = Vec::with_capacity(patches.len() * outputs);
    for row in 0..patches.len() {
        for part in &parts {
            let width = part.len() / patches.len();
            values.extend_from_slice(&part[row * width..(row + 1) * width]);
        }
    }
    values
}

/// Some columns of the weight gradient, `[len, columns]`.
fn columns_of_gradient<T: Real>(
    patches: &Patches,
    pictures: &[T],
    slopes: &[T],
    outputs: usize,
    wanted: std::ops::Range<usize>,
) -> Vec<T> {
    let (rows, width, len) = (patches.rows(), patches.width(), patches.len());
    let mut values = vec![T::of(0.0); len * wanted.len()];
    let tile = patches.rows_per_tile(1);
    let mut unfolded = vec![T::of(0.0); tile.min(rows) * width * len];
    for first in (0..rows).step_by(tile) {
        let rows = first..(first + tile).min(rows);
        let places = rows.len() * width;
        let unfolded = &mut unfolded[..places * len];
        patches.unfold(pictures, rows.clone(), unfolded);
        let unfolded = MatRef::from_row_major_slice(&*unfolded, places, len);
        let slopes = &slopes[rows.start * width * outputs..rows.end * width * outputs];
        let slopes = MatRef::from_row_major_slice(slopes, places, outputs)
            .subcols(wanted.start, wanted.len());
        let values = MatMut::from_row_major_slice_mut(&mut values, len, wanted.len());
        matmul(
            values,
            Accum::Add,
            unfolded.transpose(),
            slopes,
            T::of(1.0),
            Par::Seq,
        );
    }
    values
}

/// The kernel `[side, side, channels, outputs]` with both sides reversed, and channels and outputs
/// changed for each other.
pub fn turned<T: Real>(kernel: &[T], [side, _, channels, outputs]: [usize; 4]) -> Vec<T> {
    let mut values = Vec::with_capacity(kernel.len());
    for place in (0..side * side).rev() {
        let block = &kernel[place * channels * outputs..(place + 1) * channels * outputs];
        for output in 0..outputs {
            values.extend(block.iter().skip(output).step_by(outputs));
        }
    }
    values
}
