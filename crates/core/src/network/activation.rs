//! Activation functions, every one twice differentiable on nested tapes.
//!
//! Three of Burn's own (0.21.0) are not used. The backward pass of its `gelu` is, on most backends,
//! that of another function: the tanh approximation with short constants, wrong from the fourth
//! digit on. Its `softplus` is infinite where eᶻ is. Its `sigmoid` is, on some backends, computed in
//! single precision whatever the tensor's.

use std::f64::consts::FRAC_1_SQRT_2;

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
    /// z where it is positive, 0.01 z elsewhere.
    LeakyRelu,
    /// 1/(1 + e⁻ᶻ).
    Sigmoid,
    /// z/(1 + e⁻ᶻ).
    Swish,
}

/// Slope of [`Activation::LeakyRelu`] below zero.
const LEAK: f64 = 0.01;

impl Activation {
    /// Applies it to every element.
    pub fn forward<A: Backend, const D: usize>(self, z: Tensor<A, D>) -> Tensor<A, D> {
        match self {
            Self::Relu => activation::relu(z),
            Self::Tanh => z.tanh(),
            Self::Softplus => softplus(z),
            Self::Gelu => gelu(z),
            Self::LeakyRelu => {
                activation::relu(z.clone()).mul_scalar(1.0 - LEAK) + z.mul_scalar(LEAK)
            }
            Self::Sigmoid => sigmoid(z),
            Self::Swish => z.clone() * sigmoid(z),
        }
    }
}

/// m + log(e^−m + e^(z−m)) with the constant m = max(0, z): no exponent is positive, and at 0 the
/// slope is ½.
fn softplus<A: Backend, const D: usize>(z: Tensor<A, D>) -> Tensor<A, D> {
    let largest = activation::relu(z.clone().detach());
    let terms = largest.clone().neg().exp() + (z - largest.clone()).exp();
    largest + terms.log()
}

/// z (1 + erf(z/√2)) / 2.
fn gelu<A: Backend, const D: usize>(z: Tensor<A, D>) -> Tensor<A, D> {
    let error = z.clone().mul_scalar(FRAC_1_SQRT_2).erf();
    z * error.add_scalar(1.0).mul_scalar(0.5)
}

/// e^(z−m) / (e^−m + e^(z−m)) with the constant m = max(0, z): no exponent is positive.
fn sigmoid<A: Backend, const D: usize>(z: Tensor<A, D>) -> Tensor<A, D> {
    let largest = activation::relu(z.clone().detach());
    let share = (z - largest.clone()).exp();
    share.clone() / (largest.neg().exp() + share)
}
