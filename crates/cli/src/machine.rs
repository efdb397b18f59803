//! The device and backend that the program computes on.

use burn::tensor::backend::Backend;

use crate::fault::Fault;

/// A device that the program computes on, and its backend.
#[derive(Debug, Clone)]
pub struct Machine<B: Backend> {
    /// The device that holds every tensor.
    pub device: B::Device,
    /// Name of the backend, as in summaries: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// Kind of device, as in benchmarks: `cpu` or `gpu`.
    pub kind: &'static str,
    /// Returns the device's fault, if it has one. It is called at every observed step, before
    /// anything is stored, and at the end.
    pub fault: fn() -> Option<Fault>,
}
