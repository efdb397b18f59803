//! The convolution layer, over pictures with channels last.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData, backend::Backend};

use crate::kernel::{self, Geometry, Kernels};
use crate::seed::Stream;

/// x ↦ x ∗ w + b, or x ∗ w alone.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// w, `[side, side, channels, outputs]`.
    pub weight: Param<Tensor<B, 4>>,
    /// b, `[outputs]`, if it has one.
    pub bias: Option<Param<Tensor<B, 1>>>,
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
        let alone = Self::init_without_bias(side, channels, outputs, stream, device);
        let bias = stream.uniform(outputs, bound(side, channels));
        Self {
            bias: Some(Param::from_data(TensorData::new(bias, [outputs]), device)),
            ..alone
        }
    }

    /// The same without a bias.
    pub fn init_without_bias(
        side: usize,
        channels: usize,
        outputs: usize,
        stream: &mut Stream,
        device: &B::Device,
    ) -> Self {
        let count = side * side * channels * outputs;
        let weight = stream.uniform(count, bound(side, channels));
        let shape = [side, side, channels, outputs];
        Self {
            weight: Param::from_data(TensorData::new(weight, shape), device),
            bias: None,
        }
    }

    /// x ∗ w + b: `[n, h, w, channels]` to `[n, h', w', outputs]`.
    pub fn forward(&self, inputs: Tensor<B, 4>, geometry: Geometry) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        let moved = self.without_bias(inputs, geometry);
        match &self.bias {
            Some(bias) => moved + bias.val().unsqueeze(),
            None => moved,
        }
    }

    /// x ∗ w alone: for where what follows takes off the mean of each channel, and the bias with it.
    pub fn without_bias(&self, inputs: Tensor<B, 4>, geometry: Geometry) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        kernel::convolution(inputs, self.weight.val(), geometry)
    }
}

/// 1/√fan_in.
fn bound(side: usize, channels: usize) -> f32 {
    let fan_in = side * side * channels;
    1.0 / (fan_in.max(1) as f32).sqrt()
}
