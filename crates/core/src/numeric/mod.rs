//! Sums of tensors, transfers to the host, and linear algebra on the host in double precision.
//!
//! * [`host`]: transfers between a device and the host;
//! * [`total`]: sums over all numbers of a tensor;
//! * `cholesky`: the Cholesky factor, for solving linear systems;
//! * `linear_algebra`: singular values, factorisations, large products;
//! * `normal_equations`: the normal equations of least squares, for every readout and regression;
//! * `rows`: rows of tensors, converted to double precision a few at a time;
//! * `triangle`: sums of symmetric products.
//!
//! Sums have a fixed order, for any number of threads.

mod cholesky;
pub mod host;
pub(crate) mod linear_algebra;
pub(crate) mod normal_equations;
mod rows;
pub mod total;
mod triangle;

pub(crate) use triangle::Triangle;
