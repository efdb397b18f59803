//! VGG11 for pictures of 32×32, as papers on dataset distillation use it: eight 3×3 convolutions in five
//! stages, each with instance normalisation, then one linear layer (Simonyan and Zisserman, "Very Deep
//! Convolutional Networks for Large-Scale Image Recognition", ICLR 2015).
//!
//! Every stage ends in 2×2 *average* pooling. Those papers use max pooling, but its backward pass cannot be
//! differentiated again in Burn 0.21 (see [`crate::tape`]). Pooling has no parameters, so the number of
//! parameters is the same.
//!
//! Pictures whose sides are no multiples of 32 get a border of zeros: 28×28 becomes 32×32. The biases of
//! the convolutions are parameters without an effect, as in [`super::convnet`].

use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::norm::Norm;
use super::sequential::{Block, Layers, Sequential};
use crate::error::Result;
use crate::kernel::Geometry;
use crate::paper::Paper;
use crate::settings::{Check, range};

const PAPER: Paper = Paper {
    used: "the network VGG11",
    citation: "Simonyan and Zisserman. Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR 2015",
    link: "https://arxiv.org/abs/1409.1556",
};

/// Channels of each convolution, as a multiple of the first one's.
const WIDTHS: [usize; 8] = [1, 2, 4, 4, 8, 8, 8, 8];

/// Indices of the convolutions that end a stage.
const ENDS: [usize; 5] = [0, 1, 3, 5, 7];

/// Side of the squares that are averaged.
const POOL: usize = 2;

/// Settings of VGG11.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vgg11 {
    /// Channels of the first stage, 1 to 512. The later stages have 2, 4, 8 and 8 times as many. Default 64.
    pub width: usize,
    /// Activation of every block. Default ReLU.
    pub activation: Activation,
}

impl Default for Vgg11 {
    fn default() -> Self {
        Self {
            width: 64,
            activation: Activation::Relu,
        }
    }
}

impl Check for Vgg11 {
    fn check(&self) -> Result<()> {
        range::count("network.width", self.width, 1..=512)
    }
}

impl Sequential for Vgg11 {
    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn layers(&self) -> Layers {
        let block = |(place, times): (usize, &usize)| Block {
            side: 3,
            width: times * self.width,
            geometry: Geometry {
                stride: 1,
                padding: 1,
            },
            pool: if ENDS.contains(&place) { POOL } else { 1 },
        };
        Layers {
            kind: "vgg11",
            multiple: POOL.pow(ENDS.len() as u32),
            blocks: WIDTHS.iter().enumerate().map(block).collect(),
            norm: Norm::Instance,
            hidden: Vec::new(),
            activation: self.activation,
        }
    }

    fn largest(&self) -> (&'static str, String) {
        ("network.width", self.width.to_string())
    }
}
