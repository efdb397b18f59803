#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use burn_flex::Flex;

use super::file::{self, Place};
use super::*;
use crate::augment::AugmentSettings;
use crate::identity::Identity;
use crate::network::Weights;
use crate::network::{AnyNetwork, NetworkSettings};
use crate::seed::Seed;
use crate::task::{Resident, Task, TaskSettings};
use crate::wording::told;

fn task() -> Task {
    let table = "kind = \"multi-index\"\ndim = 4\nrank = 1\nsamples = 50\nvalidation = 5\ntest = 5";
    let settings = TaskSettings::read(&table.parse().unwrap()).unwrap();
    settings.source().load(&Seed::new(0)).unwrap()
}

/// Calls `look` with experts in a temporary folder.
fn with_experts<T>(
    change: fn(&mut ExpertSettings),
    look: impl FnOnce(&Experts<'_, Flex>) -> T,
) -> T {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = ExpertSettings {
        path: folder.path().join("experts"),
        count: 2,
        epochs: 3,
        batch: 8,
        ..ExpertSettings::default()
    };
    change(&mut settings);
    let task = task();
    let network =
        NetworkSettings::read(&"kind = \"two-layer\"\nwidth = 4".parse().unwrap()).unwrap();
    let template: Box<dyn AnyNetwork<Flex>> =
        network.template(task.interface(), &Default::default());
    let resident = Resident::new(&task, &Default::default());
    let augment = AugmentSettings::default();
    let experts = Experts::new(&settings, &augment, &network, &*template, &resident).unwrap();
    look(&experts)
}

fn flat(weights: &Weights<Flex>) -> Vec<f64> {
    let tensors = weights.tensors().iter();
    tensors
        .flat_map(|tensor| crate::numeric::host::numbers(tensor).unwrap())
        .collect()
}

#[test]
fn a_recording_reports_its_progress_and_is_made_once() {
    with_experts(
        |_| (),
        |experts| {
            assert_eq!(experts.missing().unwrap(), 8);
            let mut seen = Vec::new();
            experts
                .record(&mut || (), &mut |at| seen.push((at.expert, at.epoch)))
                .unwrap();
            assert_eq!(seen, [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]);
            assert_eq!(experts.missing().unwrap(), 0);
            experts
                .record(&mut || (), &mut |at| panic!("{at:?} was there"))
                .unwrap();
            // The weights of all epochs and experts differ.
            let mut all = Vec::new();
            for (expert, epoch) in [(0, 0), (0, 1), (0, 3), (1, 0), (1, 3)] {
                all.push(flat(&experts.weights(expert, epoch).unwrap()));
            }
            for (place, one) in all.iter().enumerate() {
                assert!(all[place + 1..].iter().all(|other| one != other));
            }
        },
    );
}

#[test]
fn an_interrupted_recording_ends_with_the_same_weights() {
    with_experts(
        |_| (),
        |experts| {
            experts.record(&mut || (), &mut |_| ()).unwrap();
            let end = |experts: &Experts<'_, Flex>| flat(&experts.weights(0, 3).unwrap());
            let whole = end(experts);
            for lost in [3, 2, 0] {
                fs::remove_file(experts.path(Place {
                    expert: 0,
                    epoch: lost,
                }))
                .unwrap();
                assert_eq!(experts.missing().unwrap(), 4 - lost);
                experts.record(&mut || (), &mut |_| ()).unwrap();
                assert_eq!(end(experts), whole);
            }
        },
    );
}

#[test]
fn a_second_process_waits_and_uses_the_files_of_the_first() {
    with_experts(
        |_| (),
        |experts| {
            let made = std::thread::scope(|scope| {
                let (begun, seen) = std::sync::mpsc::channel();
                let first = scope.spawn(move || {
                    let mut made = 0;
                    let mut watch = |_| {
                        made += 1;
                        let _ = begun.send(());
                    };
                    experts.record(&mut || (), &mut watch).unwrap();
                    made
                });
                seen.recv().unwrap();
                let mut made = 0;
                experts.record(&mut || (), &mut |_| made += 1).unwrap();
                (first.join().unwrap(), made)
            });
            assert_eq!(made, (6, 0));
        },
    );
}

#[test]
fn a_training_that_diverges_is_not_recorded() {
    let refused = with_experts(
        |settings| settings.learning_rate = 1e6,
        |experts| told(experts.record(&mut || (), &mut |_| ()).unwrap_err()),
    );
    assert!(
        refused.contains("objective.experts.learning_rate"),
        "{refused}"
    );
}

#[test]
fn another_version_is_refused() {
    with_experts(
        |_| (),
        |experts| {
            experts.record(&mut || (), &mut |_| ()).unwrap();
            let place = Place {
                expert: 0,
                epoch: 3,
            };
            let weights = experts.weights(0, 3).unwrap();
            let other = Identity {
                version: "0.0.1".to_owned(),
                ..experts.identity().clone()
            };
            file::save(&weights, &other, place, &experts.path(place)).unwrap();
            let refused = told(experts.missing().unwrap_err());
            assert!(refused.contains("0.0.1"), "{refused}");
            // A file under the name of another expert is refused.
            file::save(
                &weights,
                experts.identity(),
                Place {
                    expert: 1,
                    epoch: 3,
                },
                &experts.path(place),
            )
            .unwrap();
            let refused = told(experts.missing().unwrap_err());
            assert!(refused.contains("epoch 3 of expert 1"), "{refused}");
        },
    );
}
