//! Layers whose backward pass can be differentiated again.

mod convolution;
mod instance_norm;
mod linear;

pub use convolution::Convolution;
pub use instance_norm::InstanceNorm;
pub use linear::Linear;
