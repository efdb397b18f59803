//! Operations that layers need from a backend beyond Burn's own.
//!
//! Distillation differentiates layers twice, thousands of times. [`Kernels`] is a backend extension
//! that makes this fast within Burn. It has a few operations that are *closed under differentiation*
//! as far as second derivatives: the derivative of each is made of the others. So one implementation
//! for tapes serves all backends.
//!
//! ```text
//!   product                   y = x w        its derivatives: input_gradient, weight_gradient
//!   product_input_gradient    g wᵀ                            product, weight_gradient
//!   product_weight_gradient   xᵀ g                            input_gradient, product
//!   convolution, and its two  x ∗ w, g ∗ᵀ w, x ⋆ g            each: the other two
//!   norm_relu_pool            instance norm, ReLU, average pooling: one pass instead of a dozen
//!   norm_relu_pool_gradient   its derivative
//!   norm_relu_pool_derivatives     the derivative of that
//! ```
//!
//! A backend that implements none of them gets compositions of Burn's operations ([`burn_operations`]);
//! tests compare the other implementations with these. Burn's `flex` backend has its own operations
//! (module `flex`), and wgpu has its own input gradient ([`transposed`]).
//!
//! Pictures have shape `[n, height, width, channels]`, kernels `[side, side, channels, outputs]`. With
//! channels last, a patch is a few long runs of memory, neither a convolution nor its weight gradient
//! needs a transposition, and per-channel statistics are vector sums.

pub mod burn_operations;
#[cfg(feature = "burn-flex")]
pub mod flex;
mod geometry;
mod kernels;
pub mod norm_relu_pool;
mod tape;
pub mod transposed;

pub use burn_operations::WithAffine;
pub use geometry::Geometry;
pub use kernels::{Grain, Kernels, convolution, norm_relu_pool, product};
