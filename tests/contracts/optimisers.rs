//! Optimisers against hand-written references, and training against a known minimum.

use retort_core::augment::NONE;
use retort_core::inner::descent::Descent;
use retort_core::inner::gradient::{all_slots, plain};
use retort_core::inner::optimiser::{Moments, Optimiser};
use retort_core::inner::train::{Training, train};
use retort_core::inner::unroll::{InnerProblem, hypergradient};
use retort_core::inner::{Loss, ridge};
use retort_core::inner::{OptimiserKind, Schedule};
use retort_core::network::mlp::Mlp;
use retort_core::network::{AnyNetwork, NetworkSettings};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::Rows;

use crate::numbers::{Double, normal_matrix, numbers, relative, tensor, weight_numbers};
use crate::table::networks;
use crate::tasks;

/// Ten steps down f(x) = x⁴/4 from 2, by the library's optimiser and by `reference`.
fn same_path(optimiser: &Optimiser, mut reference: impl FnMut(f64, f64) -> f64) {
    let mut x = tensor::<Double, 1>(&[2.0], [1]);
    let mut expected = 2.0;
    let mut moments: Option<Moments<Double, 1>> = None;
    for step in 1..=10 {
        let gradient = x.clone().powi_scalar(3);
        let (moved, next) = optimiser.step(0.05, x, gradient, moments);
        assert_eq!(next.time, step);
        (x, moments) = (moved, Some(next));
        expected = reference(expected, expected.powi(3));
        let found = numbers(&x)[0];
        // Burn keeps Adam's coefficients in single precision.
        assert!(
            (found - expected).abs() < 1e-5,
            "step {step}: {found}, {expected}"
        );
    }
}

#[test]
fn adam_takes_the_steps_of_its_paper() {
    let (mut first, mut second, mut time) = (0.0, 0.0, 0);
    same_path(&Optimiser::new(OptimiserKind::Adam, 0.9), |x, g| {
        time += 1;
        first = 0.9 * first + 0.1 * g;
        second = 0.999 * second + 0.001 * g * g;
        let mean = first / (1.0 - 0.9_f64.powi(time));
        let square: f64 = second / (1.0 - 0.999_f64.powi(time));
        x - 0.05 * mean / (square.sqrt() + 1e-8)
    });
}

#[test]
fn gradient_descent_takes_its_momentum_along() {
    for momentum in [0.0, 0.6] {
        let mut velocity = 0.0;
        same_path(&Optimiser::new(OptimiserKind::Sgd, momentum), |x, g| {
            velocity = momentum * velocity + g;
            x - 0.05 * velocity
        });
    }
}

fn training(optimiser: OptimiserKind, loss: Loss) -> Training<'static> {
    Training {
        augmentation: &NONE,
        steps: 12,
        batch: 100,
        optimiser,
        learning_rate: 0.1,
        schedule: Schedule::Constant,
        momentum: 0.0,
        weight_decay: 0.0,
        loss,
    }
}

#[test]
fn training_reaches_the_minimum_of_a_linear_problem() {
    let seed = Seed::new(40);
    let inputs = normal_matrix::<Double>([30, 3], &seed.child("inputs"));
    let targets = normal_matrix([30, 2], &seed.child("targets"));
    let rows = Rows {
        inputs: inputs.clone(),
        targets: targets.clone(),
    };
    // Without hidden layers the network is xW + b: the minimum is a ridge readout without penalty
    // on inputs with a column of ones.
    let ones = burn::Tensor::ones([30, 1], &Default::default());
    let minimum = ridge::fit(burn::Tensor::cat(vec![inputs, ones], 1), targets, 0.0).unwrap();
    let settings = NetworkSettings::Mlp(Mlp {
        depth: 0,
        ..Mlp::default()
    });
    let interface = retort_core::shape::Interface {
        inputs: InputShape::Vector(3),
        outputs: 2,
    };
    let network = settings.template::<Double>(interface, &Default::default());
    let start = network.fresh(&seed);
    for (optimiser, momentum, schedule, batch, bound) in [
        (OptimiserKind::Sgd, 0.9, Schedule::Constant, 100, 1e-6),
        (OptimiserKind::Adam, 0.9, Schedule::Cosine, 100, 1e-4),
        (OptimiserKind::Adam, 0.9, Schedule::Cosine, 10, 2e-2),
    ] {
        let training = Training {
            steps: 600,
            batch,
            momentum,
            schedule,
            ..training(optimiser, Loss::SquaredError)
        };
        let end = train(network.as_ref(), start.clone(), &rows, &training, &seed);
        // Layout: W row by row, then b: the rows of the readout.
        let error = relative(&weight_numbers(&end), &numbers(&minimum));
        assert!(error < bound, "{optimiser:?}, batch {batch}: {error:.1e}");
    }
}

#[test]
fn weight_decay_is_a_ridge_penalty() {
    let seed = Seed::new(41);
    let task = tasks::regression(InputShape::Vector(4));
    let rows = Rows::<Double>::upload(&task.train, &Default::default());
    let row = &networks()[0];
    let network = row
        .settings
        .template::<Double>(task.interface(), &Default::default());
    let start = network.fresh(&seed);
    let decayed = Training {
        steps: 1,
        weight_decay: 0.2,
        ..training(OptimiserKind::Sgd, Loss::SquaredError)
    };
    let plain = Training {
        weight_decay: 0.0,
        ..decayed
    };
    let run = |training| train(network.as_ref(), start.clone(), &rows, training, &seed);
    let expected = run(&plain).add_scaled(&start, -0.1 * 0.2);
    let (found, expected) = (weight_numbers(&run(&decayed)), weight_numbers(&expected));
    assert!(relative(&found, &expected) < 1e-12);
}

#[test]
fn the_unroll_takes_the_steps_of_plain_training() {
    for row in networks().into_iter().filter(|row| !row.brief) {
        let task = tasks::classification(row.inputs);
        let network = row
            .settings
            .template::<Double>(task.interface(), &Default::default());
        let network: &dyn AnyNetwork<Double> = network.as_ref();
        let rows = Rows::<Double>::upload(&task.train, network.device());
        let start = network.fresh(&Seed::new(42));
        for (optimiser, momentum) in [
            (OptimiserKind::Sgd, 0.0),
            (OptimiserKind::Sgd, 0.8),
            (OptimiserKind::Adam, 0.9),
        ] {
            let training = Training {
                momentum,
                ..training(optimiser, Loss::CrossEntropy)
            };
            let problem = InnerProblem {
                inputs: rows.inputs.clone(),
                targets: rows.targets.clone(),
                step_sizes: tensor(&[training.learning_rate], [1, 1]),
                descent: Descent {
                    optimiser,
                    momentum,
                },
                steps: training.steps,
                window: 0,
                parts: 1,
                loss: training.loss,
                augmentation: NONE.clone(),
                seed: Seed::new(0),
                record_numbers: usize::MAX,
            };
            let mut end = None;
            let _ = hypergradient(network, start.clone(), &problem, |weights| {
                end = Some(weights.clone());
                let (inputs, targets) = (rows.inputs.clone(), rows.targets.clone());
                plain(
                    network,
                    weights,
                    inputs,
                    targets,
                    problem.loss,
                    &all_slots(weights),
                )
            });
            let trained = train(network, start.clone(), &rows, &training, &Seed::new(0));
            let unrolled = weight_numbers(&end.unwrap());
            let error = relative(&unrolled, &weight_numbers(&trained));
            // Burn keeps Adam's coefficients in single precision.
            let bound = match optimiser {
                OptimiserKind::Sgd => 1e-12,
                OptimiserKind::Adam => 1e-5,
            };
            assert!(error < bound, "{row:?}: {error:.1e}");
        }
    }
}
