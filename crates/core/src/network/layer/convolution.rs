//! The convolution layer, over pictures with channels last.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData, backend::Backend};

use crate::kernel::{self, Geometry, Kernels};
use crate::seed::Stream;

/// x ↦ x ∗ w + b.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// w, `[side, side, channels, outputs]`.
    pub weight: Param<Tensor<B, 4>>,
    /// b, `[outputs]`.
    pub bias: Param<Tensor<B, 1>>,
}

impl<B: Backend> Convolution<B> {
    /// Weight and bias from U(±1/√fan_in) with fan_in = side² · channels, the usual default of the
    /// field's networks.
    pub fn init(
        side: usize,
        channels: usize,
        outputs: usize,
        stream: &mut Stream,
        device: &B::Device,
    ) -> Self {
        let fan_in = side * side * channels;
        let bound = 1.0 / (fan_in.max(1) as f32).sqrt();
        let weight = stream.uniform(fan_in * outputs, bound);
        let bias = stream.uniform(outputs, bound);
        let shape = [side, side, channels, outputs];
        Self {
            weight: Param::from_data(TensorData::new(weight, shape), device),
            bias: Param::from_data(TensorData::new(bias, [outputs]), device),
        }
    }

    /// x ∗ w alone: what follows takes off the mean of each channel, and the bias with it.
    pub fn without_bias(&self, inputs: Tensor<B, 4>, geometry: Geometry) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        kernel::convolution(inputs, self.weight.val(), geometry)
    }
}
