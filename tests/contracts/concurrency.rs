//! Passes side by side: Burn keeps the graphs of all threads in one table, and every pass that ends looks
//! through it for what can be freed. What `retort_core::tape` promises is that nobody loses anything by it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use burn::tensor::Tensor;
use retort_core::kernel::Kernels;
use retort_core::objective::{Context, ObjectiveState};
use retort_core::seed::Seed;
use retort_core::tape::{Derivatives, Leaf};
use retort_core::task::Task;

use crate::numbers::{Checked, Single, numbers};
use crate::table::{networks, objectives};
use crate::{bench, tasks, unroll};

/// Rounds in all, in double precision and on the fast backend; in each one every piece of work is done once.
const ROUNDS: [usize; 2] = [500, 100];

/// The bits of numbers.
fn bits(values: impl IntoIterator<Item = Vec<f64>>) -> Vec<u64> {
    values.into_iter().flatten().map(f64::to_bits).collect()
}

/// What is computed, by name, bit for bit.
type Found = Vec<(String, Vec<u64>)>;

/// The loss and the gradients of every objective.
fn outer_gradients<B: Kernels>(context: &Context<'_, B>, task: &Task) -> Found {
    let mut rows = objectives();
    rows.retain(|row| row.suits(context.network));
    rows.dedup_by_key(|row| row.settings.kind());
    let rows = rows.iter();
    let found = rows.map(|row| {
        let objective = row.settings.objective::<B>().unwrap();
        let set = bench::set(task, &*objective);
        let outer =
            objective.outer_gradient(context, &set, ObjectiveState::default(), &Seed::new(2));
        let outer = outer.unwrap();
        let gradients = outer.gradients.values().map(numbers);
        (
            row.name.to_owned(),
            bits(gradients.chain([numbers(&outer.loss)])),
        )
    });
    found.collect()
}

/// Those, and the gradients of an unroll by the graph of all its steps.
fn signals_and_graph(context: &Context<'_, Checked>, task: &Task) -> Found {
    let problem = unroll::problem(task, 4, 0.9, 0.05, 4);
    let whole = unroll::whole(context.network, task, &problem);
    let mut found = outer_gradients(context, task);
    found.push(("graph of all steps".to_owned(), bits(whole)));
    found
}

/// Ends passes, one after the other.
fn sweep(until: &AtomicBool) {
    while !until.load(Ordering::Relaxed) {
        let leaf = Leaf::new(Tensor::<Checked, 1>::from_data([2.0], &Default::default()));
        let square = leaf.tracked().square();
        assert_eq!(numbers(&Derivatives::of(square).at(leaf, "two")), [4.0]);
    }
}

/// Takes all of it on four times as many lanes as there are cores, beside as many threads that sweep as there are
/// cores, and compares it with what one lane finds alone.
fn beside_one_another<B: Kernels>(rounds: usize, found: fn(&Context<'_, B>, &Task) -> Found) {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    // A network of matrices, and one of convolutions.
    let rows = networks()
        .into_iter()
        .filter(|row| !row.brief && row.smooth);
    let mut rows: Vec<_> = rows.collect();
    rows.dedup_by_key(|row| row.settings.kind());
    for row in &rows {
        let task = tasks::classification(row.inputs);
        bench::context::<B, _>(row, &task, 4, |context| {
            let alone = found(context, &task);
            let (round, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
            thread::scope(|scope| {
                let lane = || {
                    while round.fetch_add(1, Ordering::Relaxed) < rounds / rows.len() {
                        for (alone, beside) in alone.iter().zip(found(context, &task)) {
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

#[test]
fn passes_beside_one_another_have_the_bits_of_one_alone() {
    beside_one_another::<Checked>(ROUNDS[0], signals_and_graph);
}

/// The backend of the program, whose own operations go on several threads too.
#[test]
fn so_have_those_of_the_fast_backend() {
    beside_one_another::<Single>(ROUNDS[1], outer_gradients);
}
