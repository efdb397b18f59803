//! Differentiable augmentation of pictures.
//!
//! Zhao and Bilen, "Dataset Condensation with Differentiable Siamese Augmentation", ICML 2021. Each
//! batch goes through one operation, drawn uniformly from those in the settings. An objective that
//! matches real and synthetic rows draws in the *siamese* way: all rows of both sides share the
//! parameters of the operation, so that the gradient reaches the points through the transformation
//! that the real rows went through. The training of a network draws in the *plain* way: each row has
//! its own parameters.
//!
//! All randomness is drawn on the host ([`Transform`]). Applying a transform takes a few differentiable
//! tensor operations and works on any tape.

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
