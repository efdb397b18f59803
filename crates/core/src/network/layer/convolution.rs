//! The convolution layer, for pictures with channels last.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData, backend::Backend};

use crate::kernel::{self, Geometry, Kernels};
use crate::seed::Stream;

/// x ↦ x ∗ w + b, or x ↦ x ∗ w without a bias.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// w, `[side, side, channels, outputs]`.
    pub weight: Param<Tensor<B, 4>>,
    /// b, `[outputs]`, if the layer has a bias.
    pub bias: Option<Param<Tensor<B, 1>>>,
}

impl<B: Backend> Convolution<B> {
    /// A layer with weight and bias drawn from U(±1/√fan_in), where fan_in = side² · channels. This is the
    /// default of PyTorch, and so of the networks in dataset distillation papers.
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

    /// The same layer without a bias.
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

    /// x ∗ w without the bias, for a normalisation that subtracts each channel's mean and so the bias.
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
