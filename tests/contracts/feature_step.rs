//! The two-layer network's start and the feature step of the theory.

use burn::tensor::Tensor;
use retort_core::inner::{Loss, feature_step, gradient};
use retort_core::kernel::Kernels;
use retort_core::network::activation::Activation;
use retort_core::network::two_layer::TwoLayer;
use retort_core::network::{AnyNetwork, Forward, NetworkSettings, Weights};
use retort_core::numeric::total;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::tape::{Derivatives, Leaf, Tape, lift};
use retort_core::task::{Rows, Task};

use crate::numbers::{Checked, Single, norm, normal_matrix, numbers, relative, weight_numbers};
use crate::precision::same;
use crate::table::networks;
use crate::tasks;

fn settings() -> NetworkSettings {
    NetworkSettings::TwoLayer(TwoLayer {
        width: 20,
        activation: Activation::Relu,
    })
}

fn two_layer(task: &Task) -> Box<dyn AnyNetwork<Checked>> {
    settings().template(task.interface(), &Default::default())
}

fn column_norms(matrix: Tensor<Checked, 2>) -> Vec<f64> {
    numbers(&matrix.square().sum_dim(0).sqrt())
}

#[test]
fn the_start_is_on_the_sphere_and_says_nothing() {
    let task = tasks::regression(InputShape::Vector(7));
    let network = two_layer(&task);
    let start = network.fresh(&Seed::new(30));
    for length in column_norms(start.matrix(0)) {
        assert!((length - 1.0).abs() < same(1e-6), "{length}");
    }
    assert!(numbers(&start.tensors()[1]).iter().all(|&bias| bias == 0.0));
    let scale = 1.0 / 20.0_f64.sqrt();
    let readout = numbers(&start.tensors()[2]);
    assert!(readout.iter().all(|a| (a.abs() - scale).abs() < same(1e-7)));
    assert!(readout.iter().any(|&a| a > 0.0) && readout.iter().any(|&a| a < 0.0));
    let inputs: Tensor<Checked, 2> = normal_matrix([9, 7], &Seed::new(31));
    let output = Forward::<Checked>::forward(network.as_ref(), &start, inputs);
    assert!(norm(&numbers(&output.features)) > 1.0);
    assert!(norm(&numbers(&output.outputs)) < same(1e-12));
}

#[test]
fn columns_have_mean_norm_one_and_a_half_against_the_gradient() {
    let task = tasks::regression(InputShape::Vector(7));
    let network = two_layer(&task);
    let network = network.as_ref();
    let rows = Rows::<Checked>::upload(&task.train, network.device());
    let start = network.fresh(&Seed::new(30));
    let stepped = step(network, &start, &rows, &Seed::new(32));
    let norms = column_norms(stepped.matrix(0));
    let mean = norms.iter().sum::<f64>() / norms.len() as f64;
    assert!((mean - 1.5).abs() < same(1e-9), "{mean}");

    let (_, derivative) = gradient::plain(
        network,
        &start,
        rows.inputs,
        rows.targets,
        Loss::SquaredError,
        &[0],
    );
    let down: Vec<f64> = numbers(&derivative.tensors()[0])
        .iter()
        .map(|g| -g)
        .collect();
    let factor = norm(&numbers(&stepped.tensors()[0])) / norm(&down);
    let down: Vec<f64> = down.iter().map(|g| g * factor).collect();
    assert!(relative(&numbers(&stepped.tensors()[0]), &down) < same(1e-9));
    // The readout keeps its start; biases are redrawn from the seed alone.
    assert_eq!(numbers(&stepped.tensors()[2]), numbers(&start.tensors()[2]));
    let random = feature_step::random(network, &start, &Seed::new(32)).unwrap();
    assert_eq!(
        numbers(&stepped.tensors()[1]),
        numbers(&random.tensors()[1])
    );
    assert_eq!(numbers(&random.tensors()[0]), numbers(&start.tensors()[0]));
    let spread = norm(&numbers(&random.tensors()[1])) / 20.0_f64.sqrt();
    assert!((0.5..1.5).contains(&spread), "{spread}");
}

fn step(
    network: &dyn AnyNetwork<Checked>,
    start: &Weights<Checked>,
    rows: &Rows<Checked>,
    seed: &Seed,
) -> Weights<Checked> {
    let (inputs, targets) = (rows.inputs.clone(), rows.targets.clone());
    feature_step::plain(network, start, inputs, targets, Loss::SquaredError, seed).unwrap()
}

#[test]
fn plain_and_tracked_steps_are_the_same() {
    for row in networks() {
        let task = tasks::regression(row.inputs);
        let network = row
            .settings
            .template::<Checked>(task.interface(), &Default::default());
        let network = network.as_ref();
        if network.feature_layer().is_none() {
            continue;
        }
        let rows = Rows::<Checked>::upload(&task.train, network.device());
        let start = network.fresh(&Seed::new(30));
        let seed = Seed::new(33);
        let plain = step(network, &start, &rows, &seed);
        let (inputs, targets) = (lift(rows.inputs.clone()), lift(rows.targets.clone()));
        let loss = Loss::SquaredError;
        let tracked: Weights<Tape<Checked>> =
            feature_step::tracked(network, &start, inputs, targets, loss, &seed).unwrap();
        let tracked = tracked.map(Tensor::inner);
        let error = relative(&weight_numbers(&tracked), &weight_numbers(&plain));
        assert!(error <= same(0.0), "{row:?}: {error:.1e}");
    }
}

/// Derivatives of the sum of W¹ and its squares with respect to one input row, in some precision.
fn slopes_of_one_input<B: Kernels>(scale: f64) -> Vec<f64> {
    let task = tasks::regression(InputShape::Vector(7));
    let device = B::Device::default();
    let network = settings().template::<B>(task.interface(), &device);
    let start = network.fresh(&Seed::new(30));
    let inputs: Tensor<B, 2> = normal_matrix([1, 7], &Seed::new(34));
    let inputs = Leaf::new(inputs.mul_scalar(scale));
    let targets = lift(Tensor::ones([1, 2], &device));
    let (loss, seed) = (Loss::SquaredError, Seed::new(35));
    let stepped = feature_step::tracked(
        network.as_ref(),
        &start,
        inputs.tracked(),
        targets,
        loss,
        &seed,
    )
    .unwrap();
    let found = weight_numbers(&stepped.map(Tensor::inner));
    assert!(found.iter().all(|weight| weight.is_finite()));
    let moved = stepped.tensors()[0].clone();
    let sum = total::of(moved.clone().square()) + total::of(moved);
    numbers(&Derivatives::of(sum).at(inputs, "inputs"))
}

#[test]
fn neurons_without_a_gradient_leave_it_finite() {
    // An input of zero: no neuron has a gradient. One input, which half of the neurons see.
    for scale in [0.0, 1e-12, 1.0] {
        for derivatives in [
            slopes_of_one_input::<Checked>(scale),
            slopes_of_one_input::<Single>(scale),
        ] {
            assert!(
                derivatives.iter().all(|derivative| derivative.is_finite()),
                "{scale}: {derivatives:?}"
            );
        }
    }
}
