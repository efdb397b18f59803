//! Layers with a backward pass that can be differentiated again.

mod convolution;
mod group_norm;
mod instance_norm;
mod layer_norm;
mod linear;
mod norm;
pub mod pooling;
pub mod residual;

pub use convolution::Convolution;
pub use group_norm::GroupNorm;
pub use instance_norm::InstanceNorm;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use norm::NormLayer;
