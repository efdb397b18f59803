//! Activations far from zero, in value and slope.

use retort_core::network::activation::Activation;
use retort_core::numeric::total;
use retort_core::tape::{Derivatives, Leaf};

use crate::numbers::{Double, Single, numbers, relative, tensor};

#[test]
fn activations_are_finite_and_right_far_from_zero() {
    let at = [-900.0, -90.0, -1.0, 0.0, 1.0, 90.0, 900.0];
    let [half, p] = [0.5, 0.841_344_746_068_542_9];
    let soft = 1.0_f64.exp().ln_1p();
    let known = [
        (
            Activation::Relu,
            [0.0, 0.0, 0.0, 0.0, 1.0, 90.0, 900.0],
            None,
        ),
        (
            Activation::Softplus,
            [0.0, 0.0, soft - 1.0, 2.0_f64.ln(), soft, 90.0, 900.0],
            Some([
                0.0,
                0.0,
                1.0 / (1.0 + 1.0_f64.exp()),
                half,
                1.0 / (1.0 + (-1.0_f64).exp()),
                1.0,
                1.0,
            ]),
        ),
        (
            Activation::Gelu,
            [0.0, 0.0, p - 1.0, 0.0, p, 90.0, 900.0],
            Some([0.0, 0.0, 1.0 - p - DENSITY, half, p + DENSITY, 1.0, 1.0]),
        ),
    ];
    for (activation, values, slopes) in known.into_iter().chain(logistic()) {
        let z = Leaf::new(tensor::<Double, 1>(&at, [at.len()]));
        let y = activation.forward(z.tracked());
        let found = numbers(&y.clone().inner());
        assert!(
            relative(&found, &values) < 1e-12,
            "{activation:?}: {found:?}"
        );
        let found = numbers(&Derivatives::of(total::of(y)).at(z, "z"));
        if let Some(slopes) = slopes {
            assert!(
                relative(&found, &slopes) < 1e-12,
                "{activation:?}: {found:?}"
            );
        }
        let single = Leaf::new(tensor::<Single, 1>(&at, [at.len()]));
        let y = activation.forward(single.tracked());
        assert!(
            relative(&numbers(&y.clone().inner()), &values) < 1e-6,
            "{activation:?}"
        );
        let slopes = numbers(&Derivatives::of(total::of(y)).at(single, "z"));
        assert!(
            slopes.iter().all(|slope| slope.is_finite()),
            "{activation:?}: {slopes:?}"
        );
    }
}

/// What is known of the activations made of the logistic function σ.
fn logistic() -> [(Activation, [f64; 7], Option<[f64; 7]>); 3] {
    let s = 1.0 / (1.0 + (-1.0_f64).exp());
    let (slope, far) = (s * (1.0 - s), (-90.0_f64).exp());
    [
        (
            Activation::LeakyRelu,
            [-9.0, -0.9, -0.01, 0.0, 1.0, 90.0, 900.0],
            Some([0.01, 0.01, 0.01, 0.01, 1.0, 1.0, 1.0]),
        ),
        (
            Activation::Sigmoid,
            [0.0, far, 1.0 - s, 0.5, s, 1.0, 1.0],
            Some([0.0, far, slope, 0.25, slope, far, 0.0]),
        ),
        (
            Activation::Swish,
            [0.0, -90.0 * far, s - 1.0, 0.0, s, 90.0, 900.0],
            Some([0.0, 0.0, 1.0 - s - slope, 0.5, s + slope, 1.0, 1.0]),
        ),
    ]
}

/// φ(1), the normal density.
const DENSITY: f64 = 0.241_970_724_519_143_37;
