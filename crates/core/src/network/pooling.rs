//! How a block makes its pictures smaller.

use serde::{Deserialize, Serialize};

/// The pooling of a block, over squares of two by two pixels.
///
/// Max pooling is not among the choices: its backward pass in Burn 0.21 cannot be differentiated again
/// (see [`crate::tape`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// The mean of each square.
    #[default]
    Average,
    /// None: pictures keep their height and width.
    None,
    /// In its place the block's convolution takes steps of two pixels.
    Strided,
}
