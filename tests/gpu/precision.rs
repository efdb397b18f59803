//! What is checked here, and how closely: single precision on a device.

use burn::tensor::DType;

/// Derivatives are checked on this backend.
pub type Checked = burn_wgpu::Wgpu;

/// The same, where its results are compared with the reference backend's.
pub type Single = Checked;

/// The precision of the kernels, and how closely they are Burn's own operations.
pub const PRECISIONS: [(DType, f64); 1] = [(DType::F32, 2e-5)];

/// Random shapes of a property: each has its own kernels to be compiled.
pub const CASES: u32 = 6;

/// Half the distance between the two points of a central difference: where rounding and the third
/// derivative weigh the same.
pub const STEP: f64 = 1e-2;

/// Coordinates that central differences are taken along, where there are more.
pub const COORDINATES: usize = 4;

/// How close two ways to the same number must come, whatever double precision gives.
pub fn close(_double: f64) -> f64 {
    1e-2
}
