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
fn everything_but_the_gradient_is_bit_equal_afterwards() {
    for network in networks() {
        let task = tasks::classification(network.inputs);
        bench::context::<Double, _>(&network, &task, 4, |context| {
            let rows = objectives_for(&network);
            let mut watched = 0;
            for row in rows.iter().filter(|row| row.suits(context.network)) {
                let witness = Wrapped {
                    network: context.network,
                    start: Witness::default(),
                };
                let context = &Context {
                    network: &witness,
                    experts: Some(&bench::Walks(&witness)),
                    ..*context
                };
                let objective = row.settings.objective::<Double>().unwrap();
                let set = bench::set(&task, &*objective);
                let seed = Seed::new(1);
                let before = seed.child("earlier");
                let earlier = objective
                    .outer_gradient(context, &set, ObjectiveState::default(), &before)
                    .unwrap();
                let state = objective.after_step(context, &set, earlier.state, &before);
                let state = state.unwrap();
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
                let (state_before, set_before) = (kept(&state), parts());

                let outer = || {
                    let outer = objective
                        .outer_gradient(context, &set, state.clone(), &seed)
                        .unwrap();
                    let gradients: Vec<u64> = outer
                        .gradients
                        .values()
                        .flat_map(|t| bits(numbers(t)))
                        .collect();
                    (bits(numbers(&outer.loss)), gradients, kept(&outer.state))
                };
                let after = || {
                    let after = objective.after_step(context, &set, state.clone(), &seed);
                    kept(&after.unwrap())
                };
                let (first, second) = (outer(), outer());
                assert_eq!(after(), after(), "{} twice", row.name);
                assert_eq!(first, second, "{} twice", row.name);
                assert_ne!(first.1, vec![0; first.1.len()], "{}", row.name);
                let given = witness.start.0.lock().unwrap();
                watched += given.len();
                for (weights, before) in given.iter() {
                    assert_eq!(*before, bits(weight_numbers(weights)), "{}", row.name);
                }
                assert_eq!(state_before, kept(&state), "{}", row.name);
                assert_eq!(set_before, parts(), "{}", row.name);
            }
            assert!(watched > 0, "no objective asked {network:?} for weights");
        });
    }
}

#[test]
fn an_ageing_network_lives_as_long_as_it_is_told() {
    let network = &networks()[0];
    let task = tasks::classification(network.inputs);
    bench::context::<Double, _>(network, &task, 4, |context| {
        let ageing = objectives()
            .into_iter()
            .find(|row| row.name.ends_with("by class, ageing"))
            .unwrap();
        let objective = ageing.settings.objective::<Double>().unwrap();
        let set = bench::set(&task, &*objective);
        let mut state = ObjectiveState::default();
        let ages: Vec<Option<usize>> = (0..7)
            .map(|step| {
                let seed = Seed::new(0).indexed("step", step);
                let taken = std::mem::take(&mut state);
                state = objective
                    .outer_gradient(context, &set, taken, &seed)
                    .unwrap()
                    .state;
                state.clone().take_count("aged.0.age").unwrap()
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
