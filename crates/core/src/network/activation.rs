//! Activation functions that can be differentiated twice on nested tapes.
//!
//! Three of Burn's own functions (0.21.0) are not used. On most backends, the backward pass of its `gelu`
//! belongs to another function, the tanh approximation with short constants, and is wrong from the fourth
//! digit on. Its `softplus` is infinite when eᶻ is. Its `sigmoid` is computed in single precision on some
//! backends, even for tensors of double precision.

use std::f64::consts::FRAC_1_SQRT_2;

use burn::tensor::{Tensor, activation, backend::Backend};
use serde::{Deserialize, Serialize};

/// The activation function of a network.
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
    /// z Φ(z), with Φ the distribution function of N(0, 1).
    Gelu,
    /// z if z is positive, otherwise 0.01 z.
    LeakyRelu,
    /// 1/(1 + e⁻ᶻ).
    Sigmoid,
    /// z/(1 + e⁻ᶻ).
    Swish,
}

/// Slope of [`Activation::LeakyRelu`] for negative z.
const LEAK: f64 = 0.01;

impl Activation {
    /// Applies the function to every element.
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

/// m + log(e^−m + e^(z−m)), where m = max(0, z) is a constant. So no exponent is positive, and the slope
/// at 0 is ½.
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

/// e^(z−m) / (e^−m + e^(z−m)), where m = max(0, z) is a constant. So no exponent is positive.
fn sigmoid<A: Backend, const D: usize>(z: Tensor<A, D>) -> Tensor<A, D> {
    let largest = activation::relu(z.clone().detach());
    let share = (z - largest.clone()).exp();
    share.clone() / (largest.neg().exp() + share)
}
