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

/// The signal flows back through what the network saw, and what it saw is other than the rows.
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
    for (place, row) in objectives_for(&network).iter().enumerate() {
        if !row.suits(template.as_ref()) {
            continue;
        }
        let objective = row.settings.objective::<Checked>().unwrap();
        let set = bench::set(&task, &*objective);
        let seed = Seed::new(6).child(row.name);
        let losses = [Some(Operation::ALL[place % Operation::ALL.len()]), None].map(|operation| {
            let operations = BTreeSet::from_iter(operation);
            let settings = AugmentSettings {
                operations,
                ..AugmentSettings::default()
            };
            let augmentation = settings.on(task.inputs).unwrap();
            let scene = Context {
                training: &resident.training,
                network: template.as_ref(),
                augmentation: &augmentation,
                loss: Loss::of(&task.target),
                batch: 4,
                experts: Some(&bench::Walks(template.as_ref())),
            };
            // Networks that age do so on the set: what the gradient holds constant is made first.
            let before = seed.child("earlier");
            let memory = objective
                .outer_gradient(&scene, &set, ObjectiveState::default(), &before)
                .unwrap()
                .state;
            let signal = objective
                .outer_gradient(&scene, &set, memory.clone(), &seed)
                .unwrap();
            for (part, gradient) in &signal.gradients {
                let at = &set.parts()[part];
                let error = relative_error(&numbers(at), &numbers(gradient), &seed, |values| {
                    let moved = set.clone().with(*part, tensor(values, at.dims()));
                    bench::loss(&*objective, &scene, &moved, &memory, &seed)
                });
                assert!(
                    error < close(1e-5),
                    "{} ({}), {operation:?}, {part:?}: {error:.1e}",
                    row.settings.kind(),
                    row.name,
                );
            }
            numbers(&signal.loss)
        });
        assert_ne!(losses[0], losses[1], "{} sees no augmentation", row.name);
    }
}
