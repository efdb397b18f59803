//! How a block of a network reduces height and width.

use serde::{Deserialize, Serialize};

/// The pooling of a block, over squares of 2×2 pixels.
///
/// Max pooling is not a choice: its backward pass in Burn 0.21 cannot be differentiated again (see
/// [`crate::tape`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// The mean of each square.
    #[default]
    Average,
    /// No pooling: pictures keep their height and width.
    None,
    /// No pooling; instead the block's convolution has a stride of 2.
    Strided,
}
