//! Short loops over the channels of one pixel.
//!
//! Each function writes one vector that nothing else refers to, and cuts all others to its length. So the
//! compiler needs no checks of bounds or overlap, and vectorises the loop.

#![allow(
    clippy::needless_range_loop,
    reason = "many channel vectors in step: one index reads better than ten zips"
)]

use super::real::Real;

/// centred = x − x̄.
#[inline(always)]
pub fn centre<T: Real>(centred: &mut [T], x: &[T], mean: &[T]) {
    let (x, mean) = (&x[..centred.len()], &mean[..centred.len()]);
    for c in 0..centred.len() {
        centred[c] = x[c] - mean[c];
    }
}

/// The gate of ReLU: gated = upstream · share if γ x̂ + β = centred · factor + shift is positive, and 0
/// otherwise.
#[inline(always)]
pub fn gate<T: Real>(
    gated: &mut [T],
    upstream: &[T],
    share: T,
    centred: &[T],
    [factor, shift]: [&[T]; 2],
) {
    let n = gated.len();
    let (upstream, centred) = (&upstream[..n], &centred[..n]);
    let (factor, shift) = (&factor[..n], &shift[..n]);
    for c in 0..n {
        // Computed even if the gate is shut: a choice between two numbers needs no branch.
        let passed = upstream[c] * share;
        let shut = centred[c] * factor[c] + shift[c] <= T::of(0.0);
        gated[c] = if shut { T::of(0.0) } else { passed };
    }
}

/// Adds share · max(0, centred · factor + shift) to the sums. NaN stays NaN, so that a network that
/// diverged does not look sound.
#[inline(always)]
pub fn add_positive<T: Real>(sums: &mut [T], share: T, centred: &[T], [factor, shift]: [&[T]; 2]) {
    let n = sums.len();
    let (centred, factor, shift) = (&centred[..n], &factor[..n], &shift[..n]);
    for c in 0..n {
        let z = centred[c] * factor[c] + shift[c];
        let z = if z < T::of(0.0) { T::of(0.0) } else { z };
        sums[c] += z * share;
    }
}

/// Adds a vector to the sums.
#[inline(always)]
pub fn add<T: Real>(sums: &mut [T], a: &[T]) {
    let a = &a[..sums.len()];
    for c in 0..sums.len() {
        sums[c] += a[c];
    }
}

/// Adds the elementwise products of two vectors to the sums.
#[inline(always)]
pub fn add_products<T: Real>(sums: &mut [T], a: &[T], b: &[T]) {
    let (a, b) = (&a[..sums.len()], &b[..sums.len()]);
    for c in 0..sums.len() {
        sums[c] += a[c] * b[c];
    }
}

/// Replaces the values by first · values + second · other + level.
#[inline(always)]
pub fn combine<T: Real>(values: &mut [T], first: &[T], [second, other]: [&[T]; 2], level: &[T]) {
    let n = values.len();
    let (first, second) = (&first[..n], &second[..n]);
    let (other, level) = (&other[..n], &level[..n]);
    for c in 0..n {
        values[c] = first[c] * values[c] + second[c] * other[c] + level[c];
    }
}
