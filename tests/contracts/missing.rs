//! A missing gradient ends the program, with the name of the leaf that the backward pass should have reached.

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::module::{Module, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use retort_core::inner::{Loss, gradient};
use retort_core::kernel::Kernels;
use retort_core::network::{AnyNetwork, Architecture, Layout, Network, Output, Template};
use retort_core::seed::{Seed, Stream};
use retort_core::settings::Check;
use retort_core::shape::InputShape;
use retort_core::shape::Interface;
use retort_core::tape::{Derivatives, Leaf};

use crate::numbers::{Double, norm, normal_matrix, numbers};
use crate::tasks;
use crate::wording::told;

/// f(x) = xW, beside a bias that nothing depends on.
#[derive(Debug, Clone)]
struct Idle {
    /// Whether it says so.
    says_so: bool,
}

#[derive(Module, Debug)]
struct IdleNetwork<B: Backend> {
    readout: Param<Tensor<B, 2>>,
    bias: Param<Tensor<B, 1>>,
}

impl Check for Idle {
    fn check(&self) -> retort_core::Result<()> {
        Ok(())
    }
}

impl Architecture for Idle {
    type Network<B: Kernels> = IdleNetwork<B>;

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> IdleNetwork<B> {
        let (inputs, outputs) = (interface.inputs.len(), interface.outputs);
        let readout = TensorData::new(stream.normal(inputs * outputs), [inputs, outputs]);
        IdleNetwork {
            readout: Param::from_data(readout, device),
            bias: Param::from_data(TensorData::new(vec![0.5_f32; outputs], [outputs]), device),
        }
    }

    fn unused(&self, layout: &Layout) -> Vec<usize> {
        let bias = layout.position("bias");
        bias.filter(|_| self.says_so).into_iter().collect()
    }
}

impl<B: Kernels> Network<B> for IdleNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        Output {
            outputs: inputs.clone().matmul(self.readout.val()),
            features: inputs,
        }
    }
}

/// The norms of the gradients of a network's parameters.
fn gradients(says_so: bool) -> Vec<f64> {
    let interface = tasks::classification(InputShape::Vector(5)).interface();
    let network = Template::<Double, _>::new(Idle { says_so }, interface, &Default::default());
    let weights = network.fresh(&Seed::new(1));
    let [inputs, targets] =
        [5, tasks::CLASSES].map(|length| normal_matrix([6, length], &Seed::new(length as u64)));
    let slots = gradient::all_slots(&weights);
    let loss = Loss::SquaredError;
    let (_, derivatives) = gradient::plain(&network, &weights, inputs, targets, loss, &slots);
    let derivatives = derivatives.tensors().iter();
    derivatives
        .map(|derivative| norm(&numbers(derivative)))
        .collect()
}

/// What a panic says.
fn panicked<T>(work: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(_) => unreachable!("a gradient that is missing was not seen"),
        Err(payload) => *payload.downcast::<String>().unwrap(),
    }
}

#[test]
fn a_parameter_without_a_gradient_is_named_unless_the_network_does() {
    let said = gradients(true);
    assert!(said[0] > 0.0 && said[1] == 0.0, "{said:?}");
    let message = told(panicked(|| gradients(false)));
    assert!(message.contains("\"bias\""), "{message}");
}

#[test]
fn a_leaf_that_a_number_was_not_made_of_is_named() {
    let leaf = || Leaf::new(Tensor::<Double, 1>::from_data([2.0], &Default::default()));
    let (met, other) = (leaf(), leaf());
    let derivatives = Derivatives::of(met.tracked().square());
    assert_eq!(numbers(&derivatives.at(met, "met")), [4.0]);
    let message = told(panicked(|| derivatives.at(other, "other")));
    assert!(message.contains("\"other\""), "{message}");
    // Where it may be unused, that is zero.
    let (met, other) = (leaf(), leaf());
    let derivatives = Derivatives::of(met.tracked().square());
    assert_eq!(numbers(&derivatives.at_unused(other)), [0.0]);
    assert_eq!(numbers(&derivatives.at_unused(met)), [4.0]);
}
