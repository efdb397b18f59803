//! Single precision on the fast backend says what double precision on the reference backend says.

use retort_core::kernel::Kernels;
use retort_core::objective::ObjectiveState;
use retort_core::seed::Seed;
use retort_core::task::Task;

use crate::bench;
use crate::numbers::{Double, Single, number, numbers, relative};
use crate::table::{NetworkRow, ObjectiveRow, networks, objectives_for};
use crate::tasks;

/// Loss and gradients of the second of two steps; `None` if the network does not suit.
fn outer<B: Kernels>(
    network: &NetworkRow,
    task: &Task,
    row: &ObjectiveRow,
) -> Option<(f64, Vec<Vec<f64>>)> {
    bench::context::<B, _>(network, task, 4, |context| {
        if !row.suits(context.network) {
            return None;
        }
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
        Some((number(&outer.loss), gradients.collect()))
    })
}

#[test]
fn every_gradient_agrees_between_precisions() {
    let mut apart = Vec::new();
    for network in networks() {
        let kinds = [tasks::classification, tasks::regression];
        let each = kinds.map(|kind| kind(network.inputs));
        let rows = || {
            let rows = objectives_for(&network).into_iter();
            rows.filter(|row| !row.wants_double())
        };
        for (task, row) in each
            .iter()
            .flat_map(|task| rows().map(move |row| (task, row)))
        {
            let double = outer::<Double>(&network, task, &row);
            let Some(((loss, gradients), (found, derivatives))) =
                double.zip(outer::<Single>(&network, task, &row))
            else {
                continue;
            };
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
