//! Activation functions, every one twice differentiable on nested tapes.

use burn::tensor::{Tensor, activation, backend::Backend};
use serde::{Deserialize, Serialize};

/// The non-linearity of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// max(0, z).
    #[default]
    Relu,
    /// tanh z.
    Tanh,
    /// log(1 + eᶻ).
    Softplus,
    /// z Φ(z).
    Gelu,
}

impl Activation {
    /// Applies it to every element.
    pub fn forward<A: Backend, const D: usize>(self, z: Tensor<A, D>) -> Tensor<A, D> {
        match self {
            Self::Relu => activation::relu(z),
            Self::Tanh => z.tanh(),
            Self::Softplus => activation::softplus(z, 1.0),
            Self::Gelu => activation::gelu(z),
        }
    }
}
