//! The multilayer perceptron: linear layers of any width with an activation between them.

use burn::module::Module;
use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::layer::Linear;
use super::{Architecture, Network, Output, size};
use crate::error::{Error, Result};
use crate::kernel::Kernels;
use crate::seed::Stream;
use crate::settings::{Check, keys, range};
use crate::shape::Interface;

/// Largest value of `depth`.
const MOST_LAYERS: usize = 64;

/// Settings of the multilayer perceptron.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mlp {
    /// Neurons of every hidden layer. Not used if `widths` is given. Default 128.
    pub width: usize,
    /// Number of hidden layers, 0 to 64. Not used if `widths` is given. Default 2.
    pub depth: usize,
    /// Neurons of each hidden layer, first to last. If given, it replaces `width` and `depth`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub widths: Vec<usize>,
    /// Activation after every hidden layer. Default ReLU.
    pub activation: Activation,
}

impl Default for Mlp {
    fn default() -> Self {
        Self {
            width: 128,
            depth: 2,
            widths: Vec::new(),
            activation: Activation::Relu,
        }
    }
}

impl Mlp {
    fn hidden_widths(&self) -> Vec<usize> {
        if self.widths.is_empty() {
            vec![self.width; self.depth]
        } else {
            self.widths.clone()
        }
    }
}

impl Check for Mlp {
    fn check(&self) -> Result<()> {
        range::count("network.width", self.width, 1..=usize::MAX)?;
        range::count("network.depth", self.depth, 0..=MOST_LAYERS)?;
        if self.widths.contains(&0) {
            let seen = keys::shown(&self.widths);
            let accepted = "each hidden layer must have at least 1 neuron";
            return Err(Error::setting("network.widths", seen, accepted));
        }
        self.check_interface(size::SMALLEST)
    }
}

/// The module: hidden layers, then the readout.
#[derive(Module, Debug)]
pub struct MlpNetwork<B: Backend> {
    hidden: Vec<Linear<B>>,
    readout: Linear<B>,
    activation: Activation,
}

impl Architecture for Mlp {
    type Network<B: Kernels> = MlpNetwork<B>;

    fn check_interface(&self, interface: Interface) -> Result<()> {
        let weights = size::of_layers(
            interface.inputs.len(),
            &self.hidden_widths(),
            interface.outputs,
        );
        if self.widths.is_empty() {
            size::check("network.width", self.width, interface, weights)
        } else {
            let seen = keys::shown(&self.widths);
            size::check("network.widths", seen, interface, weights)
        }
    }

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> MlpNetwork<B> {
        let mut inputs = interface.inputs.len();
        let mut hidden = Vec::new();
        for width in self.hidden_widths() {
            hidden.push(Linear::init(inputs, width, stream, device));
            inputs = width;
        }
        let readout = Linear::init(inputs, interface.outputs, stream, device);
        MlpNetwork {
            hidden,
            readout,
            activation: self.activation,
        }
    }

    fn activations(&self, interface: Interface) -> usize {
        interface.inputs.len() + self.hidden_widths().iter().sum::<usize>() + interface.outputs
    }
}

impl<B: Kernels> Network<B> for MlpNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let layers = self.hidden.iter();
        let features = layers.fold(inputs, |x, layer| self.activation.forward(layer.forward(x)));
        Output {
            outputs: self.readout.forward(features.clone()),
            features,
        }
    }
}
