//! Objectives leave networks, memories and sets as they are, and say the same thing twice.

use std::sync::Mutex;

use retort_core::network::{AnyNetwork, Weights};
use retort_core::objective::{Context, ObjectiveState, Value};
use retort_core::seed::Seed;

use crate::bench;
use crate::numbers::{Double, numbers, weight_numbers};
use crate::table::{networks, objectives, objectives_for};
use crate::tasks;
use crate::wrapped::{Start, Wrapped};

fn bits(values: Vec<f64>) -> Vec<u64> {
    values.into_iter().map(f64::to_bits).collect()
}

/// Keeps the weights that a network gives away, with the bits they had.
#[derive(Debug, Default)]
struct Witness(Mutex<Vec<(Weights<Double>, Vec<u64>)>>);

impl Start for Witness {
    fn fresh(&self, network: &dyn AnyNetwork<Double>, seed: &Seed) -> Weights<Double> {
        let weights = network.fresh(seed);
        let before = bits(weight_numbers(&weights));
        self.0.lock().unwrap().push((weights.clone(), before));
        weights
    }
}

#[test]
fn everything_but_the_signal_is_bit_equal_afterwards() {
    for network in networks() {
        let task = tasks::classification(network.inputs);
        bench::scene::<Double, _>(&network, &task, 4, |scene| {
            let rows = objectives_for(&network);
            for row in rows.iter().filter(|row| row.suits(scene.network)) {
                let witness = Wrapped {
                    network: scene.network,
                    start: Witness::default(),
                };
                let scene = &Context {
                    network: &witness,
                    experts: Some(&bench::Walks(&witness)),
                    ..*scene
                };
                let objective = row.settings.objective::<Double>().unwrap();
                let set = bench::set(&task, &*objective);
                let seed = Seed::new(1);
                let before = seed.child("earlier");
                let earlier = objective
                    .outer_gradient(scene, &set, ObjectiveState::default(), &before)
                    .unwrap();
                let memory = objective.after_step(scene, &set, earlier.state, &before);
                let memory = memory.unwrap();
                let kept = |state: &ObjectiveState<Double>| {
                    let values = state.iter().map(|(name, value)| {
                        let bits = match value {
                            Value::Vector(tensor) => bits(numbers(tensor)),
                            Value::Matrix(tensor) | Value::Derived(tensor) => bits(numbers(tensor)),
                            Value::Double(matrix) => bits(matrix.iter().copied().collect()),
                            Value::Count(count) => vec![*count as u64],
                        };
                        (name.to_owned(), bits)
                    });
                    values.collect::<Vec<_>>()
                };
                let parts = || -> Vec<u64> {
                    set.parts()
                        .values()
                        .flat_map(|t| bits(numbers(t)))
                        .collect()
                };
                let (memory_before, set_before) = (kept(&memory), parts());

                let signal = || {
                    let signal = objective
                        .outer_gradient(scene, &set, memory.clone(), &seed)
                        .unwrap();
                    let gradients: Vec<u64> = signal
                        .gradients
                        .values()
                        .flat_map(|t| bits(numbers(t)))
                        .collect();
                    (bits(numbers(&signal.loss)), gradients, kept(&signal.state))
                };
                let after = || {
                    let after = objective.after_step(scene, &set, memory.clone(), &seed);
                    kept(&after.unwrap())
                };
                let (first, second) = (signal(), signal());
                assert_eq!(after(), after(), "{} twice", row.name);
                assert_eq!(first, second, "{} twice", row.name);
                assert_ne!(first.1, vec![0; first.1.len()], "{}", row.name);
                // Every objective got weights: fresh ones, or those of the ageing network.
                let given = witness.start.0.lock().unwrap();
                assert!(!given.is_empty() || !memory.is_empty(), "{}", row.name);
                for (weights, before) in given.iter() {
                    assert_eq!(*before, bits(weight_numbers(weights)), "{}", row.name);
                }
                assert_eq!(memory_before, kept(&memory), "{}", row.name);
                assert_eq!(set_before, parts(), "{}", row.name);
            }
        });
    }
}

#[test]
fn an_ageing_network_lives_as_long_as_it_is_told() {
    let network = &networks()[0];
    let task = tasks::classification(network.inputs);
    bench::scene::<Double, _>(network, &task, 4, |scene| {
        let ageing = objectives()
            .into_iter()
            .find(|row| row.name.ends_with("by class, ageing"))
            .unwrap();
        let objective = ageing.settings.objective::<Double>().unwrap();
        let set = bench::set(&task, &*objective);
        let mut memory = ObjectiveState::default();
        let ages: Vec<Option<usize>> = (0..7)
            .map(|step| {
                let seed = Seed::new(0).indexed("step", step);
                let taken = std::mem::take(&mut memory);
                memory = objective
                    .outer_gradient(scene, &set, taken, &seed)
                    .unwrap()
                    .state;
                memory.clone().take_count("aged.0.age").unwrap()
            })
            .collect();
        // Its life is three steps: at the end of the third it is forgotten.
        let once = [Some(1), Some(2), None];
        assert_eq!(
            ages,
            [once, once]
                .concat()
                .into_iter()
                .chain([Some(1)])
                .collect::<Vec<_>>()
        );
    });
}
