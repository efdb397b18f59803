//! Where the program computes.

use burn::tensor::backend::Backend;

use crate::fault::Fault;

/// Where the program computes.
#[derive(Debug, Clone)]
pub struct Machine<B: Backend> {
    /// The device that holds every tensor.
    pub device: B::Device,
    /// Name of the backend, as summaries have it: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// Kind of device, as benchmarks have it: `cpu` or `gpu`.
    pub kind: &'static str,
    /// What has gone wrong with the device, if anything has: asked at every step that is seen, before
    /// anything is stored, and at the end.
    pub fault: fn() -> Option<Fault>,
}
