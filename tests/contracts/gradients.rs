//! Every objective's gradient, through every network, against central differences of its own loss.

use std::collections::BTreeSet;

use retort_core::objective::ObjectiveState;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::{PerClass, SyntheticSettings};
use retort_core::task::Task;

use crate::bench;
use crate::differences::relative_error;
use crate::numbers::{Checked, numbers, tensor};
use crate::precision::close;
use crate::table::{NetworkRow, new_to_check, objectives_for, smooth_networks};
use crate::tasks;

const BOUND: f64 = 1e-5;

/// The size of the sets, from a task.
type Size = fn(&Task) -> SyntheticSettings;

fn equal(_: &Task) -> SyntheticSettings {
    SyntheticSettings {
        points: Some(bench::POINTS),
        ..SyntheticSettings::default()
    }
}

/// One point of the first class, two of the second, and so on.
fn unequal(task: &Task) -> SyntheticSettings {
    let names = task.target.class_names().iter().cloned();
    SyntheticSettings {
        per_class: Some(PerClass::Named(names.zip(1..).collect())),
        ..SyntheticSettings::default()
    }
}

fn check_all(
    networks: impl Iterator<Item = NetworkRow>,
    task: impl Fn(InputShape) -> Task,
    size: Size,
) {
    let mut checked = BTreeSet::new();
    for network in networks {
        let task = task(network.inputs);
        bench::context::<Checked, _>(&network, &task, 4, |context| {
            let mut rows = objectives_for(&network);
            rows.retain(|row| row.suits(context.network));
            for row in new_to_check(rows, &mut checked) {
                let objective = row.settings.objective::<Checked>().unwrap();
                let set = bench::set_of(size(&task), &task, &*objective);
                let seed = Seed::new(2).child(row.name);
                // An earlier step first: where a network ages, it is then no fresh one.
                let before = seed.child("earlier");
                let earlier = objective
                    .outer_gradient(context, &set, ObjectiveState::default(), &before)
                    .unwrap();
                let state = objective.after_step(context, &set, earlier.state, &before);
                let state = state.unwrap();
                let outer = objective
                    .outer_gradient(context, &set, state.clone(), &seed)
                    .unwrap();
                assert!(outer.gradients.keys().copied().eq(objective.learns()));
                for (part, gradient) in &outer.gradients {
                    let at = &set.parts()[part];
                    assert_eq!(gradient.dims(), at.dims());
                    let error = relative_error(&numbers(at), &numbers(gradient), &seed, |values| {
                        let moved = set.clone().with(*part, tensor(values, at.dims()));
                        bench::loss(&*objective, context, &moved, &state, &seed)
                    });
                    assert!(
                        error < close(BOUND),
                        "{} ({}), {:?}, {part:?}: relative error {error:.1e}",
                        row.settings.kind(),
                        row.name,
                        network.settings
                    );
                }
            }
        });
    }
}

#[test]
fn of_every_learned_part_for_classes() {
    check_all(smooth_networks(), tasks::classification, equal);
}

#[test]
fn of_every_learned_part_for_real_values() {
    let networks = smooth_networks().filter(|row| !row.brief);
    check_all(networks, tasks::regression, equal);
}

#[test]
fn of_every_learned_part_for_classes_with_unequal_numbers_of_points() {
    let networks = smooth_networks().filter(|row| !row.brief).take(2);
    check_all(networks, tasks::classification, unequal);
}
