//! A mirrored start: what half of the network tells is what all of it does.

use burn::tensor::Tensor;
use retort_core::inner::train::{Training, train};
use retort_core::inner::{Loss, OptimiserKind, Schedule, feature_step, forward, gradient};
use retort_core::network::{AnyNetwork, NetworkSettings, Weights};
use retort_core::seed::Seed;
use retort_core::tape::{Leaf, Slopes, lift};
use retort_core::task::{InputShape, Rows};
use retort_core::total;

use crate::numbers::{Checked, norm, normal_matrix, number, numbers, relative, weight_numbers};
use crate::precision::same;
use crate::table::{NetworkRow, networks};
use crate::tasks;

const ROWS: usize = 9;
const LOSSES: [Loss; 2] = [Loss::SquaredError, Loss::CrossEntropy];

/// The networks that start at f = 0.
fn mirrored() -> Vec<NetworkRow> {
    let found: Vec<NetworkRow> = networks()
        .into_iter()
        .filter(|row| matches!(row.settings, NetworkSettings::TwoLayer(_)))
        .collect();
    assert!(!found.is_empty());
    found
}

fn network(row: &NetworkRow) -> Box<dyn AnyNetwork<Checked>> {
    let interface = tasks::classification(row.inputs).interface();
    row.settings.template(interface, &Default::default())
}

fn inputs(shape: InputShape) -> Tensor<Checked, 2> {
    normal_matrix([ROWS, shape.len()], &Seed::new(70))
}

fn targets() -> Tensor<Checked, 2> {
    normal_matrix([ROWS, tasks::CLASSES], &Seed::new(71))
}

/// The same numbers, of which nothing is known.
fn forgotten(weights: &Weights<Checked>) -> Weights<Checked> {
    weights.map(|tensor| tensor)
}

#[test]
fn losses_and_gradients_are_those_of_all_neurons() {
    for (row, loss) in mirrored()
        .iter()
        .flat_map(|row| LOSSES.map(|loss| (row, loss)))
    {
        let network = network(row);
        let start = network.fresh(&Seed::new(72));
        for slots in [vec![0], gradient::all_slots(&start)] {
            let of = |weights: &Weights<Checked>| {
                gradient::plain(
                    network.as_ref(),
                    weights,
                    inputs(row.inputs),
                    targets(),
                    loss,
                    &slots,
                )
            };
            let ((half, found), (whole, expected)) = (of(&start), of(&forgotten(&start)));
            assert!(
                (number(&half) - number(&whole)).abs() < same(1e-12),
                "{row:?}"
            );
            assert_eq!(found.layout(), network.layout());
            let [found, expected] = [found, expected].map(|it| weight_numbers(&it));
            let error = relative(&found, &expected);
            assert!(
                error < same(1e-12),
                "{row:?}, {loss:?}, {slots:?}: {error:.1e}"
            );
        }
    }
}

#[test]
fn gradients_have_the_same_derivatives() {
    for (row, loss) in mirrored()
        .iter()
        .flat_map(|row| LOSSES.map(|loss| (row, loss)))
    {
        let network = network(row);
        let start = network.fresh(&Seed::new(73));
        let slots = gradient::all_slots(&start);
        // Nothing says that a derivative of the gradient is the same in both halves.
        let mut place = 0;
        let along = start.map(|tensor| {
            place += 1;
            let count = tensor.dims()[0];
            normal_matrix([1, count], &Seed::new(74).indexed("slot", place)).reshape([count])
        });
        let slopes = |weights: &Weights<Checked>| {
            let (points, labels) = (Leaf::new(inputs(row.inputs)), Leaf::new(targets()));
            let (_, found) = gradient::tracked(
                network.as_ref(),
                &weights.lifted(),
                points.tracked(),
                labels.tracked(),
                loss,
                &slots,
            );
            let square = total::of(found.matrix(0).square());
            let slopes = Slopes::of(found.dot(&along.map(lift)) + square);
            [slopes.at(points, "points"), slopes.at(labels, "labels")].map(|it| numbers(&it))
        };
        let found = slopes(&start);
        for (found, expected) in found.iter().zip(slopes(&forgotten(&start))) {
            assert!(norm(found) > 0.0);
            let error = relative(found, &expected);
            assert!(error < same(1e-11), "{row:?}, {loss:?}: {error:.1e}");
        }
    }
}

#[test]
fn features_of_the_step_are_those_of_all_neurons() {
    for row in mirrored() {
        let network = network(&row);
        let network = network.as_ref();
        let start = network.fresh(&Seed::new(75));
        let step = |start: &Weights<Checked>| {
            let (inputs, loss) = (inputs(row.inputs), Loss::SquaredError);
            feature_step::plain(network, start, inputs, targets(), loss, &Seed::new(76)).unwrap()
        };
        let (half, whole) = (step(&start), step(&forgotten(&start)));
        let error = relative(&weight_numbers(&half), &weight_numbers(&whole));
        assert!(error < same(1e-12), "{row:?}: {error:.1e}");
        let [found, expected] = [&half, &forgotten(&half)]
            .map(|weights| numbers(&forward::plain(network, weights, inputs(row.inputs)).features));
        let error = relative(&found, &expected);
        assert!(error < same(1e-13), "{row:?}: {error:.1e}");
    }
}

#[test]
fn what_is_known_is_forgotten_with_the_first_change() {
    for row in mirrored() {
        let network = network(&row);
        let network = network.as_ref();
        let start = network.fresh(&Seed::new(77));
        let rows = Rows {
            inputs: inputs(row.inputs),
            targets: targets(),
        };
        let slots = gradient::all_slots(&start);
        let value = |weights: &Weights<Checked>| {
            let Rows { inputs, targets } = rows.clone();
            let (value, _) = gradient::plain(
                network,
                weights,
                inputs,
                targets,
                Loss::SquaredError,
                &slots,
            );
            number(&value)
        };
        let apart = |changed: &Weights<Checked>| {
            let difference = value(changed) - value(&forgotten(changed));
            assert_eq!(difference, 0.0, "{row:?}");
            assert!((value(changed) - value(&start)).abs() > 1e-6, "{row:?}");
        };
        let moved = start.tensors()[0].clone();
        let noise = normal_matrix([1, moved.dims()[0]], &Seed::new(78)).reshape(moved.dims());
        apart(&start.clone().with(0, moved + noise));
        let (_, slope) = gradient::plain(
            network,
            &start,
            rows.inputs.clone(),
            rows.targets.clone(),
            Loss::SquaredError,
            &slots,
        );
        apart(&start.add_scaled(&slope, -0.1));
        let training = Training {
            steps: 2,
            batch: ROWS,
            optimiser: OptimiserKind::Sgd,
            learning_rate: 0.1,
            schedule: Schedule::Constant,
            momentum: 0.0,
            weight_decay: 0.0,
            loss: Loss::SquaredError,
            augmentation: &retort_core::augment::NONE,
        };
        apart(&train(
            network,
            start.clone(),
            &rows,
            &training,
            &Seed::new(79),
        ));
    }
}
