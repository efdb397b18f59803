//! The ConvNet of dataset distillation: blocks of 3×3 convolution, instance normalisation, activation
//! and 2×2 average pooling, then a linear layer (Zhao, Mopuri and Bilen, "Dataset Condensation with
//! Gradient Matching", ICLR 2021; after Gidaris and Komodakis, 2018).
//!
//! With instance normalisation the biases of the convolutions have no effect: the normalisation subtracts
//! each channel's mean, and the bias with it. They are parameters nevertheless, so that the number of
//! parameters is the usual one; they are not added, and their gradient is zero. With group or layer
//! normalisation, or without any, they are added.
//!
//! Depth 3 and width 128 on pictures of 3×32×32 make 320,010 parameters for ten classes. Pictures whose
//! sides are no multiples of 2^depth get a border of zeros, with any pooling: 28×28 becomes 32×32.

use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::norm::Norm;
use super::pooling::Pooling;
use super::sequential::{Block, Layers, Sequential};
use crate::error::{Error, Result};
use crate::kernel::Geometry;
use crate::paper::Paper;
use crate::settings::{Check, range};

const PAPER: Paper = Paper {
    used: "the network ConvNet",
    citation: "Gidaris and Komodakis. Dynamic Few-Shot Visual Learning without Forgetting. CVPR 2018",
    link: "https://arxiv.org/abs/1804.09458",
};

/// Most channels of a block.
const MOST_CHANNELS: usize = 4096;

/// Side of every kernel.
const SIDE: usize = 3;

/// Factor by which a block reduces height and width.
const STEP: usize = 2;

/// Settings of the ConvNet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConvNet {
    /// Channels of the first block, and of every block if `growth` is 1. At most 4096. Default 128.
    pub width: usize,
    /// Factor by which the channels grow from block to block, 1 to 4. The last block may have at most 4096
    /// channels. Default 1.
    pub growth: usize,
    /// Number of blocks, 1 to 8. Each halves height and width, unless `pooling` is `none`. Default 3.
    pub depth: usize,
    /// Activation of every block. Default ReLU.
    pub activation: Activation,
    /// Normalisation after each convolution. Default instance normalisation.
    pub norm: Norm,
    /// How a block halves height and width. Default average pooling.
    pub pooling: Pooling,
}

impl Default for ConvNet {
    fn default() -> Self {
        Self {
            width: 128,
            growth: 1,
            depth: 3,
            activation: Activation::Relu,
            norm: Norm::Instance,
            pooling: Pooling::Average,
        }
    }
}

impl Check for ConvNet {
    fn check(&self) -> Result<()> {
        range::count("network.width", self.width, 1..=MOST_CHANNELS)?;
        range::count("network.growth", self.growth, 1..=4)?;
        range::count("network.depth", self.depth, 1..=8)?;
        let last = self.channels(self.depth - 1);
        if last > MOST_CHANNELS {
            let accepted = format!(
                "makes {last} channels from network.width = {} in {} blocks, and at most {MOST_CHANNELS} \
                are accepted: lower network.growth, network.width or network.depth",
                self.width, self.depth
            );
            return Err(Error::setting("network.growth", self.growth, accepted));
        }
        self.norm.check(self.width)
    }
}

impl ConvNet {
    /// Channels of the block at this index, counted from 0.
    fn channels(&self, block: usize) -> usize {
        self.width * self.growth.pow(block as u32)
    }
}

impl Sequential for ConvNet {
    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn layers(&self) -> Layers {
        let (stride, pool) = match self.pooling {
            Pooling::Average => (1, STEP),
            Pooling::None => (1, 1),
            Pooling::Strided => (STEP, 1),
        };
        let block = |place| Block {
            side: SIDE,
            width: self.channels(place),
            geometry: Geometry { stride, padding: 1 },
            pool,
        };
        Layers {
            kind: "convnet",
            multiple: STEP.pow(self.depth as u32),
            blocks: (0..self.depth).map(block).collect(),
            norm: self.norm,
            hidden: Vec::new(),
            activation: self.activation,
        }
    }

    fn largest(&self) -> (&'static str, String) {
        ("network.width", self.width.to_string())
    }
}
