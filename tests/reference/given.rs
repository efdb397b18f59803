//! A network and experts whose weights are given instead of drawn or trained.

use std::sync::Arc;

use burn::tensor::{Tensor, backend::Backend};
use burn_ndarray::NdArrayDevice;
use retort_core::Result;
use retort_core::experts::Trajectories;
use retort_core::kernel::Grain;
use retort_core::network::{AnyNetwork, FeatureLayer, Forward, Layout, Output, Weights};
use retort_core::seed::Seed;
use retort_core::shape::Interface;

use crate::fixture::Double;

/// A network that starts from the same weights whatever the seed.
#[derive(Debug)]
pub struct Given<'a> {
    pub network: &'a dyn AnyNetwork<Double>,
    pub start: Weights<Double>,
}

impl<'a, A: Backend> Forward<A> for Given<'a>
where
    dyn AnyNetwork<Double> + 'a: Forward<A>,
{
    fn forward(&self, weights: &Weights<A>, inputs: Tensor<A, 2>) -> Output<A> {
        Forward::<A>::forward(self.network, weights, inputs)
    }
}

impl AnyNetwork<Double> for Given<'_> {
    fn layout(&self) -> &Arc<Layout> {
        self.network.layout()
    }

    fn interface(&self) -> Interface {
        self.network.interface()
    }

    fn fresh(&self, _seed: &Seed) -> Weights<Double> {
        self.start.clone()
    }

    /// Without its biases: they would be drawn from a seed.
    fn feature_layer(&self) -> Option<FeatureLayer> {
        let layer = self.network.feature_layer()?;
        Some(FeatureLayer {
            bias: None,
            ..layer
        })
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

/// One expert that goes from `start` at epoch 0 to `end` at any later one.
#[derive(Debug)]
pub struct Walk {
    pub start: Weights<Double>,
    pub end: Weights<Double>,
}

impl Trajectories<Double> for Walk {
    fn weights(&self, _expert: usize, epoch: usize) -> Result<Weights<Double>> {
        Ok(if epoch == 0 { &self.start } else { &self.end }.clone())
    }
}
