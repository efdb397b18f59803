//! Layer normalisation: brings each picture to mean 0 and variance 1, then scales and shifts.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, backend::Backend};

use super::group_norm::standardised;

/// x ↦ γ ⊙ (x − x̄)/σ + β, with mean and variance over all numbers of one picture. γ and β have one entry
/// for each number. They are stored as vectors, because a parameter with more axes counts as a weight
/// matrix (see [`Slot::is_matrix`](crate::network::Slot::is_matrix)).
#[derive(Module, Debug)]
pub struct LayerNorm<B: Backend> {
    /// γ, `[height · width · channels]`.
    pub scale: Param<Tensor<B, 1>>,
    /// β, `[height · width · channels]`.
    pub shift: Param<Tensor<B, 1>>,
}

impl<B: Backend> LayerNorm<B> {
    /// A layer with γ = 1 and β = 0, for pictures `[height, width, channels]`.
    pub fn init(picture: [usize; 3], device: &B::Device) -> Self {
        let numbers: usize = picture.into_iter().product();
        Self {
            scale: Param::from_tensor(Tensor::ones([numbers], device)),
            shift: Param::from_tensor(Tensor::zeros([numbers], device)),
        }
    }

    /// Normalises pictures `[n, height, width, channels]`.
    pub fn forward(&self, inputs: Tensor<B, 4>) -> Tensor<B, 4> {
        let [_, height, width, channels] = inputs.dims();
        let of_picture = |numbers: Tensor<B, 1>| numbers.reshape([1, height, width, channels]);
        standardised(inputs, 1) * of_picture(self.scale.val()) + of_picture(self.shift.val())
    }
}
