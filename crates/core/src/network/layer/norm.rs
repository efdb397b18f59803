//! A normalisation of any of its kinds, chosen by [`Norm`].

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use super::{GroupNorm, InstanceNorm, LayerNorm, pooling};
use crate::kernel::Kernels;
use crate::network::activation::Activation;
use crate::network::norm::{GROUPS, Norm};

/// The layer that a [`Norm`] names.
#[derive(Module, Debug)]
pub enum NormLayer<B: Backend> {
    /// Of each channel.
    Instance(InstanceNorm<B>),
    /// Of groups of channels.
    Group(GroupNorm<B>),
    /// Of each picture.
    Layer(LayerNorm<B>),
}

impl<B: Backend> NormLayer<B> {
    /// For pictures of that height, width and number of channels; none where nothing is normalised.
    pub fn init(norm: Norm, picture: [usize; 3], device: &B::Device) -> Option<Self> {
        let [_, _, channels] = picture;
        match norm {
            Norm::None => None,
            Norm::Instance => Some(Self::Instance(InstanceNorm::init(channels, device))),
            Norm::Group => Some(Self::Group(GroupNorm::init(channels, GROUPS, device))),
            Norm::Layer => Some(Self::Layer(LayerNorm::init(picture, device))),
        }
    }

    /// Normalised, activated, and averaged over squares of side `pool`: `[n, h, w, channels]` to
    /// `[n, h/pool, w/pool, channels]`.
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
