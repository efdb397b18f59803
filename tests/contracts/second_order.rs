//! The guard: the derivative of a weight gradient is there and is right, for every network.
//!
//! Burn promises first order only. An operation whose backward pass detaches would leave a second
//! derivative of zero, without a word.

use retort_core::inner::{Loss, gradient};
use retort_core::network::{AnyNetwork, WeightLeaves, Weights};
use retort_core::seed::Seed;
use retort_core::tape::{Derivatives, Leaf, lift};
use retort_core::task::{Resident, Rows, Task};

use crate::differences::relative_error;
use crate::numbers::{
    Checked, norm, normal, normal_matrix, number, numbers, tensor, weight_numbers, weights_like,
};
use crate::precision::close;
use crate::table::{NetworkRow, networks};
use crate::tasks;

/// The training rows, of which some are enough for some networks.
fn rows(row: &NetworkRow, task: &Task) -> Rows<Checked> {
    let all = Resident::<Checked>::new(task, &Default::default())
        .training
        .rows;
    if row.brief {
        all.select(&[0, 1, 2, 3])
    } else {
        all
    }
}

/// ∇⟨g(θ, X), v⟩ with respect to X, the targets and θ, each against central differences of ⟨g, v⟩
/// where the network has no kinks.
fn check(row: &NetworkRow, task: &Task) {
    let seed = Seed::new(4);
    let device = Default::default();
    let network = row.settings.template::<Checked>(task.interface(), &device);
    let network: &dyn AnyNetwork<Checked> = network.as_ref();
    let loss = Loss::of(&task.target);
    let rows = rows(row, task);
    let start = network.fresh(&seed.child("start"));
    // Off the special places of a fresh start, such as biases of zero.
    let floats = start.layout().floats();
    let start = start.add_scaled(
        &weights_like(&start, &normal(floats, &seed.child("off"))),
        0.1,
    );
    let slots = gradient::all_slots(&start);
    let along = weights_like(&start, &normal(floats, &seed.child("along")));
    let noise = normal_matrix(rows.targets.dims(), &seed.child("targets"));
    let targets = rows.targets + noise.mul_scalar(0.1);

    let weights = WeightLeaves::new(&start, &slots, network.unused());
    let (points, aims) = (Leaf::new(rows.inputs.clone()), Leaf::new(targets.clone()));
    let (_, derivative) = gradient::tracked(
        network,
        &weights.tracked(),
        points.tracked(),
        aims.tracked(),
        loss,
        &slots,
    );
    let derivatives = Derivatives::of(derivative.dot(&along.map(lift)));

    let first_order = |weights: &Weights<Checked>, inputs, targets| {
        let (_, derivative) = gradient::plain(network, weights, inputs, targets, loss, &slots);
        number(&derivative.dot(&along))
    };
    let judge = |what: &str, at: &[f64], found: &[f64], value: &dyn Fn(&[f64]) -> f64| {
        assert!(
            norm(found) > 1e-6,
            "{what} of {row:?}: second derivative is zero"
        );
        if row.smooth {
            let error = relative_error(at, found, &seed, value);
            assert!(
                error < close(1e-6),
                "{what} of {row:?}: relative error {error:.1e}"
            );
        }
    };
    let found = numbers(&derivatives.at(points, "points"));
    judge("inputs", &numbers(&rows.inputs), &found, &|values| {
        first_order(&start, tensor(values, rows.inputs.dims()), targets.clone())
    });
    let found = numbers(&derivatives.at(aims, "targets"));
    judge("targets", &numbers(&targets), &found, &|values| {
        first_order(&start, rows.inputs.clone(), tensor(values, targets.dims()))
    });
    let found = weights.derivatives(&derivatives);
    judge(
        "weights",
        &weight_numbers(&start),
        &weight_numbers(&found),
        &|values| {
            first_order(
                &weights_like(&start, values),
                rows.inputs.clone(),
                targets.clone(),
            )
        },
    );
}

#[test]
fn a_gradient_can_be_differentiated_again() {
    for row in networks() {
        check(&row, &tasks::classification(row.inputs));
        if !row.brief {
            check(&row, &tasks::regression(row.inputs));
        }
    }
}

#[test]
fn the_first_order_gradient_is_that_of_the_loss() {
    for row in networks().iter().filter(|row| row.smooth) {
        let task = tasks::classification(row.inputs);
        let network = row
            .settings
            .template::<Checked>(task.interface(), &Default::default());
        let rows = rows(row, &task);
        let loss = |weights: &Weights<Checked>| {
            gradient::plain(
                network.as_ref(),
                weights,
                rows.inputs.clone(),
                rows.targets.clone(),
                Loss::CrossEntropy,
                &gradient::all_slots(weights),
            )
        };
        let start = network.fresh(&Seed::new(6));
        let (_, derivative) = loss(&start);
        let seed = Seed::new(7);
        let found = weight_numbers(&derivative);
        let error = relative_error(&weight_numbers(&start), &found, &seed, |values| {
            number(&loss(&weights_like(&start, values)).0)
        });
        assert!(error < close(1e-7), "{row:?}: relative error {error:.1e}");
    }
}
