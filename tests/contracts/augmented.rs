//! Objectives whose rows a network sees through an augmentation.

use std::collections::BTreeSet;

use retort_core::augment::{AugmentSettings, Operation};
use retort_core::inner::Loss;
use retort_core::objective::{Context, ObjectiveState};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::Resident;

use crate::bench;
use crate::differences::relative_error;
use crate::numbers::{Checked, numbers, tensor};
use crate::precision::close;
use crate::table::{objectives_for, smooth_networks};
use crate::tasks;

/// The kinds of objectives that compare rows by their distances alone.
const DISTANCES: [&str; 3] = ["kernel-inducing-points", "neighbour-compression", "average"];

/// The gradient flows back through the rows as the network saw them, which differ from the rows themselves.
#[test]
fn the_gradient_is_that_of_the_augmented_loss() {
    let network = smooth_networks()
        .find(|row| matches!(row.inputs, InputShape::Picture(_)))
        .unwrap();
    let task = tasks::classification(network.inputs);
    let template = network
        .settings
        .template::<Checked>(task.interface(), &Default::default());
    let resident = Resident::new(&task, &Default::default());
    let rows = objectives_for(&network);
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| !row.settings.method().refuses_augmentation())
        .filter(|row| row.suits(template.as_ref()))
        .collect();
    let operations = Operation::ALL;
    for place in 0..rows.len().max(operations.len()) {
        let row = rows[place % rows.len()];
        // A shift leaves gradients near zero, and the first steps of Adam are their signs. Distances between
        // rows do not change when all of them are mirrored.
        let operation = match operations[place % operations.len()] {
            _ if row.wants_double() => Operation::Flip,
            Operation::Flip if DISTANCES.contains(&row.settings.kind()) => Operation::Crop,
            operation => operation,
        };
        let objective = row.settings.objective::<Checked>().unwrap();
        let set = bench::set(&task, &*objective);
        let seed = Seed::new(6).child(row.name);
        let losses = [Some(operation), None].map(|operation| {
            let operations = BTreeSet::from_iter(operation);
            let settings = AugmentSettings {
                operations,
                ..AugmentSettings::default()
            };
            let augmentation = settings.augmentation(task.inputs).unwrap();
            let context = Context {
                training: &resident.training,
                network: template.as_ref(),
                augmentation: &augmentation,
                loss: Loss::of(&task.target),
                batch: 4,
                balanced: false,
                noise: None,
                experts: Some(&bench::Walks(template.as_ref())),
            };
            // Networks that age do so on the set: what the gradient holds constant is made first.
            let before = seed.child("earlier");
            let state = objective
                .outer_gradient(&context, &set, ObjectiveState::default(), &before)
                .unwrap()
                .state;
            let outer = objective
                .outer_gradient(&context, &set, state.clone(), &seed)
                .unwrap();
            for (part, gradient) in &outer.gradients {
                let at = &set.parts()[part];
                let error = relative_error(&numbers(at), &numbers(gradient), &seed, |values| {
                    let moved = set.clone().with(*part, tensor(values, at.dims()));
                    bench::loss(&*objective, &context, &moved, &state, &seed)
                });
                assert!(
                    error < close(1e-5),
                    "{} ({}), {operation:?}, {part:?}: {error:.1e}",
                    row.settings.kind(),
                    row.name,
                );
            }
            numbers(&outer.loss)
        });
        assert_ne!(losses[0], losses[1], "{} sees no augmentation", row.name);
    }
}
