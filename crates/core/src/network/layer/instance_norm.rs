//! Instance normalisation: brings each channel of each picture to mean 0 and variance 1, then scales and
//! shifts.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, backend::Backend};

use super::pooling;
use crate::kernel::norm_relu_pool::EPSILON;
use crate::kernel::{self, Kernels};
use crate::network::activation::Activation;

/// x ↦ γ (x − x̄)/σ + β, with mean and variance over the pixels of one channel of one picture.
#[derive(Module, Debug)]
pub struct InstanceNorm<B: Backend> {
    /// γ, `[channels]`.
    pub scale: Param<Tensor<B, 1>>,
    /// β, `[channels]`.
    pub shift: Param<Tensor<B, 1>>,
}

impl<B: Backend> InstanceNorm<B> {
    /// A layer with γ = 1 and β = 0.
    pub fn init(channels: usize, device: &B::Device) -> Self {
        Self {
            scale: Param::from_tensor(Tensor::ones([channels], device)),
            shift: Param::from_tensor(Tensor::zeros([channels], device)),
        }
    }

    /// Normalises pictures `[n, h, w, channels]`.
    pub fn forward(&self, inputs: Tensor<B, 4>) -> Tensor<B, 4> {
        let centred = inputs.clone() - inputs.mean_dim(1).mean_dim(2);
        let variance = centred.clone().square().mean_dim(1).mean_dim(2);
        let normal = centred / variance.add_scalar(EPSILON).sqrt();
        normal * self.scale.val().unsqueeze() + self.shift.val().unsqueeze()
    }

    /// Normalises, applies the activation, and averages over squares of side `pool`: `[n, h, w, channels]`
    /// to `[n, h/pool, w/pool, channels]`. With ReLU this is one operation of the backend.
    pub fn activated_and_pooled(
        &self,
        inputs: Tensor<B, 4>,
        activation: Activation,
        pool: usize,
    ) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        if activation == Activation::Relu {
            let affine = Tensor::stack(vec![self.scale.val(), self.shift.val()], 0);
            return kernel::norm_relu_pool(inputs, affine, pool);
        }
        pooling::average(activation.forward(self.forward(inputs)), pool)
    }
}
