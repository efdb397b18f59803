//! What the contracts are checked on, and how closely: double precision on the reference backend.
//! `tests/gpu` checks some of the same contracts on a device in single precision.

use burn::tensor::DType;

use crate::table::NetworkRow;

/// Derivatives are checked on this backend.
pub type Checked = burn_ndarray::NdArray<f64>;

/// The fast backend, which must agree with the reference.
pub type Single = burn_flex::Flex;

/// The precisions of the fast kernels, and how closely they are Burn's own operations there.
pub const PRECISIONS: [(DType, f64); 2] = [(DType::F32, 1e-5), (DType::F64, 1e-10)];

/// Whether derivatives are checked in double precision.
pub const DOUBLE: bool = true;

/// Random shapes of a property.
pub const CASES: u32 = 64;

/// Half the distance between the two points of a central difference.
pub const STEP: f64 = 1e-5;

/// A unit in the last place of 1, by which values are rounded.
pub const ROUNDING: f64 = f64::EPSILON;

/// Random directions that central differences are taken along.
pub const DIRECTIONS: u64 = 4;

/// Whether every objective is checked through every network.
pub const EVERY_PAIR: bool = true;

/// Steps of an unroll, for the first network and for the others: one step; all kept; computed again in
/// segments of 6 and 7, the last one full or cut short.
pub const UNROLLS: [&[usize]; 2] = [&[1, 5, 36, 40, 41], &[5, 34]];

/// The networks to check: all.
pub fn chosen(rows: Vec<NetworkRow>) -> Vec<NetworkRow> {
    rows
}

/// How close central differences must come, from what double precision gives.
pub fn close(double: f64) -> f64 {
    double
}

/// How close two ways to the same number must come, from what double precision gives.
pub fn same(double: f64) -> f64 {
    double
}
