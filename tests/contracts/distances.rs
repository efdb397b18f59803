//! Distances between gradients small enough to work out by hand.

use burn::tensor::{Tensor, backend::Backend};
use retort_core::Error;
use retort_core::network::activation::Activation;
use retort_core::network::convnet::ConvNet;
use retort_core::network::norm::Norm;
use retort_core::network::two_layer::TwoLayer;
use retort_core::network::{NetworkSettings, WeightLeaves, Weights};
use retort_core::objective::{Distance, GradientMatching, Objective};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::shape::Interface;
use retort_core::tape::{Derivatives, lift};

use crate::numbers::{
    Double, Single, normal_matrix, number, numbers, weight_numbers, weights_like,
};
use crate::wording::told;

const ALL: [usize; 3] = [0, 1, 2];

/// Weights of a network with W `[2, 2]`, b `[2]` and a `[2, 1]`, in that order.
fn weights(values: [f64; 8]) -> Weights<Double> {
    let settings = NetworkSettings::TwoLayer(TwoLayer {
        width: 2,
        activation: Activation::Relu,
    });
    let interface = Interface {
        inputs: InputShape::Vector(2),
        outputs: 1,
    };
    let network = settings.template::<Double>(interface, &Default::default());
    weights_like(&network.fresh(&Seed::new(0)), &values)
}

fn between(distance: Distance, a: [f64; 8], b: [f64; 8], slots: &[usize]) -> f64 {
    numbers(&distance.between(&weights(a), &weights(b), slots))[0]
}

#[test]
fn squared_distances_are_over_the_chosen_parameters() {
    let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    let b = [0.0, 2.0, 1.0, 4.0, 5.0, 3.0, 7.0, 10.0];
    // Differences 1, 2 in W, 3 in b, 2 in a; ‖b‖² = 21 in W.
    assert_eq!(between(Distance::Squared, a, b, &ALL), 18.0);
    assert_eq!(between(Distance::Squared, a, b, &[0]), 5.0);
    assert!((between(Distance::RelativeSquared, a, b, &[0]) - 5.0 / 21.0).abs() < 1e-12);
}

#[test]
fn layerwise_cosines_are_of_columns() {
    // W = [[w00, w01], [w10, w11]]: the columns (w00, w10) belong to the two neurons.
    let a = [1.0, 0.0, 0.0, 2.0, 9.0, 9.0, 3.0, 4.0];
    let b = [1.0, 0.0, 1.0, 5.0, -9.0, 1.0, 8.0, -6.0];
    // First neuron (1, 0) and (1, 1): 1/√2. Second (0, 2) and (0, 5): 1. The output's one column
    // (3, 4) and (8, −6): 0. Biases do not count.
    let expected = (1.0 - 0.5_f64.sqrt()) + 0.0 + 1.0;
    let found = between(Distance::LayerwiseCosine, a, b, &ALL);
    assert!((found - expected).abs() < 2e-6, "{found}, {expected}");
    // By rows the first matrix alone would give 0 + (1 − 5/√26).
    let found = between(Distance::LayerwiseCosine, a, b, &[0]);
    assert!((found - (1.0 - 0.5_f64.sqrt())).abs() < 2e-6, "{found}");
}

#[test]
fn scales_and_shifts_of_no_normalisation_count_in_layerwise_cosines() {
    let interface = Interface {
        inputs: InputShape::Picture([1, 6, 6]),
        outputs: 3,
    };
    for norm in [Norm::Instance, Norm::Group, Norm::Layer] {
        let settings = ConvNet {
            width: 4,
            depth: 1,
            norm,
            ..ConvNet::default()
        };
        let settings = NetworkSettings::ConvNet(settings);
        let network = settings.template::<Double>(interface, &Default::default());
        let slots = network.layout().slots();
        let all: Vec<usize> = (0..slots.len()).collect();
        let matrices = slots.iter().filter(|slot| slot.is_matrix());
        let matrices: Vec<&str> = matrices.map(|slot| slot.name.as_str()).collect();
        assert_eq!(matrices, ["convolutions.0.weight", "readout.weight"]);
        let here = network.fresh(&Seed::new(0));
        let apart = |name: &str| {
            let slot = network.layout().position(name).unwrap();
            let there = here.tensors()[slot].clone();
            let [count] = there.dims();
            let noise = normal_matrix([1, count], &Seed::new(1)).reshape([count]);
            let there = here.clone().with(slot, there + noise);
            numbers(&Distance::LayerwiseCosine.between(&here, &there, &all))[0]
        };
        for vector in ["norms.0.scale", "norms.0.shift", "readout.bias"] {
            assert!(apart(vector).abs() < 1e-12, "{norm:?} {vector}");
        }
        assert!(apart("readout.weight") > 0.01);
        let matching = GradientMatching {
            distance: Distance::LayerwiseCosine,
            parameters: vec!["norms.0.scale".to_owned()],
            ..GradientMatching::default()
        };
        let refused = Objective::<Double>::fits(&matching, network.as_ref()).unwrap_err();
        assert!(matches!(refused, Error::Setting { .. }), "{refused}");
        let message = told(refused);
        let names = "convolutions.0.weight, readout.weight";
        assert!(message.ends_with(names), "{message}");
    }
}

#[test]
fn the_whole_cosine_is_of_all_numbers_together() {
    let a = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let b = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let found = between(Distance::Cosine, a, b, &ALL);
    assert!((found - 0.5).abs() < 1e-6, "{found}");
    assert!((between(Distance::Cosine, a, a.map(|v| -v), &ALL) - 2.0).abs() < 1e-6);
}

#[test]
fn equal_gradients_are_nowhere_apart() {
    let some = [1.0, -2.0, 0.5, 1.0, 0.0, 1.0, 2.0, 3.0];
    for scale in [1.0, 1e-2, 1e-4, 1e-12, 0.0] {
        let here = some.map(|v| v * scale);
        for distance in [
            Distance::Squared,
            Distance::RelativeSquared,
            Distance::LayerwiseCosine,
            Distance::Cosine,
        ] {
            let found = between(distance, here, here, &ALL);
            assert!(found.abs() < 1e-12, "{distance:?} at {scale}: {found:e}");
        }
    }
}

#[test]
fn gradients_of_zero_give_finite_slopes() {
    let some = [1.0, -2.0, 0.5, 1.0, 0.0, 1.0, 2.0, 3.0];
    // A neuron that is silent on either side, on both, and gradients that are zero throughout.
    let silent = [0.0, -2.0, 0.0, 1.0, 0.0, 1.0, 2.0, 3.0];
    let tiny = some.map(|v| v * 1e-25);
    let cases = [silent, [0.0; 8], tiny, some];
    for distance in [
        Distance::Squared,
        Distance::RelativeSquared,
        Distance::LayerwiseCosine,
        Distance::Cosine,
    ] {
        for (a, b) in cases.iter().flat_map(|a| cases.iter().map(move |b| (a, b))) {
            let (value, derivatives) = value_and_slopes(distance, &weights(*a), &weights(*b));
            assert!(value.is_finite(), "{distance:?} of {a:?}, {b:?}");
            assert!(
                derivatives.iter().all(|s| s.is_finite()),
                "{distance:?} of {a:?}, {b:?}: {derivatives:?}"
            );
            single(distance, a, b);
        }
    }
}

/// A distance, and its derivatives by the first gradient. The layer-wise one does not see vectors.
fn value_and_slopes<B: Backend>(
    distance: Distance,
    a: &Weights<B>,
    b: &Weights<B>,
) -> (f64, Vec<f64>) {
    let leaves = WeightLeaves::new(a, &ALL, ALL.to_vec());
    let value = distance.between(&leaves.tracked(), &b.map(lift), &ALL);
    let number = number(&value.clone().inner());
    (
        number,
        weight_numbers(&leaves.derivatives(&Derivatives::of(value))),
    )
}

/// The same in single precision, where squares of small numbers vanish.
fn single(distance: Distance, a: &[f64; 8], b: &[f64; 8]) {
    let to_single = |values: &[f64; 8]| -> Weights<Single> {
        weights(*values).map(|t| Tensor::from_data(t.to_data(), &Default::default()))
    };
    let (value, derivatives) = value_and_slopes(distance, &to_single(a), &to_single(b));
    assert!(value.is_finite(), "{distance:?} of {a:?}, {b:?}, single");
    assert!(
        derivatives.iter().all(|s| s.is_finite()),
        "{distance:?} of {a:?}, {b:?}, single: {derivatives:?}"
    );
}
