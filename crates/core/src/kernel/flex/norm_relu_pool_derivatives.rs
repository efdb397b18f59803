//! The derivatives of the gradient of normalisation, ReLU and pooling, picture by picture.
//! [`crate::kernel::norm_relu_pool`] has the formulas.
//!
//! The derivatives are linear in q, u and x, with coefficients by channel. So a picture is read twice: once
//! for the sums that the coefficients need, once for the derivatives.

#![allow(unsafe_code, reason = "results are written into fresh memory")]
#![allow(
    clippy::needless_range_loop,
    reason = "many channel vectors in step: one index reads better than ten zips"
)]

use std::mem::MaybeUninit;

use pulp::NullaryFnOnce;
use rayon::prelude::*;

use super::channels::{add, add_products, centre, combine, gate};
use super::norm_relu_pool::{Moments, Picture};
use super::real::{Real, wide};
use super::unwritten;

/// Derivatives with respect to inputs, to scale and shift, and to the upstream gradient.
pub type Derivatives<T> = (Vec<T>, Vec<T>, Vec<T>);

/// The operands of S, the gradient's product with directions.
pub struct Product<'a, T> {
    pub inputs: &'a [T],
    pub affine: &'a [T],
    pub upstream: &'a [T],
    /// u, in the shape of the inputs.
    pub along_inputs: &'a [T],
    /// v, in the shape of scale and shift.
    pub along_affine: &'a [T],
}

/// The derivatives, for all pictures, of the product of the gradient with directions.
pub fn derivatives<T: Real>(picture: &Picture, product: &Product<'_, T>) -> Derivatives<T> {
    let (len, pooled_len) = (picture.len().max(1), picture.pooled_len().max(1));
    let [inputs, pooled] = [product.inputs.len(), product.upstream.len()];
    assert_eq!(inputs, picture.count() * picture.len());
    assert_eq!(pooled, picture.count() * picture.pooled_len());
    assert_eq!(inputs, product.along_inputs.len());
    let (mut totals, mut by_upstream) = (Vec::<Vec<T>>::new(), Vec::new());
    let write_inputs = |by_inputs: &mut [MaybeUninit<T>]| {
        let write_upstream = |by_upstream: &mut [MaybeUninit<T>]| {
            totals = by_inputs
                .par_chunks_mut(len)
                .zip(by_upstream.par_chunks_mut(pooled_len))
                .zip(product.inputs.par_chunks(len))
                .zip(product.along_inputs.par_chunks(len))
                .zip(product.upstream.par_chunks(pooled_len))
                .map(
                    |((((by_pixels, by_upstream), inputs), along_inputs), upstream)| {
                        let product = Product {
                            inputs,
                            upstream,
                            along_inputs,
                            ..*product
                        };
                        wide(One {
                            picture,
                            product: &product,
                            by_pixels: unwritten::zeros(by_pixels),
                            by_upstream: unwritten::zeros(by_upstream),
                        })
                    },
                )
                .collect();
        };
        // SAFETY: by the assertions above there is a piece for each picture, and each piece is filled.
        by_upstream = unsafe { unwritten::vector(pooled, write_upstream) };
    };
    // SAFETY: as for the upstream gradient.
    let by_inputs = unsafe { unwritten::vector(inputs, write_inputs) };
    let mut by_affine = vec![T::of(0.0); product.affine.len()];
    for totals in totals {
        for (sum, total) in by_affine.iter_mut().zip(totals) {
            *sum += total;
        }
    }
    (by_inputs, by_affine, by_upstream)
}

/// Sums over a picture's pixels, by channel. `x` stands for x − x̄, so `qx` is Σ q (x − x̄).
struct Sums<T> {
    q: Vec<T>,
    u: Vec<T>,
    qx: Vec<T>,
    ux: Vec<T>,
    qu: Vec<T>,
}

/// The work of [`derivatives`] for one picture. Returns T, the derivative with respect to the scale.
struct One<'a, T> {
    picture: &'a Picture,
    product: &'a Product<'a, T>,
    by_pixels: &'a mut [T],
    by_upstream: &'a mut [T],
}

impl<T: Real> NullaryFnOnce for One<'_, T> {
    type Output = Vec<T>;

    #[inline(always)]
    fn call(self) -> Vec<T> {
        let Self {
            picture,
            product,
            by_pixels,
            by_upstream,
        } = self;
        let channels = picture.channels;
        let moments = Moments::of(product.inputs, channels);
        let factor = moments.factor(product.affine);
        let lines = [&factor[..], &product.affine[channels..]];
        let share = picture.share::<T>();
        let zeros = || vec![T::of(0.0); channels];
        let mut sums = Sums {
            q: zeros(),
            u: zeros(),
            qx: zeros(),
            ux: zeros(),
            qu: zeros(),
        };
        let (mut centred, mut along, mut gated) = (zeros(), zeros(), zeros());
        let pixels = || {
            product
                .inputs
                .chunks_exact(channels)
                .zip(product.along_inputs.chunks_exact(channels))
                .zip(picture.places())
        };
        // q is written to the place of the derivative.
        for (((x, u), place), q) in pixels().zip(by_pixels.chunks_exact_mut(channels)) {
            centre(&mut centred, x, &moments.mean);
            let upstream = &product.upstream[place..place + channels];
            gate(q, upstream, share, &centred, lines);
            add(&mut sums.q, q);
            add(&mut sums.u, u);
            add_products(&mut sums.qx, q, &centred);
            add_products(&mut sums.ux, u, &centred);
            add_products(&mut sums.qu, q, u);
        }
        let all = Lines::of(&sums, &moments, product, &factor);
        let [of_q, of_u, of_x, level] = &all.by_pixel;
        let [along_u, along_x, along_level] = &all.along;
        for (((x, u), place), q) in pixels().zip(by_pixels.chunks_exact_mut(channels)) {
            centre(&mut centred, x, &moments.mean);
            along.copy_from_slice(u);
            combine(&mut along, along_u, [along_x, &centred], along_level);
            gate(&mut gated, &along, share, &centred, lines);
            add(&mut by_upstream[place..place + channels], &gated);
            combine(q, of_q, [of_x, &centred], level);
            add_products(q, of_u, u);
        }
        all.total
    }
}

/// Coefficients by channel of the derivatives ∂S/∂x and ∂S/∂g.
struct Lines<T> {
    /// T.
    total: Vec<T>,
    /// Coefficients of q, u, x − x̄ and 1 in ∂S/∂x.
    by_pixel: [Vec<T>; 4],
    /// Coefficients of u, x − x̄ and 1 in γ J(u) + v_γ x̂ + v_β.
    along: [Vec<T>; 3],
}

impl<T: Real> Lines<T> {
    #[inline(always)]
    fn of(sums: &Sums<T>, moments: &Moments<T>, product: &Product<'_, T>, factor: &[T]) -> Self {
        let channels = factor.len();
        let count = T::of(channels as f64 / product.inputs.len() as f64);
        let zeros = || vec![T::of(0.0); channels];
        let mut lines = Self {
            total: zeros(),
            by_pixel: std::array::from_fn(|_| zeros()),
            along: std::array::from_fn(|_| zeros()),
        };
        let (by_scale, by_shift) = product.along_affine.split_at(channels);
        for c in 0..channels {
            let inverse = moments.inverse[c];
            let (mean_q, mean_u) = (sums.q[c] * count, sums.u[c] * count);
            let (along_q, along_u) = (sums.qx[c] * inverse, sums.ux[c] * inverse);
            let total = inverse * (sums.qu[c] - sums.q[c] * mean_u - along_q * along_u * count);
            // k = γ/(σN), since the factor is γ/σ.
            let k = factor[c] * count;
            let (of_q, of_u) = (by_scale[c] - k * along_u, T::of(0.0) - k * along_q);
            let (of_q, of_u) = (of_q * inverse, of_u * inverse);
            // The coefficient of x̂ = (x − x̄)/σ.
            let of_hat = T::of(0.0) - k * total - (of_q * along_q + of_u * along_u) * count;
            lines.total[c] = total;
            lines.by_pixel[0][c] = of_q;
            lines.by_pixel[1][c] = of_u;
            lines.by_pixel[2][c] = of_hat * inverse;
            lines.by_pixel[3][c] = T::of(0.0) - of_q * mean_q - of_u * mean_u;
            let slant = by_scale[c] - factor[c] * along_u * count;
            lines.along[0][c] = factor[c];
            lines.along[1][c] = slant * inverse;
            lines.along[2][c] = by_shift[c] - factor[c] * mean_u;
        }
        lines
    }
}
