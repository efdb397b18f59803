//! The step-wise backward pass through an unroll against the graph of all its steps.

use retort_core::augment::NONE;
use retort_core::inner::descent::Descent;
use retort_core::inner::step_record::StepRecord;
use retort_core::inner::unroll::{InnerProblem, full_graph, hypergradient};
use retort_core::inner::{Loss, OptimiserKind, gradient};
use retort_core::network::AnyNetwork;
use retort_core::seed::Seed;
use retort_core::tape::{Derivatives, Leaf, Tape};
use retort_core::task::{Resident, Task};

use crate::numbers::{Checked, normal_matrix, number, numbers, relative, tensor};
use crate::precision::{DOUBLE, UNROLLS, same};
use crate::table::networks;
use crate::tasks;

const POINTS: usize = 4;

/// Checks the step-wise backward pass of a problem against the graph of all its steps.
pub fn agree(network: &dyn AnyNetwork<Checked>, task: &Task, problem: &InnerProblem<Checked>) {
    let real = Resident::<Checked>::new(task, network.device())
        .training
        .rows;
    let start = network.fresh(&Seed::new(3));
    let (loss, back) = hypergradient(network, start.clone(), problem, |weights| {
        gradient::plain(
            network,
            weights,
            real.inputs.clone(),
            real.targets.clone(),
            problem.loss,
            &gradient::all_slots(weights),
        )
    });
    let whole = whole(network, task, problem);
    let close = |ours: &[f64], theirs: &[f64], what: &str| {
        let error = relative(ours, theirs);
        let (steps, sizes, descent) = (problem.steps, problem.step_sizes.dims(), problem.descent);
        assert!(
            error < same(1e-9),
            "{what}: {error:.1e} for {steps} steps, sizes {sizes:?}, {descent:?}, window {}, {} parts",
            problem.window,
            problem.parts
        );
    };
    let ours = [&back.inputs, &back.targets, &back.step_sizes].map(numbers);
    close(&[number(&loss)], &whole[..1].concat(), "loss");
    for ((ours, theirs), what) in ours.iter().zip(&whole[1..]).zip(PARTS) {
        close(ours, theirs, what);
    }
}

const PARTS: [&str; 3] = ["inputs", "targets", "step sizes"];

/// The outer loss after a problem, and its derivatives with respect to [`PARTS`], by the graph of all steps.
pub fn whole(
    network: &dyn AnyNetwork<Checked>,
    task: &Task,
    problem: &InnerProblem<Checked>,
) -> Vec<Vec<f64>> {
    let real = Resident::<Checked>::new(task, network.device())
        .training
        .rows;
    let start = network.fresh(&Seed::new(3));
    let leaves =
        [&problem.inputs, &problem.targets, &problem.step_sizes].map(|of| Leaf::new(of.clone()));
    let [inputs, targets, step_sizes] = leaves.each_ref().map(Leaf::tracked);
    let on_tape = InnerProblem::<Tape<Checked>> {
        inputs,
        targets,
        step_sizes,
        descent: problem.descent,
        steps: problem.steps,
        window: problem.window,
        parts: problem.parts,
        loss: problem.loss,
        augmentation: problem.augmentation.clone(),
        seed: problem.seed.clone(),
        record_numbers: 0,
    };
    let loss = full_graph(network, &start, &on_tape, real.inputs, real.targets);
    let value = numbers(&loss.clone().inner());
    let derivatives = Derivatives::of(loss);
    let found =
        std::iter::zip(leaves, PARTS).map(|(leaf, what)| numbers(&derivatives.at(leaf, what)));
    std::iter::once(value).chain(found).collect()
}

#[test]
fn walking_back_equals_the_graph_of_all_steps() {
    for (place, row) in networks().into_iter().enumerate() {
        // How many steps are kept is no matter of the network's: one goes all ways.
        let steps: &[usize] = match (row.brief, place) {
            (true, _) => &[2],
            (false, 0) => UNROLLS[0],
            (false, _) => UNROLLS[1],
        };
        for task in [
            tasks::classification(row.inputs),
            tasks::regression(row.inputs),
        ]
        .iter()
        .take(if row.brief { 1 } else { 2 })
        {
            let network = row
                .settings
                .template::<Checked>(task.interface(), &Default::default());
            // The records of all steps, of some and of none.
            let record = StepRecord::floats(network.as_ref(), POINTS);
            let mut recorded = [64 * record, 2 * record, 0].into_iter().cycle();
            for &steps in steps {
                for (momentum, size) in [(0.0, 0.3), (0.9, 0.05)] {
                    for rows in [1, steps] {
                        let problem = InnerProblem {
                            record_numbers: recorded.next().unwrap(),
                            ..problem(task, steps, momentum, size, rows)
                        };
                        agree(network.as_ref(), task, &problem);
                    }
                }
            }
        }
    }
}

#[test]
fn windows_parts_and_adam_are_walked_back_like_the_graph() {
    for row in networks().into_iter().filter(|row| !row.brief) {
        let task = tasks::classification(row.inputs);
        let network = row
            .settings
            .template::<Checked>(task.interface(), &Default::default());
        // The records of all steps, of some and of none.
        let record = StepRecord::floats(network.as_ref(), POINTS);
        let mut recorded = [0, 2 * record, 64 * record].into_iter().cycle();
        for (optimiser, momentum, size) in [
            (OptimiserKind::Sgd, 0.9, 0.05),
            (OptimiserKind::Adam, 0.9, 0.01),
            (OptimiserKind::Adam, 0.0, 0.01),
            (OptimiserKind::Adam, 0.999, 0.01),
        ]
        .into_iter()
        .filter(|(optimiser, ..)| DOUBLE || *optimiser == OptimiserKind::Sgd)
        {
            for (window, parts) in [(6, 2), (3, 1), (2, 4)] {
                let descent = Descent {
                    optimiser,
                    momentum,
                };
                let problem = InnerProblem {
                    descent,
                    window,
                    parts,
                    record_numbers: recorded.next().unwrap(),
                    ..problem(&task, 6, momentum, size, 6)
                };
                agree(network.as_ref(), &task, &problem);
            }
        }
    }
}

/// Points, and `rows` step sizes that begin with that one and grow.
pub fn problem(
    task: &Task,
    steps: usize,
    momentum: f64,
    size: f64,
    rows: usize,
) -> InnerProblem<Checked> {
    let seed = Seed::new(8);
    let targets = normal_matrix([POINTS, task.target.len()], &seed.child("targets"));
    let loss = Loss::of(&task.target);
    let sizes: Vec<f64> = (0..rows).map(|t| size * (1.0 + 0.01 * t as f64)).collect();
    InnerProblem {
        inputs: normal_matrix([POINTS, task.inputs.len()], &seed.child("inputs")),
        targets: match loss {
            Loss::CrossEntropy => targets.abs(),
            Loss::SquaredError => targets,
        },
        step_sizes: tensor(&sizes, [rows, 1]),
        descent: Descent {
            optimiser: OptimiserKind::Sgd,
            momentum,
        },
        steps,
        window: steps,
        parts: 1,
        loss,
        augmentation: NONE.clone(),
        seed: Seed::new(0),
        record_numbers: 0,
    }
}
