//! Sums of tensors, transfers to the host, and linear algebra on the host in double precision.
//!
//! * [`host`]: transfers between a device and the host;
//! * [`total`]: sums over all numbers of a tensor;
//! * `cholesky`: the Cholesky factor, for solving linear systems;
//! * `clusters`, `k_means`, `ward`: clusters of rows, and two ways to find them;
//! * `linear_algebra`: singular values, factorisations, large products;
//! * `normal_equations`: the normal equations of least squares, for every readout and regression;
//! * `rows`: rows of tensors, converted to double precision a few at a time;
//! * `triangle`: sums of symmetric products.
//!
//! Sums have a fixed order, for any number of threads.

mod cholesky;
mod clusters;
pub mod host;
mod k_means;
pub(crate) mod linear_algebra;
pub(crate) mod normal_equations;
mod rows;
pub mod total;
mod triangle;
mod ward;

pub(crate) use clusters::Clusters;
pub(crate) use k_means::k_means;
pub(crate) use triangle::Triangle;
pub(crate) use ward::ward;
