//! A network over a plain backend and both tapes, whatever its type.

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
