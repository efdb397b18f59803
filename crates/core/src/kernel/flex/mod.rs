//! The kernels for Burn's `flex` backend: matrix products, also over unfolded patches, and one pass over a
//! picture for normalisation, ReLU and pooling.
//!
//! Numbers are read in place. Work is spread over the thread pool it is called in: within a lane of
//! `inner::lanes` that is the lane alone.

mod channels;
mod convolution;
mod kernels;
mod norm_relu_pool;
mod norm_relu_pool_derivatives;
mod patches;
mod product;
mod real;
mod unwritten;
