//! Passes side by side: Burn keeps the graphs of all threads in one table, and every pass that ends looks
//! through it for what can be freed. What `retort_core::tape` promises is that nobody loses anything by it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use burn::tensor::Tensor;
use retort_core::objective::{Memory, Scene};
use retort_core::seed::Seed;
use retort_core::tape::{Leaf, Slopes};
use retort_core::task::Task;

use crate::numbers::{Checked, numbers};
use crate::table::{networks, objectives};
use crate::{bench, tasks, unroll};

/// Rounds in all; in each one every piece of work is done once.
const ROUNDS: usize = 500;

/// The bits of numbers.
fn bits(values: impl IntoIterator<Item = Vec<f64>>) -> Vec<u64> {
    values.into_iter().flatten().map(f64::to_bits).collect()
}

/// The loss and the gradients of every objective, and those of an unroll by the graph of all its steps.
fn everything(scene: &Scene<'_, Checked>, task: &Task) -> Vec<(String, Vec<u64>)> {
    let mut rows = objectives();
    rows.retain(|row| row.suits(scene.network));
    rows.dedup_by_key(|row| row.settings.kind());
    let rows = rows.iter();
    let of_objectives = rows.map(|row| {
        let objective = row.settings.objective::<Checked>();
        let set = bench::set(task, objective);
        let signal = objective.signal(scene, &set, Memory::default(), &Seed::new(2));
        let signal = signal.unwrap();
        let gradients = signal.gradients.values().map(numbers);
        (
            row.name.to_owned(),
            bits(gradients.chain([numbers(&signal.loss)])),
        )
    });
    let lesson = unroll::lesson(task, 4, 0.9, 0.05, 4);
    let whole = unroll::whole(scene.network, task, &lesson);
    of_objectives
        .chain([("graph of all steps".to_owned(), bits(whole))])
        .collect()
}

/// Ends passes, one after the other.
fn sweep(until: &AtomicBool) {
    while !until.load(Ordering::Relaxed) {
        let leaf = Leaf::new(Tensor::<Checked, 1>::from_data([2.0], &Default::default()));
        let square = leaf.tracked().square();
        assert_eq!(numbers(&Slopes::of(square).at(leaf, "two")), [4.0]);
    }
}

#[test]
fn passes_beside_one_another_have_the_bits_of_one_alone() {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    // A network of matrices, and one of convolutions.
    let rows = networks()
        .into_iter()
        .filter(|row| !row.brief && row.smooth);
    let mut rows: Vec<_> = rows.collect();
    rows.dedup_by_key(|row| row.settings.kind());
    for row in &rows {
        let task = tasks::classification(row.inputs);
        bench::scene::<Checked, _>(row, &task, 4, |scene| {
            let alone = everything(scene, &task);
            let (round, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
            thread::scope(|scope| {
                let lane = || {
                    while round.fetch_add(1, Ordering::Relaxed) < ROUNDS / rows.len() {
                        for (alone, beside) in alone.iter().zip(everything(scene, &task)) {
                            // Not the numbers: there are hundreds.
                            let what = (row.settings.kind(), &alone.0);
                            assert!(*alone == beside, "{what:?} has other bits than alone");
                        }
                    }
                };
                let lanes: Vec<_> = (0..4 * cores).map(|_| scope.spawn(lane)).collect();
                (0..cores).for_each(|_| drop(scope.spawn(|| sweep(&ended))));
                let done: Vec<_> = lanes.into_iter().map(|lane| lane.join()).collect();
                ended.store(true, Ordering::Relaxed);
                assert!(done.iter().all(Result::is_ok));
            });
        });
    }
}
