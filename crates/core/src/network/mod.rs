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
pub mod convnet;
pub mod layer;
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
pub mod two_layer;
pub mod vgg11;
pub mod weights;

use std::fmt::Debug;
use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};

use crate::error::Result;
use crate::kernel::{Grain, Kernels};
use crate::seed::{Seed, Stream};
use crate::settings::Check;
pub use crate::shape::Interface;
use crate::tape::{Tape, Twice};
use mirror::Known;
pub use mirror::{Half, Mirror};
pub use registry::NetworkSettings;
pub use weights::{Layout, Slot, WeightLeaves, Weights};

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
/// vectors: what scales or shifts numbers one by one is stored flat, on one axis (see [`Slot::is_matrix`]).
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
pub const OF_BURN: usize = 24;

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
        OF_BURN
    }

    /// Refuses inputs of a shape that it does not take, and an interface for which the weights would
    /// be more than memory can be expected to hold (see [`size`]), before [`Architecture::init`] asks for that memory.
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

/// Running weights through a network on one particular backend.
pub trait Forward<A: Backend> {
    /// Outputs and features of inputs `[n, features]`.
    fn forward(&self, weights: &Weights<A>, inputs: Tensor<A, 2>) -> Output<A>;
}

/// A network over a plain backend and both tapes, whatever its type.
pub trait AnyNetwork<B: Backend>:
    Forward<B> + Forward<Tape<B>> + Forward<Twice<B>> + Debug + Send + Sync
{
    /// Names and shapes of its parameters.
    fn layout(&self) -> &Arc<Layout>;

    /// What it was built for.
    fn interface(&self) -> Interface;

    /// Weights at a fresh start, drawn from that seed.
    fn fresh(&self, seed: &Seed) -> Weights<B>;

    /// Which layer the feature step moves.
    fn feature_layer(&self) -> Option<FeatureLayer>;

    /// Slots that its outputs and features do not depend on.
    fn unused(&self) -> Vec<usize>;

    /// Numbers that one row leaves in its layers, about.
    fn activations(&self) -> usize;

    /// Numbers that the tapes of a gradient that can be differentiated again hold for each of these,
    /// about.
    fn tape_copies(&self) -> usize;

    /// How its work is cut up for the backend.
    fn grain(&self) -> Grain;

    /// The device its weights are made on.
    fn device(&self) -> &B::Device;
}

/// An architecture with its modules on the three levels, ready to take weights.
#[derive(Debug)]
pub struct Template<B: Kernels, N: Architecture> {
    architecture: N,
    interface: Interface,
    layout: Arc<Layout>,
    mirror: Option<Arc<Mirror>>,
    device: B::Device,
    plain: N::Network<B>,
    tape: N::Network<Tape<B>>,
    twice: N::Network<Twice<B>>,
}

impl<B: Kernels, N: Architecture> Template<B, N> {
    /// Builds the three modules.
    ///
    /// # Panics
    /// The architecture declares a mirror that its start does not have.
    pub fn new(architecture: N, interface: Interface, device: &B::Device) -> Self {
        let mut stream = Seed::new(0).child("template").stream();
        let plain = architecture.init::<B>(interface, &mut stream, device);
        let start = weights::read(&plain);
        let mirror = architecture.mirror().map(Arc::new);
        if let Some(problem) = mirror.as_ref().and_then(|mirror| mirror.refuses(&start)) {
            panic!("the mirror that {architecture:?} declares {problem}");
        }
        Self {
            interface,
            layout: start.layout().clone(),
            mirror,
            device: device.clone(),
            tape: architecture.init::<Tape<B>>(interface, &mut stream, device),
            twice: architecture.init::<Twice<B>>(interface, &mut stream, device),
            plain,
            architecture,
        }
    }
}

impl<B: Kernels, N: Architecture> Forward<B> for Template<B, N> {
    fn forward(&self, weights: &Weights<B>, inputs: Tensor<B, 2>) -> Output<B> {
        weights::put(&self.plain, weights).forward(inputs)
    }
}

impl<B: Kernels, N: Architecture> Forward<Tape<B>> for Template<B, N> {
    fn forward(&self, weights: &Weights<Tape<B>>, inputs: Tensor<Tape<B>, 2>) -> Output<Tape<B>> {
        weights::put(&self.tape, weights).forward(inputs)
    }
}

impl<B: Kernels, N: Architecture> Forward<Twice<B>> for Template<B, N> {
    fn forward(
        &self,
        weights: &Weights<Twice<B>>,
        inputs: Tensor<Twice<B>, 2>,
    ) -> Output<Twice<B>> {
        weights::put(&self.twice, weights).forward(inputs)
    }
}

impl<B: Kernels, N: Architecture> AnyNetwork<B> for Template<B, N> {
    fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    fn interface(&self) -> Interface {
        self.interface
    }

    fn fresh(&self, seed: &Seed) -> Weights<B> {
        let module = self
            .architecture
            .init::<B>(self.interface, &mut seed.stream(), &self.device);
        let fresh = weights::read(&module);
        let tensors = fresh.map(|t| t.detach()).tensors().to_vec();
        let weights = Weights::new(self.layout.clone(), tensors);
        match &self.mirror {
            Some(mirror) => weights.known(Known::Mirrored(mirror.clone())),
            None => weights,
        }
    }

    fn feature_layer(&self) -> Option<FeatureLayer> {
        self.architecture.feature_layer(&self.layout)
    }

    fn unused(&self) -> Vec<usize> {
        self.architecture.unused(&self.layout)
    }

    fn activations(&self) -> usize {
        self.architecture.activations(self.interface)
    }

    fn tape_copies(&self) -> usize {
        self.architecture.tape_copies()
    }

    fn grain(&self) -> Grain {
        B::GRAIN
    }

    fn device(&self) -> &B::Device {
        &self.device
    }
}
