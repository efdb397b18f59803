//! What is checked here, and how closely: single precision on a device.

use burn::tensor::DType;

use crate::table::NetworkRow;

/// Derivatives are checked on this backend.
pub type Checked = burn_wgpu::Wgpu;

/// The same, where its results are compared with the reference backend's.
pub type Single = Checked;

/// The precision of the kernels, and how closely they are Burn's own operations.
pub const PRECISIONS: [(DType, f64); 1] = [(DType::F32, 1e-5)];

/// Whether derivatives are checked in double precision.
pub const DOUBLE: bool = false;

/// Random shapes of a property: each has kernels of its own to be compiled.
pub const CASES: u32 = 12;

/// Half the distance between the two points of a central difference: where rounding and the third
/// derivative weigh about the same.
pub const STEP: f64 = 1e-2;

/// A unit in the last place of 1, by which values are rounded.
pub const ROUNDING: f64 = f32::EPSILON as f64;

/// Random directions that central differences are taken along.
pub const DIRECTIONS: u64 = 2;

/// Whether every objective is checked through every network. Here each objective is checked once and each network
/// once: what differs from the reference is how single operations are computed, and each pair has shaders of its own
/// to be compiled.
pub const EVERY_PAIR: bool = false;

/// Steps of an unroll, for the first network and for the others: all kept, and computed again.
pub const UNROLLS: [&[usize]; 2] = [&[5, 33], &[5]];

/// The networks to check: of each kind the first that is smooth and the first that has kinks, of those
/// that a brief check is not enough for.
pub fn chosen(rows: Vec<NetworkRow>) -> Vec<NetworkRow> {
    let mut chosen: Vec<NetworkRow> = Vec::new();
    for row in rows.into_iter().filter(|row| !row.brief) {
        let same =
            |it: &NetworkRow| (it.settings.kind(), it.smooth) == (row.settings.kind(), row.smooth);
        if !chosen.iter().any(same) {
            chosen.push(row);
        }
    }
    chosen
}

/// How close central differences must come, whatever double precision gives. On Mesa's renderer one of 159 is 5e-3
/// away (the third derivative of a loss in a single step size) and all others at most 1.1e-3, most of it rounding of
/// the two values that are subtracted. Gradients that were wrong in earnest were 6 % off (results/performance.md),
/// six times as far as this.
pub fn close(_double: f64) -> f64 {
    1e-2
}

/// How close two ways to the same number must come, whatever double precision gives.
pub fn same(_double: f64) -> f64 {
    1e-4
}
