//! Networks, as ordinary Burn modules, and their weights as one vector.
//!
//! A new architecture consists of two types. A Burn module, generic over its backend, implements
//! [`Network`]: rows in, outputs and features out. A settings struct implements [`Architecture`]: it
//! builds the module for any backend. [`Template`] turns the pair into a `dyn `[`AnyNetwork`], which
//! runs the same weights on the plain backend, on one tape and on two. So objectives and loops are
//! compiled once per backend, not once per network.
//!
//! A network must be deterministic and have no running statistics. Every operation in it must be twice
//! differentiable (see [`crate::tape`]), and its rows must not depend on one another.

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
