//! Numbers: sums and reads of a device's tensors, and linear algebra on the host in double precision.
//!
//! * [`host`]: from a device to the host and back;
//! * [`total`]: sums over all numbers of a tensor;
//! * `cholesky`: the factor that systems are solved with;
//! * `linear_algebra`: singular values, factorisations, large products;
//! * `normal_equations`: the normal equations of least squares, for every readout and regression;
//! * `rows`: rows of tensors, widened a few at a time;
//! * `triangle`: what symmetric products are summed in.
//!
//! Sums run in a fixed order, whatever the number of threads.

mod cholesky;
pub mod host;
pub(crate) mod linear_algebra;
pub(crate) mod normal_equations;
mod rows;
pub mod total;
mod triangle;

pub(crate) use triangle::Triangle;
