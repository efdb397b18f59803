//! Your own architecture, distilled and evaluated from outside the library.
//!
//! Run it with `cargo run --release --bin own-network`. The network below is an ordinary Burn module that
//! Retort does not know. It must meet the rules for every network: it is deterministic, treats rows
//! independently, and has only operations that can be differentiated twice. (So it uses `layer::Linear`
//! instead of `nn::Linear`, whose backward pass cannot be differentiated.)
//!
//! A settings file cannot name this network, and `retort-cpu` does not have it: the program below calls the library
//! instead. A network that settings can name is added to the library (`CONTRIBUTING.md`).

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Tensor, activation::sigmoid, backend::Backend};
use burn_flex::Flex;
use retort_core::augment::AugmentSettings;
use retort_core::distill::{DistillSettings, Distiller, Recipe, Silent};
use retort_core::evaluate::{DescentSettings, EvaluateSettings, Protocol, evaluate};
use retort_core::kernel::Kernels;
use retort_core::network::{Architecture, Network, Output, Template, layer::Linear};
use retort_core::objective::PerformanceMatching;
use retort_core::seed::{Seed, Stream};
use retort_core::settings::{Check, PerStage};
use retort_core::shape::Interface;
use retort_core::synthetic::SyntheticSettings;
use retort_core::task::{Digits, Resident, TaskSource};
use retort_core::{Error, Result};

/// Settings of the network: a gated linear unit between two linear layers.
#[derive(Debug, Clone)]
struct Gated {
    width: usize,
}

impl Check for Gated {
    fn check(&self) -> Result<()> {
        match self.width {
            0 => Err(Error::setting("width", 0, "must be at least 1 neuron")),
            _ => Ok(()),
        }
    }
}

/// The module: f(x) = readout(value(x) ⊙ sigmoid(gate(x))).
#[derive(Module, Debug)]
struct GatedNetwork<B: Backend> {
    value: Linear<B>,
    gate: Linear<B>,
    readout: Linear<B>,
}

impl Architecture for Gated {
    type Network<B: Kernels> = GatedNetwork<B>;

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> GatedNetwork<B> {
        let inputs = interface.inputs.len();
        GatedNetwork {
            value: Linear::init(inputs, self.width, stream, device),
            gate: Linear::init(inputs, self.width, stream, device),
            readout: Linear::init(self.width, interface.outputs, stream, device),
        }
    }

    /// The numbers that a row leaves in the layers. They decide how many rows go through at once.
    fn activations(&self, interface: Interface) -> usize {
        interface.inputs.len() + 3 * self.width + interface.outputs
    }
}

impl<B: Kernels> Network<B> for GatedNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let features = self.value.forward(inputs.clone()) * sigmoid(self.gate.forward(inputs));
        Output {
            outputs: self.readout.forward(features.clone()),
            features,
        }
    }
}

/// The recipe, which fits any network: one point per class, by performance matching.
fn recipe() -> Recipe<Flex> {
    Recipe {
        synthetic: SyntheticSettings {
            per_class: Some(1.into()),
            ..Default::default()
        },
        distill: DistillSettings {
            steps: PerStage::Same(300),
            learning_rate: PerStage::Same(0.03),
            ..Default::default()
        },
        augment: AugmentSettings::default(),
        objective: vec![Arc::new(PerformanceMatching {
            unroll: 10,
            step_size: 0.1,
            ..Default::default()
        })],
    }
}

#[allow(clippy::print_stdout, reason = "this is the program's result")]
fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let seed = Seed::new(0);
    let task = Digits::default().load(&seed)?;
    let device = Default::default();
    let resident = Resident::<Flex>::new(&task, &device);

    let gated = Gated { width: 96 };
    gated.check()?;
    let network = Template::new(gated, task.interface(), &device);

    let distiller = Distiller::new(recipe(), &resident, &network, &seed);
    let end = distiller.run(distiller.start()?, &mut Silent)?;

    let scoring = EvaluateSettings {
        protocol: Protocol::Train {
            descent: DescentSettings {
                steps: 500,
                learning_rates: vec![0.1, 0.03],
                ..Default::default()
            },
            options: Default::default(),
        },
        ..Default::default()
    };
    scoring.check()?;

    println!("test accuracy of fresh gated networks, mean ± standard deviation of 5:");
    let mut show = |name: &str, score: &retort_core::evaluate::Score| {
        println!("{name:12} {:.3} ± {:.3}", score.mean, score.std);
    };
    let found = evaluate(
        &scoring,
        &AugmentSettings::default(),
        &resident,
        &network,
        &end.set,
        &seed,
        &mut show,
    )?;
    let score = |name| {
        found
            .scores
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, score)| score.mean)
    };
    if score("distilled") <= score("random_real") {
        return Err("the distilled points are no better than random real ones".into());
    }
    Ok(())
}
