//! Group normalisation: brings each group of neighbouring channels of each picture to mean 0 and variance 1,
//! then scales and shifts.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, backend::Backend};

use crate::kernel::norm_relu_pool::EPSILON;

/// x ↦ γ (x − x̄)/σ + β, with mean and variance over the pixels of one group of channels of one picture.
#[derive(Module, Debug)]
pub struct GroupNorm<B: Backend> {
    /// γ, `[channels]`.
    pub scale: Param<Tensor<B, 1>>,
    /// β, `[channels]`.
    pub shift: Param<Tensor<B, 1>>,
    /// Number of groups. It divides the number of channels.
    pub groups: usize,
}

impl<B: Backend> GroupNorm<B> {
    /// A layer with γ = 1 and β = 0.
    pub fn init(channels: usize, groups: usize, device: &B::Device) -> Self {
        Self {
            scale: Param::from_tensor(Tensor::ones([channels], device)),
            shift: Param::from_tensor(Tensor::zeros([channels], device)),
            groups,
        }
    }

    /// Normalises pictures `[n, h, w, channels]`.
    pub fn forward(&self, inputs: Tensor<B, 4>) -> Tensor<B, 4> {
        let normal = standardised(inputs, self.groups);
        normal * self.scale.val().unsqueeze() + self.shift.val().unsqueeze()
    }
}

/// (x − x̄)/σ for each group of channels of pictures `[n, h, w, channels]`, where σ² = variance + ε.
pub(super) fn standardised<B: Backend>(inputs: Tensor<B, 4>, groups: usize) -> Tensor<B, 4> {
    let shape = inputs.dims();
    let [n, height, width, channels] = shape;
    let grouped = inputs.reshape([n, height * width, groups, channels / groups]);
    let centred = grouped.clone() - grouped.mean_dim(1).mean_dim(3);
    let variance = centred.clone().square().mean_dim(1).mean_dim(3);
    (centred / variance.add_scalar(EPSILON).sqrt()).reshape(shape)
}
