//! What is trained inside: networks as ordinary Burn modules.
//!
//! A new architecture is two small things. A Burn module, generic over its backend, that implements
//! [`Network`]: rows in, outputs and features out. And a settings value that implements
//! [`Architecture`]: it builds the module for any backend. [`Template`] turns the pair into a
//! `dyn `[`AnyNetwork`], which runs the same weights plain, on one tape and on two, so that objectives
//! and loops are compiled once a backend and not once a network.
//!
//! What a network must be: deterministic, without running statistics, every operation twice
//! differentiable (see [`crate::tape`]), and rows independent of one another.

pub mod activation;
mod architecture;
pub mod convnet;
mod halves;
pub mod layer;
mod layout;
pub mod lenet;
pub mod mirror;
pub mod mlp;
pub mod norm;
pub mod picture;
pub mod pooling;
mod registry;
pub mod resnet18;
pub mod sequential;
pub mod size;
mod template;
pub mod two_layer;
pub mod vgg11;
pub mod weights;

pub use architecture::{Architecture, BURN_TAPE_COPIES, FeatureLayer, Network, Output};
pub use layout::{Layout, Slot};
pub use mirror::{Half, Mirror};
pub use registry::NetworkSettings;
pub use template::{AnyNetwork, Forward, Template};
pub use weights::{WeightLeaves, Weights};
