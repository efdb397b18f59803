//! ResNet18 for pictures of 32×32, as papers on dataset distillation use it: a 3×3 stem without pooling,
//! four stages of two residual blocks with instance normalisation, the mean over all pixels, and a linear
//! layer (He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016).
//!
//! Each stage but the first halves height and width: its first convolution and the 1×1 convolution of its
//! shortcut have a stride of 2. No convolution has a bias. Colour pictures of any size make 11,173,962
//! parameters for ten classes.
//!
//! Pictures whose sides are no multiples of 16 get a border of zeros: 28×28 becomes 32×32. So the last
//! stage has at least 2×2 pixels to normalise.

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::layer::residual::{NormalisedConvolution, Residual, ResidualBlock, normalised_weights};
use super::layer::{Linear, pooling};
use super::picture::{self, Frame};
use super::{Architecture, FeatureLayer, Layout, Network, Output, size};
use crate::error::Result;
use crate::kernel::{Geometry, Kernels};
use crate::paper::Paper;
use crate::seed::Stream;
use crate::settings::{Check, range};
use crate::shape::Interface;

const PAPER: Paper = Paper {
    used: "the network ResNet18",
    citation: "He, Zhang, Ren and Sun. Deep Residual Learning for Image Recognition. CVPR 2016",
    link: "https://arxiv.org/abs/1512.03385",
};

/// Channels of each stage, as a multiple of the stem's, and the stride of its first block.
const STAGES: [(usize, usize); 4] = [(1, 1), (2, 2), (4, 2), (8, 2)];

/// Side of the stem's kernel.
const SIDE: usize = 3;

/// Number of residual blocks of a stage.
const BLOCKS: usize = 2;

/// The sides of padded pictures are multiples of this.
const MULTIPLE: usize = 16;

/// Settings of ResNet18.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResNet18 {
    /// Channels of the stem and the first stage, 1 to 512. The later stages have 2, 4 and 8 times as
    /// many. Default 64.
    pub width: usize,
    /// Activation of the stem and of every block, see [`ResidualBlock`]. Default ReLU.
    pub activation: Activation,
}

impl Default for ResNet18 {
    fn default() -> Self {
        Self {
            width: 64,
            activation: Activation::Relu,
        }
    }
}

impl Check for ResNet18 {
    fn check(&self) -> Result<()> {
        range::count("network.width", self.width, 1..=512)
    }
}

impl ResNet18 {
    /// The residual blocks, first to last.
    fn blocks(&self) -> impl Iterator<Item = Residual> {
        let blocks = STAGES.iter().flat_map(|&(times, stride)| {
            (0..BLOCKS).map(move |block| (times, if block == 0 { stride } else { 1 }))
        });
        blocks.scan(self.width, |width, (times, stride)| {
            let outputs = times * self.width;
            let channels = std::mem::replace(width, outputs);
            Some(Residual {
                channels,
                outputs,
                stride,
            })
        })
    }

    /// Number of features, the inputs of the readout.
    fn features(&self) -> usize {
        self.blocks().last().map_or(0, |block| block.outputs)
    }

    /// Count of numbers in all weights, or `None` if it is too large for a `usize`.
    fn weights(&self, channels: usize, outputs: usize) -> Option<usize> {
        let stem = normalised_weights(SIDE, channels, self.width);
        let readout = size::of_layers(self.features(), &[], outputs);
        self.blocks()
            .map(Residual::weights)
            .chain([stem, readout])
            .try_fold(0_usize, |sum, layer| sum.checked_add(layer?))
    }
}

/// The module: stem, residual blocks and readout.
#[derive(Module, Debug)]
pub struct ResNet18Network<B: Backend> {
    stem: NormalisedConvolution<B>,
    blocks: Vec<ResidualBlock<B>>,
    readout: Linear<B>,
    activation: Activation,
    frame: Frame,
}

impl Architecture for ResNet18 {
    type Network<B: Kernels> = ResNet18Network<B>;

    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn check_interface(&self, interface: Interface) -> Result<()> {
        picture::expected("resnet18", interface)?;
        let (key, frame) = ("network.width", Frame::new(interface, MULTIPLE));
        picture::check_activations(key, self.width, self.activations(interface))?;
        let weights = self.weights(frame.channels(), interface.outputs);
        size::check(key, self.width, interface, weights)
    }

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> ResNet18Network<B> {
        let frame = Frame::new(interface, MULTIPLE);
        let channels = frame.channels();
        let stem = NormalisedConvolution::init(SIDE, channels, self.width, stream, device);
        let blocks = self.blocks();
        let blocks = blocks.map(|shape| ResidualBlock::init(shape, stream, device));
        ResNet18Network {
            stem,
            blocks: blocks.collect(),
            readout: Linear::init(self.features(), interface.outputs, stream, device),
            activation: self.activation,
            frame,
        }
    }

    /// `None`: the feature step is not defined for convolutions.
    fn feature_layer(&self, _layout: &Layout) -> Option<FeatureLayer> {
        None
    }

    /// Counts the picture with its border, and the results of the convolutions.
    fn activations(&self, interface: Interface) -> usize {
        let frame = Frame::new(interface, MULTIPLE);
        let mut pixels = frame.sides().into_iter().product::<usize>();
        let stem = pixels.saturating_mul(self.width);
        let maps = self.blocks().map(|block| {
            pixels /= block.stride * block.stride;
            let convolutions = if block.reshapes() { 3 } else { 2 };
            pixels.saturating_mul(convolutions * block.outputs)
        });
        maps.fold(frame.len().saturating_add(stem), usize::saturating_add)
    }
}

impl<B: Kernels> Network<B> for ResNet18Network<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let same = Geometry {
            stride: 1,
            padding: SIDE / 2,
        };
        let pictures = self.frame.pictures(inputs);
        let start = self.stem.activated(pictures, same, self.activation);
        let blocks = self.blocks.iter();
        let last = blocks.fold(start, |x, block| block.forward(x, self.activation));
        let features = pooling::global_average(last);
        Output {
            outputs: self.readout.forward(features.clone()),
            features,
        }
    }
}
