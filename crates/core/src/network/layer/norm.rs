//! A normalisation layer of any kind, chosen by [`Norm`].

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use super::{GroupNorm, InstanceNorm, LayerNorm, pooling};
use crate::kernel::Kernels;
use crate::network::activation::Activation;
use crate::network::norm::{GROUPS, Norm};

/// The layer of a [`Norm`].
#[derive(Module, Debug)]
pub enum NormLayer<B: Backend> {
    /// Normalises each channel.
    Instance(InstanceNorm<B>),
    /// Normalises each group of channels.
    Group(GroupNorm<B>),
    /// Normalises each picture.
    Layer(LayerNorm<B>),
}

impl<B: Backend> NormLayer<B> {
    /// The layer for pictures `[height, width, channels]`, or `None` for [`Norm::None`].
    pub fn init(norm: Norm, picture: [usize; 3], device: &B::Device) -> Option<Self> {
        let [_, _, channels] = picture;
        match norm {
            Norm::None => None,
            Norm::Instance => Some(Self::Instance(InstanceNorm::init(channels, device))),
            Norm::Group => Some(Self::Group(GroupNorm::init(channels, GROUPS, device))),
            Norm::Layer => Some(Self::Layer(LayerNorm::init(picture, device))),
        }
    }

    /// Normalises, applies the activation, and averages over squares of side `pool`: `[n, h, w, channels]`
    /// to `[n, h/pool, w/pool, channels]`.
    pub fn activated_and_pooled(
        &self,
        inputs: Tensor<B, 4>,
        activation: Activation,
        pool: usize,
    ) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        let normal = match self {
            Self::Instance(norm) => return norm.activated_and_pooled(inputs, activation, pool),
            Self::Group(norm) => norm.forward(inputs),
            Self::Layer(norm) => norm.forward(inputs),
        };
        pooling::average(activation.forward(normal), pool)
    }
}
