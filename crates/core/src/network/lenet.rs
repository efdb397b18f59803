//! LeNet-5 as papers on dataset distillation use it: 5×5 convolutions with 6 and 16 channels, each followed
//! by an activation and 2×2 pooling, then linear layers of 120 and 84 neurons and the readout (LeCun,
//! Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998).
//!
//! Pooling is *average* pooling, as in 1998. Those papers use max pooling, but its backward pass cannot
//! be differentiated again in Burn 0.21 (see [`crate::tape`]). Nothing is normalised.
//!
//! Grey pictures of 32×32 make 61,706 parameters for ten classes. Pictures whose sides are no multiples
//! of 16 get a border of zeros: 28×28 becomes 32×32.

use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::norm::Norm;
use super::sequential::{Block, Layers, Sequential};
use crate::error::Result;
use crate::kernel::Geometry;
use crate::paper::Paper;
use crate::settings::Check;

const PAPER: Paper = Paper {
    used: "the network LeNet",
    citation: "LeCun, Bottou, Bengio and Haffner. Gradient-Based Learning Applied to Document Recognition. Proceedings of the IEEE 86, 1998",
    link: "https://doi.org/10.1109/5.726791",
};

/// The value of `network.kind` for this network.
const KIND: &str = "lenet";

/// Channels of the two convolutions.
const WIDTHS: [usize; 2] = [6, 16];

/// Neurons of the linear layers before the readout.
const HIDDEN: [usize; 2] = [120, 84];

/// The sides of padded pictures are multiples of this. The two poolings need a multiple of 4; with 16,
/// a side of 28 becomes 32.
const MULTIPLE: usize = 16;

/// Settings of LeNet. The sizes of its layers are fixed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeNet {
    /// Activation after every layer but the readout. Default ReLU.
    pub activation: Activation,
}

impl Check for LeNet {
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

impl Sequential for LeNet {
    fn papers(&self) -> Vec<Paper> {
        vec![PAPER]
    }

    fn layers(&self) -> Layers {
        let block = |width| Block {
            side: 5,
            width,
            geometry: Geometry {
                stride: 1,
                padding: 0,
            },
            pool: 2,
        };
        Layers {
            kind: KIND,
            multiple: MULTIPLE,
            blocks: WIDTHS.map(block).into(),
            norm: Norm::None,
            hidden: HIDDEN.into(),
            activation: self.activation,
        }
    }

    fn largest(&self) -> (&'static str, String) {
        ("network.kind", KIND.to_owned())
    }
}
