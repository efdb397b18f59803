//! The two traits of a network: a module that maps rows, and the settings that build the module.

use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use super::layout::Layout;
use super::mirror::Mirror;
use crate::error::Result;
use crate::kernel::Kernels;
use crate::paper::Paper;
use crate::seed::Stream;
use crate::settings::Check;
use crate::shape::Interface;

/// What a network computes for its input rows.
#[derive(Debug, Clone)]
pub struct Output<A: Backend> {
    /// Predictions or logits, `[n, outputs]`.
    pub outputs: Tensor<A, 2>,
    /// Inputs of the last linear layer, `[n, features]`.
    pub features: Tensor<A, 2>,
}

/// A Burn module that maps rows to outputs and features.
///
/// Its parameters are of two sorts. Weight matrices and convolution kernels have the output neurons on the
/// last axis. Parameters that scale or shift numbers one by one must be vectors, with a single axis (see
/// [`super::Slot::is_matrix`]).
pub trait Network<A: Kernels>: Module<A> + Sync {
    /// Runs the network on inputs `[n, features]`. Networks for pictures reshape them to the channels,
    /// height and width that they were built for.
    fn forward(&self, inputs: Tensor<A, 2>) -> Output<A>;
}

/// The layer that the feature step of `docs/theory.md` moves, as slots of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureLayer {
    /// Slot of the weight matrix `[inputs, neurons]`.
    pub weight: usize,
    /// Slot of the neurons' bias, if they have one.
    pub bias: Option<usize>,
}

/// [`Architecture::tape_copies`] of a layer that is composed of about a dozen of Burn's operations. Each
/// operation leaves its own numbers on both tapes.
pub const BURN_TAPE_COPIES: usize = 24;

/// The settings of a kind of network, which can build it on any backend.
pub trait Architecture: Check + Clone + Debug + Send + Sync + 'static {
    /// The module that the settings build.
    type Network<A: Kernels>: Network<A>;

    /// Approximate count of numbers that one row makes in the layers. It decides how many rows go through
    /// the network together, so that their numbers stay in the cache.
    fn activations(&self, interface: Interface) -> usize {
        interface.inputs.len() + interface.outputs
    }

    /// Approximate count of numbers that the two tapes hold for each of the [`Architecture::activations`],
    /// when a gradient is computed that will be differentiated again.
    fn tape_copies(&self) -> usize {
        BURN_TAPE_COPIES
    }

    /// Refuses inputs of a shape that the network does not accept, and weights that are too many for memory
    /// (see [`super::size`]). It is called before [`Architecture::init`] allocates the weights.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) with the setting that is too large or does not suit the
    /// inputs, or [`Error::Mismatch`](crate::Error::Mismatch) if a network for pictures gets vectors.
    fn check_interface(&self, _interface: Interface) -> Result<()> {
        Ok(())
    }

    /// Builds a fresh network. All random numbers come from `stream`.
    fn init<A: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &A::Device,
    ) -> Self::Network<A>;

    /// The layer that the feature step moves, or `None` if it cannot be applied. By default it is the first
    /// slot with two axes, and as its bias the next slot if that is a vector with one entry per neuron.
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

    /// Slots that outputs and features do not depend on, so that their gradient is always zero. By default
    /// there are none.
    fn unused(&self, _layout: &Layout) -> Vec<usize> {
        Vec::new()
    }

    /// Declares that at a fresh start the second half of the neurons mirrors the first, so that the outputs
    /// are zero. A gradient there then costs half. [`Mirror`] says what the module must fulfil, and
    /// [`super::Template::new`] panics if the start is not mirrored. By default there is no mirror.
    fn mirror(&self) -> Option<Mirror> {
        None
    }

    /// The papers that this comes from, for reports. Default: none.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }
}
