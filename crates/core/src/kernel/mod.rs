//! What layers need of a backend beyond Burn's own operations.
//!
//! Distillation differentiates layers twice, thousands of times. [`Kernels`] is the backend
//! extension that makes this fast without leaving Burn: a few operations *closed under
//! differentiation*, so that the tapes are written once for all of them.
//!
//! ```text
//!   product                   y = x w        its derivatives: input_gradient, weight_gradient
//!   product_input_gradient    g wᵀ                            product, weight_gradient
//!   product_weight_gradient   xᵀ g                            input_gradient, product
//!   convolution, and its two  x ∗ w, g ∗ᵀ w, x ⋆ g            the same among themselves
//!   norm_relu_pool            instance norm, ReLU, average pooling: one pass instead of a dozen
//!   norm_relu_pool_gradient   its derivative
//!   norm_relu_pool_derivatives     the derivative of that
//! ```
//!
//! A backend that implements nothing has Burn's own operations ([`burn_operations`]): that is what the others
//! are tested against. `flex` has products of its own, also over unfolded patches (`kernel/flex`), and wgpu
//! an input gradient of its own ([`transposed`]).
//!
//! Pictures travel as `[n, height, width, channels]`, kernels as `[side, side, channels, outputs]`.
//! With channels last, a patch is a few long runs of memory, the product of a convolution needs no
//! transposition, neither does its weight gradient, and per-channel statistics are vector sums.

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
