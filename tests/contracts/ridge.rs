//! The ridge readout: both of its forms, its optimum and its derivative.

use ndarray::Array2;
use retort_core::Error;
use retort_core::inner::ridge::{Penalty, RidgeSystem, fit, tracked};
use retort_core::numeric::total;
use retort_core::seed::Seed;
use retort_core::tape::{Derivatives, Leaf, Tape, lift};

use crate::differences::relative_error;
use crate::numbers::{Double, Single, normal_matrix, number, numbers, relative, tensor};

/// More rows than features, as many, fewer.
const SHAPES: [[usize; 2]; 3] = [[12, 5], [6, 6], [5, 12]];
const OUTPUTS: usize = 2;

fn data(shape: [usize; 2]) -> (burn::Tensor<Double, 2>, burn::Tensor<Double, 2>) {
    let seed = Seed::new(20);
    (
        normal_matrix(shape, &seed.child("features")),
        normal_matrix([shape[0], OUTPUTS], &seed.child("targets")),
    )
}

fn host(tensor: &burn::Tensor<Double, 2>) -> Array2<f64> {
    Array2::from_shape_vec(tensor.dims(), numbers(tensor)).unwrap()
}

#[test]
fn the_readout_is_where_the_loss_is_flat() {
    for shape in SHAPES {
        for penalty in [1e-3, 0.5] {
            let (features, targets) = data(shape);
            let readout = host(&fit(features.clone(), targets.clone(), penalty).unwrap());
            let (phi, y) = (host(&features), host(&targets));
            let derivative =
                phi.t().dot(&(phi.dot(&readout) - y)) / shape[0] as f64 + &readout * penalty;
            let largest = derivative.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
            assert!(largest < 1e-10, "{shape:?}, {penalty}: {largest:e}");
        }
    }
}

#[test]
fn both_forms_agree() {
    // Every row twice is the same problem; from [5, 12] it changes the smaller system from one over
    // five rows to one over twelve features.
    let (features, targets) = data([5, 12]);
    let thrice = |t: &burn::Tensor<Double, 2>| burn::Tensor::cat(vec![t.clone(); 3], 0);
    let over_rows = fit(features.clone(), targets.clone(), 0.1).unwrap();
    let over_features = fit(thrice(&features), thrice(&targets), 0.1).unwrap();
    assert!(relative(&numbers(&over_rows), &numbers(&over_features)) < 1e-12);
}

#[test]
fn one_system_serves_all_penalties() {
    let (features, targets) = data([12, 5]);
    let normal = RidgeSystem::new(features.clone(), targets.clone()).unwrap();
    for penalty in [1e-4, 1e-1] {
        let again = fit(features.clone(), targets.clone(), penalty).unwrap();
        assert_eq!(numbers(&normal.fit(penalty).unwrap()), numbers(&again));
    }
}

#[test]
fn the_tracked_readout_has_the_value_and_the_derivative() {
    for shape in SHAPES {
        let penalty = 0.1;
        let (features, targets) = data(shape);
        let along: burn::Tensor<Double, 2> = normal_matrix([shape[1], OUTPUTS], &Seed::new(21));
        let (phi, y) = (Leaf::new(features.clone()), Leaf::new(targets.clone()));
        let readout = tracked(phi.tracked(), y.tracked(), Penalty::Fixed(penalty)).unwrap();
        let plain = fit(features.clone(), targets.clone(), penalty).unwrap();
        assert!(relative(&numbers(&readout.clone().inner()), &numbers(&plain)) < 1e-10);

        let derivatives = Derivatives::of(total::of(readout * lift(along.clone())));
        let value = |features, targets| {
            number(&total::of(
                fit(features, targets, penalty).unwrap() * along.clone(),
            ))
        };
        let seed = Seed::new(22);
        let found = numbers(&derivatives.at(phi, "features"));
        let error = relative_error(&numbers(&features), &found, &seed, |values| {
            value(tensor(values, shape), targets.clone())
        });
        assert!(error < 1e-6, "features {shape:?}: {error:.1e}");
        let found = numbers(&derivatives.at(y, "targets"));
        let error = relative_error(&numbers(&targets), &found, &seed, |values| {
            value(features.clone(), tensor(values, targets.dims()))
        });
        assert!(error < 1e-6, "targets {shape:?}: {error:.1e}");
    }
}

#[test]
fn in_single_precision_the_value_is_that_of_the_double_solve() {
    for shape in [[40, 24], [24, 24], [24, 40]] {
        // Columns from 1 down to 1e-3: the condition of the system is near trace/λ.
        let (features, targets) = data(shape);
        let scales: Vec<f64> = (0..shape[1])
            .map(|column| 10.0_f64.powf(-3.0 * column as f64 / shape[1] as f64))
            .collect();
        let features = features * tensor::<Double, 2>(&scales, [1, shape[1]]);
        let single = |of: &burn::Tensor<Double, 2>| tensor::<Single, 2>(&numbers(of), of.dims());
        let (features, targets) = (single(&features), single(&targets));
        // The same numbers in double precision.
        let double = |of: &burn::Tensor<Single, 2>| tensor::<Double, 2>(&numbers(of), of.dims());
        for penalty in [1e-4, 1e-7] {
            let expected = numbers(&fit(double(&features), double(&targets), penalty).unwrap());
            let plain = fit(features.clone(), targets.clone(), penalty).unwrap();
            let (phi, y) = (lift(features.clone()), lift(targets.clone()));
            let followed = tracked(phi, y, Penalty::Fixed(penalty)).unwrap();
            for (readout, what) in [(plain, "fit"), (followed.inner(), "tracked")] {
                let error = relative(&numbers(&readout), &expected);
                assert!(error < 1e-7, "{what}, {shape:?}, {penalty}: {error:.1e}");
            }
        }
    }
}

#[test]
fn a_singular_or_infinite_system_is_an_error() {
    let (features, targets) = data([12, 5]);
    let flat = features.clone().zeros_like();
    let infinite = features.div_scalar(0.0);
    for features in [flat, infinite] {
        let found = fit(features.clone(), targets.clone(), 0.0);
        assert!(matches!(found, Err(Error::Singular { .. })), "{found:?}");
        let found = tracked(lift(features), lift(targets.clone()), Penalty::Fixed(0.0));
        assert!(matches!(found, Err(Error::Singular { .. })));
    }
}

#[test]
fn a_relative_penalty_does_not_see_the_scale_and_is_differentiated_too() {
    for shape in SHAPES {
        let share = 0.1;
        let (features, targets) = data(shape);
        let along: burn::Tensor<Double, 2> = normal_matrix([shape[0], OUTPUTS], &Seed::new(23));
        // Predictions, so that the scale of the features drops out.
        let value = |features: burn::Tensor<Tape<Double>, 2>| {
            let y = lift(targets.clone());
            let readout = tracked(features.clone(), y, Penalty::Relative(share)).unwrap();
            total::of(features.matmul(readout) * lift(along.clone()))
        };
        let plain = |features: burn::Tensor<Double, 2>| number(&value(lift(features)).inner());
        let scaled = plain(features.clone().mul_scalar(1e3));
        assert!((plain(features.clone()) / scaled - 1.0).abs() < 1e-9);
        let phi = Leaf::new(features.clone());
        let derivatives = Derivatives::of(value(phi.tracked()));
        let found = numbers(&derivatives.at(phi, "features"));
        let error = relative_error(&numbers(&features), &found, &Seed::new(24), |values| {
            plain(tensor(values, shape))
        });
        assert!(error < 1e-6, "{shape:?}: {error:.1e}");
    }
}
