//! Single precision on the fast backend says what double precision on the reference backend says.

use std::collections::BTreeSet;

use retort_core::kernel::Kernels;
use retort_core::objective::ObjectiveState;
use retort_core::seed::Seed;
use retort_core::task::Task;

use crate::bench;
use crate::numbers::{Double, Single, number, numbers, relative};
use crate::table::{NetworkRow, ObjectiveRow, networks, new_to_check, objectives_for};
use crate::tasks;

/// Whether an objective suits a network.
fn suits(network: &NetworkRow, task: &Task, row: &ObjectiveRow) -> bool {
    bench::context::<Double, _>(network, task, 4, |context| row.suits(context.network))
}

/// Loss and gradients of the second of two steps.
fn outer<B: Kernels>(
    network: &NetworkRow,
    task: &Task,
    row: &ObjectiveRow,
) -> (f64, Vec<Vec<f64>>) {
    bench::context::<B, _>(network, task, 4, |context| {
        let objective = row.settings.objective::<B>().unwrap();
        let set = bench::set(task, &*objective);
        let outer = |state, seed| {
            objective
                .outer_gradient(context, &set, state, &seed)
                .unwrap()
        };
        let seed = Seed::new(17);
        let before = seed.child("earlier");
        let earlier = outer(ObjectiveState::default(), before.clone()).state;
        let later = objective.after_step(context, &set, earlier, &before);
        let outer = outer(later.unwrap(), seed);
        let gradients = outer.gradients.values().map(numbers);
        (number(&outer.loss), gradients.collect())
    })
}

#[test]
fn every_gradient_agrees_between_precisions() {
    let mut apart = Vec::new();
    let mut checked = [BTreeSet::new(), BTreeSet::new()];
    for network in networks() {
        let kinds = [tasks::classification, tasks::regression];
        let each = kinds.map(|kind| kind(network.inputs));
        let pairs = each.iter().zip(&mut checked).flat_map(|(task, checked)| {
            let mut rows = objectives_for(&network);
            rows.retain(|row| !row.wants_double() && suits(&network, task, row));
            let rows = new_to_check(rows, checked).into_iter();
            rows.map(move |row| (task, row))
        });
        for (task, row) in pairs {
            let double = outer::<Double>(&network, task, &row);
            let (loss, gradients) = double;
            let (found, derivatives) = outer::<Single>(&network, task, &row);
            let derivatives = derivatives.iter().zip(&gradients);
            let errors = derivatives.map(|(derivative, gradient)| relative(derivative, gradient));
            let errors: Vec<f64> = errors.chain([relative(&[found], &[loss])]).collect();
            if !errors.iter().all(|error| *error < 1e-3) {
                apart.push(format!(
                    "{} of {network:?}, {:?}: {errors:?}",
                    row.name, task.target
                ));
            }
        }
    }
    assert!(apart.is_empty(), "{}", apart.join("\n"));
}
