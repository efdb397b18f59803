//! Differentiable augmentation of pictures: one draw, applied alike to real and synthetic rows.
//!
//! Zhao and Bilen, "Dataset Condensation with Differentiable Siamese Augmentation", ICML 2021. A batch
//! has one operation, drawn evenly from those of the strategy. *Siamese*, where two sides are matched:
//! one draw of its parameters serves every row of both, so that the signal flows back through the same
//! transformation to the points. *Plain*, where a network is trained: every row has its own.
//!
//! Everything random is drawn on the host ([`Transform`]); applying it is a few tensor operations of
//! first order in the rows, on any tape.

mod augmentation;
mod color;
mod condensation;
mod crop;
mod cutout;
mod flip;
mod operation;
mod registry;
mod rotate;
mod sampling;
mod scale;

pub use augmentation::{AugmentSettings, Augmentation, NONE, Transform};
pub use color::Color;
pub use cutout::Cutout;
pub use operation::{PictureMap, PictureOperation};
pub use registry::{Draws, Operation};
pub use sampling::Sampling;

#[cfg(test)]
mod tests;
