//! Normalisation, ReLU and pooling, picture by picture. [`crate::kernel::norm_relu_pool`] has the formulas.
#![allow(unsafe_code, reason = "results are written into fresh memory")]
#![allow(
    clippy::needless_range_loop,
    reason = "many channel vectors in step: one index reads better than ten zips"
)]

use std::mem::MaybeUninit;

use pulp::NullaryFnOnce;
use rayon::prelude::*;

use super::channels::{add, add_positive, add_products, centre, combine, gate};
use super::real::{Real, wide};
use super::unwritten;
use crate::kernel::norm_relu_pool::EPSILON;

/// Shape of the pictures, and the side `pool` of the squares that are averaged.
#[derive(Debug, Clone, Copy)]
pub struct Picture {
    count: usize,
    height: usize,
    width: usize,
    pub channels: usize,
    pool: usize,
}

impl Picture {
    /// # Panics
    /// If `pool` does not divide height and width.
    pub fn new([count, height, width, channels]: [usize; 4], pool: usize) -> Self {
        assert!(pool > 0 && height.is_multiple_of(pool) && width.is_multiple_of(pool));
        Self {
            count,
            height,
            width,
            channels,
            pool,
        }
    }

    /// Shape of the pooled pictures.
    pub fn pooled(&self) -> [usize; 4] {
        let Self { height, width, .. } = self;
        let (rows, columns) = (height / self.pool, width / self.pool);
        [self.count, rows, columns, self.channels]
    }

    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Count of numbers in one picture.
    pub fn len(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Count of numbers in one pooled picture.
    pub fn pooled_len(&self) -> usize {
        self.len() / (self.pool * self.pool)
    }

    /// Weight of one pixel in the pooled pixel: 1/pool².
    pub fn share<T: Real>(&self) -> T {
        T::of(1.0 / (self.pool * self.pool) as f64)
    }

    /// For each pixel of a picture, in order, the index of its pooled pixel's first channel in the pooled
    /// picture.
    #[inline(always)]
    pub fn places(self) -> impl Iterator<Item = usize> {
        let (width, channels) = (self.width / self.pool, self.channels);
        (0..self.height).flat_map(move |row| {
            (0..self.width)
                .map(move |column| (row / self.pool * width + column / self.pool) * channels)
        })
    }
}

/// x̄ and 1/σ of every channel of one picture.
pub struct Moments<T> {
    pub mean: Vec<T>,
    pub inverse: Vec<T>,
}

impl<T: Real> Moments<T> {
    #[inline(always)]
    pub fn of(pixels: &[T], channels: usize) -> Self {
        let share = T::of(channels as f64 / pixels.len() as f64);
        let mut mean = vec![T::of(0.0); channels];
        for pixel in pixels.chunks_exact(channels) {
            for (sum, &x) in mean.iter_mut().zip(pixel) {
                *sum += x;
            }
        }
        for sum in &mut mean {
            *sum *= share;
        }
        let mut inverse = vec![T::of(0.0); channels];
        for pixel in pixels.chunks_exact(channels) {
            for ((sum, &x), &mean) in inverse.iter_mut().zip(pixel).zip(&mean) {
                let centred = x - mean;
                *sum += centred * centred;
            }
        }
        for sum in &mut inverse {
            *sum = (*sum * share + T::of(EPSILON)).inverse_root();
        }
        Self { mean, inverse }
    }

    /// γ/σ by channel, so that γ x̂ + β = (x − x̄) · factor + β. (The mean is subtracted first: x · factor
    /// would lose the digits in which x differs from the mean.)
    #[inline(always)]
    pub fn factor(&self, affine: &[T]) -> Vec<T> {
        let scales = affine.iter().zip(&self.inverse);
        scales.map(|(&scale, &inverse)| scale * inverse).collect()
    }
}

/// P m (γ x̂ + β).
pub fn value<T: Real>(picture: &Picture, inputs: &[T], affine: &[T]) -> Vec<T> {
    assert_eq!(inputs.len(), picture.count * picture.len());
    let write = |values: &mut [MaybeUninit<T>]| {
        values
            .par_chunks_mut(picture.pooled_len().max(1))
            .zip(inputs.par_chunks(picture.len().max(1)))
            .for_each(|(values, pixels)| {
                wide(Value {
                    picture,
                    pixels,
                    affine,
                    values: unwritten::zeros(values),
                });
            });
    };
    // SAFETY: by the assertion above there is a piece for each picture, and each piece is filled.
    unsafe { unwritten::vector(picture.count * picture.pooled_len(), write) }
}

/// The work of [`value`] for one picture. `values` must be zeros: the result is added to them.
struct Value<'a, T> {
    picture: &'a Picture,
    pixels: &'a [T],
    affine: &'a [T],
    values: &'a mut [T],
}

impl<T: Real> NullaryFnOnce for Value<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self {
            picture,
            pixels,
            affine,
            values,
        } = self;
        let (channels, share) = (picture.channels, picture.share::<T>());
        let moments = Moments::of(pixels, channels);
        let lines = [&moments.factor(affine)[..], &affine[channels..]];
        let mut centred = vec![T::of(0.0); channels];
        for (x, place) in pixels.chunks_exact(channels).zip(picture.places()) {
            centre(&mut centred, x, &moments.mean);
            add_positive(&mut values[place..place + channels], share, &centred, lines);
        }
    }
}

/// Derivatives with respect to inputs and to scale and shift, for the upstream gradient of the pooled
/// pictures.
pub fn gradient<T: Real>(
    picture: &Picture,
    inputs: &[T],
    affine: &[T],
    upstream: &[T],
) -> (Vec<T>, Vec<T>) {
    let channels = picture.channels;
    assert_eq!(inputs.len(), picture.count * picture.len());
    assert_eq!(upstream.len(), picture.count * picture.pooled_len());
    let mut sums: Vec<Vec<T>> = Vec::new();
    let write = |by_inputs: &mut [MaybeUninit<T>]| {
        sums = by_inputs
            .par_chunks_mut(picture.len().max(1))
            .zip(inputs.par_chunks(picture.len().max(1)))
            .zip(upstream.par_chunks(picture.pooled_len().max(1)))
            .map(|((by_pixels, pixels), upstream)| {
                wide(Gradient {
                    picture,
                    pixels,
                    affine,
                    upstream,
                    by_pixels: unwritten::zeros(by_pixels),
                })
            })
            .collect();
    };
    // SAFETY: by the assertions above there is a piece for each picture, and each piece is filled.
    let by_inputs = unsafe { unwritten::vector(inputs.len(), write) };
    let mut by_affine = vec![T::of(0.0); 2 * channels];
    for sums in sums {
        for (total, sum) in by_affine.iter_mut().zip(sums) {
            *total += sum;
        }
    }
    (by_inputs, by_affine)
}

/// The work of [`gradient`] for one picture. Writes the derivative with respect to its pixels to
/// `by_pixels`, and returns Σ q x̂ and then Σ q by channel.
struct Gradient<'a, T> {
    picture: &'a Picture,
    pixels: &'a [T],
    affine: &'a [T],
    upstream: &'a [T],
    by_pixels: &'a mut [T],
}

impl<T: Real> NullaryFnOnce for Gradient<'_, T> {
    type Output = Vec<T>;

    #[inline(always)]
    fn call(self) -> Vec<T> {
        let Self {
            picture,
            pixels,
            affine,
            upstream,
            by_pixels,
        } = self;
        let (channels, share) = (picture.channels, picture.share::<T>());
        let moments = Moments::of(pixels, channels);
        let factor = moments.factor(affine);
        let lines = [&factor[..], &affine[channels..]];
        // First q is written to the place of the derivative, and Σ q (x − x̄) and Σ q are summed.
        let mut sums = vec![T::of(0.0); 2 * channels];
        let mut centred = vec![T::of(0.0); channels];
        let (along, plain) = sums.split_at_mut(channels);
        let both = pixels
            .chunks_exact(channels)
            .zip(by_pixels.chunks_exact_mut(channels));
        for ((x, q), place) in both.zip(picture.places()) {
            centre(&mut centred, x, &moments.mean);
            gate(
                q,
                &upstream[place..place + channels],
                share,
                &centred,
                lines,
            );
            add_products(along, q, &centred);
            add(plain, q);
        }
        // γ J(q) = factor · q + (x − x̄) · slant + level.
        let count = T::of(channels as f64 / pixels.len() as f64);
        let (mut slant, mut level) = (plain.to_vec(), plain.to_vec());
        for c in 0..channels {
            along[c] *= moments.inverse[c];
            slant[c] = T::of(0.0) - factor[c] * moments.inverse[c] * along[c] * count;
            level[c] = T::of(0.0) - factor[c] * plain[c] * count;
        }
        let both = pixels
            .chunks_exact(channels)
            .zip(by_pixels.chunks_exact_mut(channels));
        for (x, q) in both {
            centre(&mut centred, x, &moments.mean);
            combine(q, &factor, [&slant, &centred], &level);
        }
        sums
    }
}
