//! A network as another one, but for the weights that it starts from.

use std::fmt::Debug;
use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};
use burn_ndarray::{NdArray, NdArrayDevice};
use retort_core::kernel::Grain;
use retort_core::network::{AnyNetwork, FeatureLayer, Forward, Layout, Output, Weights};
use retort_core::seed::Seed;
use retort_core::shape::Interface;

type Double = NdArray<f64>;

/// What a wrapped network starts from.
pub trait Start: Debug + Send + Sync {
    /// The weights that it starts from.
    fn fresh(&self, network: &dyn AnyNetwork<Double>, seed: &Seed) -> Weights<Double>;

    /// The layer of the feature step.
    fn feature_layer(&self, network: &dyn AnyNetwork<Double>) -> Option<FeatureLayer> {
        network.feature_layer()
    }
}

/// A network with a start of its own.
#[derive(Debug)]
pub struct Wrapped<'a, S> {
    /// The network.
    pub network: &'a dyn AnyNetwork<Double>,
    /// What it starts from.
    pub start: S,
}

impl<'a, A: Backend, S> Forward<A> for Wrapped<'a, S>
where
    dyn AnyNetwork<Double> + 'a: Forward<A>,
{
    fn forward(&self, weights: &Weights<A>, inputs: Tensor<A, 2>) -> Output<A> {
        Forward::<A>::forward(self.network, weights, inputs)
    }
}

impl<S: Start> AnyNetwork<Double> for Wrapped<'_, S> {
    fn layout(&self) -> &Arc<Layout> {
        self.network.layout()
    }

    fn interface(&self) -> Interface {
        self.network.interface()
    }

    fn fresh(&self, seed: &Seed) -> Weights<Double> {
        self.start.fresh(self.network, seed)
    }

    fn feature_layer(&self) -> Option<FeatureLayer> {
        self.start.feature_layer(self.network)
    }

    fn unused(&self) -> Vec<usize> {
        self.network.unused()
    }

    fn activations(&self) -> usize {
        self.network.activations()
    }

    fn tape_copies(&self) -> usize {
        self.network.tape_copies()
    }

    fn grain(&self) -> Grain {
        self.network.grain()
    }

    fn device(&self) -> &NdArrayDevice {
        self.network.device()
    }
}
