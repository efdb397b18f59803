//! The operations for Burn's `flex` backend. Convolutions are matrix products over unfolded patches.
//! Normalisation, ReLU and pooling go over each picture together.
//!
//! Numbers are read in place. Work is spread over the thread pool that calls the operation. In a lane of
//! `inner::lanes` that is the lane's own pool.

mod channels;
mod convolution;
mod kernels;
mod norm_relu_pool;
mod norm_relu_pool_derivatives;
mod patches;
mod product;
mod real;
mod unwritten;
