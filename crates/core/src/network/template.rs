//! A network of any architecture, on a plain backend and on both tapes.

use std::fmt::Debug;
use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};

use super::architecture::{Architecture, FeatureLayer, Network, Output};
use super::layout::Layout;
use super::mirror::{Known, Mirror};
use super::weights::{self, Weights};
use crate::kernel::{Grain, Kernels};
use crate::seed::Seed;
use crate::shape::Interface;
use crate::tape::{Tape, Twice};

/// Runs a network with given weights on one backend.
pub trait Forward<A: Backend> {
    /// Returns outputs and features for inputs `[n, d]`.
    fn forward(&self, weights: &Weights<A>, inputs: Tensor<A, 2>) -> Output<A>;
}

/// A network of any architecture, on a plain backend and on both tapes.
pub trait AnyNetwork<B: Backend>:
    Forward<B> + Forward<Tape<B>> + Forward<Twice<B>> + Debug + Send + Sync
{
    /// Names and shapes of the network's parameters.
    fn layout(&self) -> &Arc<Layout>;

    /// Shapes of inputs and targets for which the network was built.
    fn interface(&self) -> Interface;

    /// Weights of a fresh network, drawn from this seed.
    fn fresh(&self, seed: &Seed) -> Weights<B>;

    /// The layer that the feature step moves, or `None` if the step is not defined for this network.
    fn feature_layer(&self) -> Option<FeatureLayer>;

    /// Slots that outputs and features do not depend on.
    fn unused(&self) -> Vec<usize>;

    /// See [`Architecture::activations`].
    fn activations(&self) -> usize;

    /// See [`Architecture::tape_copies`].
    fn tape_copies(&self) -> usize;

    /// How rows are cut into pieces on the backend.
    fn grain(&self) -> Grain;

    /// The device of the weights.
    fn device(&self) -> &B::Device;
}

/// An architecture with its modules on the plain backend and on both tapes. Weights are put into these
/// modules to run them.
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
    /// If the architecture declares a mirror and its fresh start is not mirrored so.
    pub fn new(architecture: N, interface: Interface, device: &B::Device) -> Self {
        let mut stream = Seed::new(0).child("template").stream();
        let plain = architecture.init::<B>(interface, &mut stream, device);
        let start = weights::read(&plain);
        let mirror = architecture.mirror().map(Arc::new);
        if let Some(problem) = mirror.as_ref().and_then(|mirror| mirror.refuses(&start)) {
            panic!("the mirror that {architecture:?} declares is wrong: it {problem}");
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
