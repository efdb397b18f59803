//! Rows that go through a network in chunks give what they give one by one.

use burn::tensor::Tensor;
use retort_core::inner::descent::Descent;
use retort_core::inner::features;
use retort_core::inner::gradient::{all_slots, chunks, plain};
use retort_core::inner::unroll::InnerProblem;
use retort_core::inner::{Loss, OptimiserKind, forward};
use retort_core::network::activation::Activation;
use retort_core::network::two_layer::TwoLayer;
use retort_core::network::{NetworkSettings, Weights};
use retort_core::numeric::total;
use retort_core::objective::{DistributionMatching, Objective, ObjectiveState};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::Part;
use retort_core::task::Rows;

use crate::bench;
use crate::numbers::{Double, normal_matrix, number, numbers, relative, weight_numbers};
use crate::table::NetworkRow;
use crate::tasks::{self, ROWS};
use crate::unroll::{agree, problem};

/// A network so wide that a few rows fill the cache, and go through it in chunks.
fn wide(width: usize) -> NetworkRow {
    NetworkRow {
        settings: NetworkSettings::TwoLayer(TwoLayer {
            width,
            activation: Activation::Tanh,
        }),
        inputs: InputShape::Vector(5),
        smooth: true,
        brief: false,
    }
}

#[test]
fn chunks_hold_all_rows_in_order_and_differ_by_one_at_most() {
    let row = wide(1 << 17);
    let task = tasks::regression(row.inputs);
    let network = row
        .settings
        .template::<Double>(task.interface(), &Default::default());
    for rows in 0..100 {
        let chunks = chunks(network.as_ref(), rows);
        let mut next = 0;
        for &(first, count) in &chunks {
            assert_eq!(first, next);
            next += count;
        }
        assert_eq!(next, rows);
        let lengths = || chunks.iter().map(|(_, count)| *count);
        let spread = lengths().max().unwrap_or(0) - lengths().min().unwrap_or(0);
        assert!(spread <= 1, "{rows} rows: {chunks:?}");
        assert!(
            lengths().all(|count| (1..=7).contains(&count)),
            "{chunks:?}"
        );
    }
}

#[test]
fn losses_gradients_features_and_outputs_are_those_of_single_rows() {
    let row = wide(1 << 17);
    for task in [
        tasks::regression(row.inputs),
        tasks::classification(row.inputs),
    ] {
        let network = row
            .settings
            .template::<Double>(task.interface(), &Default::default());
        let network = network.as_ref();
        let weights = network.fresh(&Seed::new(16));
        let rows = Rows::<Double>::upload(&task.train, network.device());
        let lengths: Vec<usize> = chunks(network, ROWS)
            .iter()
            .map(|(_, count)| *count)
            .collect();
        assert_eq!(lengths, [4, 5, 4, 5]);

        let of = |rows: &Rows<Double>| {
            let (inputs, targets) = (rows.inputs.clone(), rows.targets.clone());
            let loss = Loss::of(&task.target);
            plain(
                network,
                &weights,
                inputs,
                targets,
                loss,
                &all_slots(&weights),
            )
        };
        let single: Vec<Rows<Double>> = (0..ROWS).map(|row| rows.select(&[row])).collect();
        let share = 1.0 / ROWS as f64;
        let (mut loss, mut gradient) = (0.0, weights.zeros_like());
        let mut features: Option<Vec<f64>> = None;
        let mut outputs = Vec::new();
        for one in &single {
            let (value, derivative): (_, Weights<Double>) = of(one);
            loss += share * number(&value);
            gradient = gradient.add_scaled(&derivative, share);
            let seen = forward::plain(network, &weights, one.inputs.clone());
            outputs.extend(numbers(&seen.outputs));
            let seen = numbers(&seen.features)
                .into_iter()
                .map(|feature| share * feature);
            features = Some(match features {
                Some(sum) => sum.into_iter().zip(seen).map(|(a, b)| a + b).collect(),
                None => seen.collect(),
            });
        }
        let (value, derivative) = of(&rows);
        assert!((number(&value) - loss).abs() < 1e-12 * loss);
        let error = relative(&weight_numbers(&derivative), &weight_numbers(&gradient));
        assert!(error < 1e-12, "{error:e}");
        let found = features::rows(network, &weights, &rows.inputs).mean_dim(0);
        let found = numbers(&found);
        assert!(relative(&found, &features.unwrap()) < 1e-12);
        let found = forward::plain(network, &weights, rows.inputs.clone());
        assert!(relative(&numbers(&found.outputs), &outputs) < 1e-12);
    }
}

#[test]
fn points_that_go_through_in_chunks_give_the_same() {
    let row = wide(1 << 18);
    let task = tasks::regression(row.inputs);
    let network = row
        .settings
        .template::<Double>(task.interface(), &Default::default());
    let points = 5;
    assert_eq!(chunks(network.as_ref(), points), [(0, 2), (2, 3)]);
    for (recorded, optimiser, momentum) in [
        (usize::MAX, OptimiserKind::Sgd, 0.9),
        (0, OptimiserKind::Sgd, 0.9),
        (0, OptimiserKind::Adam, 0.999),
    ] {
        let seed = Seed::new(15);
        let problem = InnerProblem {
            descent: Descent {
                optimiser,
                momentum,
            },
            inputs: normal_matrix([points, task.inputs.len()], &seed.child("inputs")),
            targets: normal_matrix([points, task.target.len()], &seed.child("targets")),
            record_numbers: recorded,
            ..problem(&task, 3, 0.9, 0.05, 1)
        };
        agree(network.as_ref(), &task, &problem);
    }
}

#[test]
fn classes_match_as_they_do_one_by_one_however_many_go_in_a_pass() {
    let objective = DistributionMatching::default();
    for width in [8, 1 << 16, 1 << 18] {
        let row = wide(width);
        let task = tasks::classification(row.inputs);
        bench::context::<Double, _>(&row, &task, 0, |context| {
            let set = bench::set::<Double>(&task, &objective);
            let seed = Seed::new(16);
            let outer = objective
                .outer_gradient(context, &set, ObjectiveState::default(), &seed)
                .unwrap();
            let weights = context.network.fresh(&seed.child("network"));
            let mean = |inputs: &Tensor<Double, 2>| {
                features::rows(context.network, &weights, inputs).mean_dim(0)
            };
            let classes = context.training.by_class.len();
            let per_class = set.len() / classes;
            let apart = |class: usize| {
                let real = context
                    .training
                    .rows
                    .select(&context.training.by_class[class]);
                let points = set.inputs().narrow(0, class * per_class, per_class);
                number(&total::of((mean(&points) - mean(&real.inputs)).square()))
            };
            let expected: f64 = (0..classes).map(apart).sum();
            let found = number(&outer.loss);
            assert!(
                (found - expected).abs() < 1e-12 * expected,
                "{width}: {found} and {expected}"
            );
            assert_eq!(outer.gradients[&Part::Inputs].dims(), set.inputs().dims());
        });
    }
}
