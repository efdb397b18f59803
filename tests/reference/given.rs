//! A network and experts whose weights are given instead of drawn or trained.

use retort_core::Result;
use retort_core::experts::Trajectories;
use retort_core::network::{AnyNetwork, FeatureLayer, Weights};
use retort_core::seed::Seed;

use crate::fixture::Double;
use crate::wrapped::{Start, Wrapped};

/// A network that starts from the same weights whatever the seed.
pub type Given<'a> = Wrapped<'a, Weights<Double>>;

impl Start for Weights<Double> {
    fn fresh(&self, _network: &dyn AnyNetwork<Double>, _seed: &Seed) -> Weights<Double> {
        self.clone()
    }

    /// Without its biases: they would be drawn from a seed.
    fn feature_layer(&self, network: &dyn AnyNetwork<Double>) -> Option<FeatureLayer> {
        let layer = network.feature_layer()?;
        Some(FeatureLayer {
            bias: None,
            ..layer
        })
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
