//! What a network is: a module that maps rows, and the settings that build it.

use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use super::layout::Layout;
use super::mirror::Mirror;
use crate::error::Result;
use crate::kernel::Kernels;
use crate::seed::Stream;
use crate::settings::Check;
use crate::shape::Interface;

/// What a network says about its inputs.
#[derive(Debug, Clone)]
pub struct Output<A: Backend> {
    /// Predictions or logits, `[n, outputs]`.
    pub outputs: Tensor<A, 2>,
    /// What the last linear layer sees, `[n, features]`.
    pub features: Tensor<A, 2>,
}

/// A Burn module that maps rows to outputs and features.
///
/// Its parameters are weight matrices and kernels, with the output neurons on the last axis, and
/// vectors: what scales or shifts numbers one by one is stored flat, on one axis (see [`super::Slot::is_matrix`]).
pub trait Network<A: Kernels>: Module<A> + Sync {
    /// Runs the network on inputs `[n, features]`; networks for pictures reshape them to the
    /// (channels, height, width) they were built for.
    fn forward(&self, inputs: Tensor<A, 2>) -> Output<A>;
}

/// The layer that the feature step of theory.md moves, by its places in the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureLayer {
    /// A weight matrix `[inputs, neurons]`.
    pub weight: usize,
    /// The bias of these neurons, if they have one.
    pub bias: Option<usize>,
}

/// [`Architecture::tape_copies`] of a dozen of Burn's operations, each of which leaves its own numbers on
/// both tapes.
pub const BURN_TAPE_COPIES: usize = 24;

/// The settings of a family of networks, able to build one on any backend.
pub trait Architecture: Check + Clone + Debug + Send + Sync + 'static {
    /// The module.
    type Network<A: Kernels>: Network<A>;

    /// Numbers that one row leaves in its layers, about: how many rows go through at once is chosen
    /// so that they stay in the cache.
    fn activations(&self, interface: Interface) -> usize {
        interface.inputs.len() + interface.outputs
    }

    /// Numbers that the tapes of a gradient that can be differentiated again hold for each of the
    /// [`Architecture::activations`], about.
    fn tape_copies(&self) -> usize {
        BURN_TAPE_COPIES
    }

    /// Refuses inputs of a shape that it does not take, and an interface for which the weights would
    /// be more than memory can be expected to hold (see [`super::size`]), before [`Architecture::init`] asks for that memory.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) with the setting that is to blame.
    fn check_interface(&self, _interface: Interface) -> Result<()> {
        Ok(())
    }

    /// A network at a fresh start. All random numbers come from `stream`.
    fn init<A: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &A::Device,
    ) -> Self::Network<A>;

    /// Which layer the feature step moves: by default the first matrix, with the vector that follows
    /// it where that has one entry a neuron.
    fn feature_layer(&self, layout: &Layout) -> Option<FeatureLayer> {
        let weight = layout
            .slots()
            .iter()
            .position(|slot| slot.shape.len() == 2)?;
        let neurons = layout.slots()[weight].shape[1];
        let follows = layout.slots().get(weight + 1);
        let bias = follows
            .filter(|slot| slot.shape == [neurons])
            .map(|_| weight + 1);
        Some(FeatureLayer { weight, bias })
    }

    /// Slots that its outputs and features do not depend on, so that their gradient is always zero:
    /// by default none.
    fn unused(&self, _layout: &Layout) -> Vec<usize> {
        Vec::new()
    }

    /// That the second half of its neurons mirrors the first at a fresh start, so that its outputs are
    /// zero: gradients there then cost half. What the module must be for that says [`Mirror`]; a template
    /// refuses a mirror that its start does not have. By default there is none.
    fn mirror(&self) -> Option<Mirror> {
        None
    }
}
