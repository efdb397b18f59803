//! Numbers on the host, in double precision:
//!
//! * [`cholesky`]: the factor that systems are solved with;
//! * [`linear_algebra`]: singular values, factorisations, large products;
//! * [`normal`]: the normal equations of least squares, for every readout and regression;
//! * [`rows`]: rows of tensors, widened a few at a time;
//! * [`triangle`]: what symmetric products are summed in.
//!
//! Sums run in a fixed order, whatever the number of threads.

mod cholesky;
pub(crate) mod linear_algebra;
pub(crate) mod normal;
mod rows;
mod triangle;

pub(crate) use triangle::Triangle;
