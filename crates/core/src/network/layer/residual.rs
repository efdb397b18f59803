//! The residual block of two 3×3 convolutions.

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use super::{Convolution, InstanceNorm};
use crate::kernel::{Geometry, Kernels};
use crate::network::activation::Activation;
use crate::network::norm::Norm;
use crate::network::size;
use crate::seed::Stream;

/// Side of both kernels.
const SIDE: usize = 3;

/// A convolution without a bias, followed by instance normalisation.
#[derive(Module, Debug)]
pub struct NormalisedConvolution<B: Backend> {
    /// The convolution.
    pub convolution: Convolution<B>,
    /// The normalisation after it.
    pub norm: InstanceNorm<B>,
}

impl<B: Backend> NormalisedConvolution<B> {
    /// Both layers with freshly drawn weights.
    pub fn init(
        side: usize,
        channels: usize,
        outputs: usize,
        stream: &mut Stream,
        device: &B::Device,
    ) -> Self {
        Self {
            convolution: Convolution::init_without_bias(side, channels, outputs, stream, device),
            norm: InstanceNorm::init(outputs, device),
        }
    }

    /// Convolves and normalises pictures `[n, h, w, channels]`.
    pub fn forward(&self, inputs: Tensor<B, 4>, geometry: Geometry) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        let moved = self.convolution.without_bias(inputs, geometry);
        self.norm.forward(moved)
    }

    /// Convolves, normalises, and applies the activation.
    pub fn activated(
        &self,
        inputs: Tensor<B, 4>,
        geometry: Geometry,
        activation: Activation,
    ) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        let moved = self.convolution.without_bias(inputs, geometry);
        self.norm.activated_and_pooled(moved, activation, 1)
    }
}

/// Count of numbers in the weights of a [`NormalisedConvolution`], or `None` if it is too large for a
/// `usize`.
pub fn normalised_weights(side: usize, channels: usize, outputs: usize) -> Option<usize> {
    let norm = Norm::Instance.weights(outputs, 1)?;
    size::of_convolution(side, channels, outputs)?.checked_add(norm)
}

/// The shape of a residual block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residual {
    /// Input channels.
    pub channels: usize,
    /// Output channels.
    pub outputs: usize,
    /// Stride of the first convolution and of the shortcut, in pixels.
    pub stride: usize,
}

impl Residual {
    /// Whether outputs have another shape than inputs, so that the shortcut is a convolution.
    pub fn reshapes(self) -> bool {
        self.stride != 1 || self.channels != self.outputs
    }

    /// Count of numbers in the weights, or `None` if it is too large for a `usize`.
    pub fn weights(self) -> Option<usize> {
        let first = normalised_weights(SIDE, self.channels, self.outputs)?;
        let second = normalised_weights(SIDE, self.outputs, self.outputs)?;
        let shortcut = if self.reshapes() {
            normalised_weights(1, self.channels, self.outputs)?
        } else {
            0
        };
        first.checked_add(second)?.checked_add(shortcut)
    }
}

/// x ↦ σ(f(x) + s(x)). f is two normalised convolutions with the activation σ between them. The shortcut s
/// is the identity, or a normalised 1×1 convolution if f changes the shape (He et al., "Deep Residual
/// Learning for Image Recognition", CVPR 2016).
#[derive(Module, Debug)]
pub struct ResidualBlock<B: Backend> {
    first: NormalisedConvolution<B>,
    second: NormalisedConvolution<B>,
    shortcut: Option<NormalisedConvolution<B>>,
    shape: Residual,
}

impl<B: Backend> ResidualBlock<B> {
    /// A block with freshly drawn weights.
    pub fn init(shape: Residual, stream: &mut Stream, device: &B::Device) -> Self {
        let Residual {
            channels, outputs, ..
        } = shape;
        let mut layer =
            |side, channels| NormalisedConvolution::init(side, channels, outputs, stream, device);
        Self {
            first: layer(SIDE, channels),
            second: layer(SIDE, outputs),
            shortcut: shape.reshapes().then(|| layer(1, channels)),
            shape,
        }
    }

    /// Maps `[n, h, w, channels]` to `[n, ⌈h/stride⌉, ⌈w/stride⌉, outputs]`.
    pub fn forward(&self, inputs: Tensor<B, 4>, activation: Activation) -> Tensor<B, 4>
    where
        B: Kernels,
    {
        let geometry = |stride, side| Geometry {
            stride,
            padding: side / 2,
        };
        let stride = self.shape.stride;
        let inner = self
            .first
            .activated(inputs.clone(), geometry(stride, SIDE), activation);
        let outer = self.second.forward(inner, geometry(1, SIDE));
        let shortcut = match &self.shortcut {
            Some(layer) => layer.forward(inputs, geometry(stride, 1)),
            None => inputs,
        };
        activation.forward(outer + shortcut)
    }
}
