//! Layer normalisation: each picture to mean 0 and variance 1, then scale and shift.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, backend::Backend};

use super::group_norm::standardised;

/// x ↦ γ ⊙ (x − x̄)/σ + β, with mean and variance over all pixels and channels of one picture, and γ
/// and β of a picture's shape.
#[derive(Module, Debug)]
pub struct LayerNorm<B: Backend> {
    /// γ, `[height, width, channels]`.
    pub scale: Param<Tensor<B, 3>>,
    /// β, `[height, width, channels]`.
    pub shift: Param<Tensor<B, 3>>,
}

impl<B: Backend> LayerNorm<B> {
    /// γ = 1 and β = 0, for pictures of that height, width and number of channels.
    pub fn init(picture: [usize; 3], device: &B::Device) -> Self {
        Self {
            scale: Param::from_tensor(Tensor::ones(picture, device)),
            shift: Param::from_tensor(Tensor::zeros(picture, device)),
        }
    }

    /// Of pictures `[n, height, width, channels]`.
    pub fn forward(&self, inputs: Tensor<B, 4>) -> Tensor<B, 4> {
        standardised(inputs, 1) * self.scale.val().unsqueeze() + self.shift.val().unsqueeze()
    }
}
