//! The two-layer network of the theory: f(x) = Σⱼ aⱼ σ(wⱼ·x + bⱼ).
//!
//! At the start, wⱼ is uniform on the unit sphere, aⱼ = ±1/√L and b = 0. The second half of the neurons
//! copies the first, with the opposite sign of a, so that f = 0 (Damian, Lee and Soltanolkotabi, COLT 2022).

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData, backend::Backend};
use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::layer::Linear;
use super::{Architecture, Half, Mirror, Network, Output, size};
use crate::error::{Error, Result};
use crate::kernel::{self, Kernels};
use crate::seed::Stream;
use crate::settings::Check;
use crate::shape::Interface;

/// Settings of the two-layer network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TwoLayer {
    /// Number of neurons L. It must be even, because the neurons come in pairs. Default 256.
    pub width: usize,
    /// Activation σ. Default ReLU.
    pub activation: Activation,
}

impl Default for TwoLayer {
    fn default() -> Self {
        Self {
            width: 256,
            activation: Activation::Relu,
        }
    }
}

impl Check for TwoLayer {
    fn check(&self) -> Result<()> {
        if self.width < 2 || self.width % 2 == 1 {
            let accepted = "must be an even number of neurons, at least 2: they come in pairs";
            return Err(Error::setting("network.width", self.width, accepted));
        }
        self.check_interface(size::SMALLEST)
    }
}

/// The module: `hidden` has W `[d, L]` and b `[L]`, and `readout` is a `[L, outputs]`.
#[derive(Module, Debug)]
pub struct TwoLayerNetwork<B: Backend> {
    hidden: Linear<B>,
    readout: Param<Tensor<B, 2>>,
    activation: Activation,
}

impl Architecture for TwoLayer {
    type Network<B: Kernels> = TwoLayerNetwork<B>;

    fn check_interface(&self, interface: Interface) -> Result<()> {
        let weights = size::of_layers(interface.inputs.len(), &[self.width], interface.outputs);
        size::check("network.width", self.width, interface, weights)
    }

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> TwoLayerNetwork<B> {
        let (d, width, outputs) = (interface.inputs.len(), self.width, interface.outputs);
        let half = width / 2;
        let directions: Vec<Vec<f32>> = (0..half).map(|_| stream.direction(d)).collect();
        let mut weight = Vec::with_capacity(d * width);
        for row in 0..d {
            let start = weight.len();
            weight.extend(directions.iter().map(|direction| direction[row]));
            weight.extend_from_within(start..);
        }
        let scale = 1.0 / (width as f32).sqrt();
        let first: Vec<f32> = (0..half * outputs).map(|_| stream.sign() * scale).collect();
        let readout = first
            .iter()
            .copied()
            .chain(first.iter().map(|a| -a))
            .collect();
        TwoLayerNetwork {
            hidden: Linear::from_values(weight, vec![0.0; width], [d, width], device),
            readout: Param::from_data(TensorData::new::<f32, _>(readout, [width, outputs]), device),
            activation: self.activation,
        }
    }

    fn activations(&self, interface: Interface) -> usize {
        interface.inputs.len() + self.width + interface.outputs
    }

    fn mirror(&self) -> Option<Mirror> {
        let [weight, bias, readout] = [
            Half::Copied { axis: 1 },
            Half::Copied { axis: 0 },
            Half::Negated { axis: 0 },
        ];
        Some(Mirror::new(vec![weight, bias, readout]).through_linear(0))
    }
}

impl<B: Kernels> Network<B> for TwoLayerNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let features = self.activation.forward(self.hidden.forward(inputs));
        Output {
            outputs: kernel::product(features.clone(), self.readout.val()),
            features,
        }
    }
}
