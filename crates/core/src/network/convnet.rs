//! The ConvNet of dataset distillation: blocks of 3×3 convolution, instance normalisation, activation
//! and 2×2 average pooling, then a linear layer (Zhao, Mopuri and Bilen, "Dataset Condensation with
//! Gradient Matching", ICLR 2021; after Gidaris and Komodakis, 2018).
//!
//! The convolutions' biases are parameters, for the sake of the count, but change nothing: instance
//! normalisation takes off each channel's mean, and the bias with it. They are not added, and their
//! gradient is zero.
//!
//! Depth 3 and width 128 on 3×32×32 have 320,010 parameters for ten classes. Pictures whose sides are
//! no multiple of 2^depth get a border of zeros: 28×28 becomes 32×32.

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::layer::{Convolution, InstanceNorm, Linear};
use super::{Architecture, FeatureLayer, Interface, Layout, Network, Output, size};
use crate::error::{Error, Result};
use crate::kernel::{Geometry, Kernels};
use crate::seed::Stream;
use crate::settings::{Check, range};
use crate::task::InputShape;

/// Side of every kernel.
const SIDE: usize = 3;

/// Keeps height and width.
const SAME: Geometry = Geometry {
    stride: 1,
    padding: 1,
};

/// Most numbers that one picture may leave in the layers: 256 MiB of them.
const MOST_ACTIVATIONS: usize = 1 << 26;

/// Side of the squares that are averaged.
const POOL: usize = 2;

/// Settings of the ConvNet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConvNet {
    /// Channels of every block.
    pub width: usize,
    /// Number of blocks; each halves height and width.
    pub depth: usize,
    /// The activation of every block.
    pub activation: Activation,
}

impl Default for ConvNet {
    fn default() -> Self {
        Self {
            width: 128,
            depth: 3,
            activation: Activation::Relu,
        }
    }
}

impl ConvNet {
    /// Height and width with the border of zeros.
    fn framed(&self, sides: [usize; 2]) -> [usize; 2] {
        sides.map(|side| side.next_multiple_of(POOL.pow(self.depth as u32)))
    }

    /// Pixels that the last block leaves of a picture.
    fn last_pixels(&self, sides: [usize; 2]) -> usize {
        let left = self.framed(sides).map(|side| side >> self.depth);
        left.into_iter().product()
    }

    /// Numbers in all weights; none where they are beyond counting.
    fn weights(&self, [channels, height, width]: [usize; 3], outputs: usize) -> Option<usize> {
        let features = self.last_pixels([height, width]).checked_mul(self.width)?;
        let readout = features.checked_add(1)?.checked_mul(outputs)?;
        let first = channels.checked_mul(SIDE * SIDE)?.checked_add(3)?;
        let later = (self.depth - 1) * (self.width * SIDE * SIDE + 3);
        let blocks = first.checked_add(later)?.checked_mul(self.width)?;
        blocks.checked_add(readout)
    }
}

impl Check for ConvNet {
    fn check(&self) -> Result<()> {
        range::count("network.width", self.width, 1..=4096)?;
        range::count("network.depth", self.depth, 1..=8)
    }
}

/// The module.
#[derive(Module, Debug)]
pub struct ConvNetNetwork<B: Backend> {
    convolutions: Vec<Convolution<B>>,
    norms: Vec<InstanceNorm<B>>,
    readout: Linear<B>,
    activation: Activation,
    /// Channels, height and width of a row's picture.
    picture: [usize; 3],
    /// Height and width with the border.
    framed: [usize; 2],
}

impl Architecture for ConvNet {
    type Network<B: Kernels> = ConvNetNetwork<B>;

    fn check_interface(&self, interface: Interface) -> Result<()> {
        match interface.inputs {
            InputShape::Picture(sides) => {
                let row = self.activations(interface);
                if row > MOST_ACTIVATIONS {
                    let accepted = format!(
                        "leaves {row} numbers of one picture in its layers, and at most \
                         {MOST_ACTIVATIONS} are accepted: give less, or take smaller pictures"
                    );
                    return Err(Error::setting("network.width", self.width, accepted));
                }
                let weights = self.weights(sides, interface.outputs);
                size::check("network.width", self.width, interface, weights)
            }
            InputShape::Vector(features) => Err(Error::Mismatch(format!(
                "network.kind = convnet wants pictures, but an input of this task is a vector of \
                 {features} numbers: take a task with pictures, or network.kind = mlp"
            ))),
        }
    }

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> ConvNetNetwork<B> {
        let picture = match interface.inputs {
            InputShape::Picture(sides) => sides,
            InputShape::Vector(features) => [1, 1, features],
        };
        let framed = self.framed([picture[1], picture[2]]);
        let mut channels = picture[0];
        let (mut convolutions, mut norms) = (Vec::new(), Vec::new());
        for _ in 0..self.depth {
            convolutions.push(Convolution::init(
                SIDE, channels, self.width, stream, device,
            ));
            norms.push(InstanceNorm::init(self.width, device));
            channels = self.width;
        }
        let pixels = framed
            .map(|side| side >> self.depth)
            .into_iter()
            .product::<usize>();
        ConvNetNetwork {
            convolutions,
            norms,
            readout: Linear::init(pixels * channels, interface.outputs, stream, device),
            activation: self.activation,
            picture,
            framed,
        }
    }

    /// None: its readout is the only matrix.
    fn feature_layer(&self, _layout: &Layout) -> Option<FeatureLayer> {
        None
    }

    /// The convolutions' biases.
    fn unused(&self, layout: &Layout) -> Vec<usize> {
        let bias = |block| layout.position(&format!("convolutions.{block}.bias"));
        (0..self.depth).filter_map(bias).collect()
    }

    /// What the blocks keep for the way back, mostly the first one's.
    fn activations(&self, interface: Interface) -> usize {
        let InputShape::Picture([channels, height, width]) = interface.inputs else {
            return interface.inputs.len();
        };
        let pixels = self.framed([height, width]).into_iter().product::<usize>();
        let blocks =
            (0..self.depth).map(|block| (pixels >> (2 * block)).saturating_mul(self.width));
        blocks.fold(pixels.saturating_mul(channels), usize::saturating_add)
    }

    /// Few with ReLU, whose block is two operations of [`crate::kernel`].
    fn tape_copies(&self) -> usize {
        match self.activation {
            Activation::Relu => 3,
            _ => 24,
        }
    }
}

impl<B: Kernels> Network<B> for ConvNetNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let blocks = self.convolutions.iter().zip(&self.norms);
        let pictures = blocks.fold(self.pictures(inputs), |pictures, (convolution, norm)| {
            let moved = convolution.without_bias(pictures, SAME);
            norm.activated_and_pooled(moved, self.activation, POOL)
        });
        let features: Tensor<B, 2> = pictures.flatten(1, 3);
        Output {
            outputs: self.readout.forward(features.clone()),
            features,
        }
    }
}

impl<B: Backend> ConvNetNetwork<B> {
    /// Rows, plane by plane, as framed pictures with channels last.
    fn pictures(&self, rows: Tensor<B, 2>) -> Tensor<B, 4> {
        let n = rows.dims()[0];
        let ([channels, height, width], framed) = (self.picture, self.framed);
        let pictures = rows
            .reshape([n, channels, height, width])
            .permute([0, 2, 3, 1]);
        let device = pictures.device();
        let pictures = frame(pictures, 1, framed[0], &device);
        frame(pictures, 2, framed[1], &device)
    }
}

/// Zeros on both sides along one axis, the odd one behind.
fn frame<B: Backend>(
    pictures: Tensor<B, 4>,
    axis: usize,
    length: usize,
    device: &B::Device,
) -> Tensor<B, 4> {
    let missing = length - pictures.dims()[axis];
    if missing == 0 {
        return pictures;
    }
    let zeros = |length| {
        let mut shape = pictures.dims();
        shape[axis] = length;
        Tensor::zeros(shape, device)
    };
    let (before, behind) = (zeros(missing / 2), zeros(missing - missing / 2));
    Tensor::cat(vec![before, pictures, behind], axis)
}
