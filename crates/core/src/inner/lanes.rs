//! Work in parallel on lanes. There is one lane for each core, and everything that a lane starts stays in
//! it. A device that takes its work from one queue has no lanes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::kernel::Grain;

/// Calls `make` on every item in parallel, one lane for each core, and returns the results in the items'
/// order.
///
/// A lane is a pool of one thread, so that a backend's own parallel operations run within the lane, and
/// lanes do not wait for one another at every matrix product. One common pool could even deadlock: a
/// backward pass holds its tape's lock while its products wait in the pool, and a waiting pool thread would
/// start another backward pass, which waits for that lock. A call from within a lane runs in sequence.
pub fn side_by_side<I: Send, O: Send>(
    grain: Grain,
    items: Vec<I>,
    make: impl Fn(I) -> O + Sync,
) -> Vec<O> {
    let lanes = of(grain);
    if are_few(items.len(), lanes) || WITHIN.get() {
        return items.into_iter().map(make).collect();
    }
    let mut made: Vec<Option<O>> = items.iter().map(|_| None).collect();
    let per_lane = items.len().div_ceil(lanes.len());
    let mut items = items.into_iter();
    let shares = made.chunks_mut(per_lane).map(|made| {
        let share: Vec<I> = items.by_ref().take(per_lane).collect();
        (share, made)
    });
    start(lanes, &mut shares.collect(), &make);
    made.into_iter().flatten().collect()
}

/// Runs `count` pieces of work of different length in parallel: a lane takes the next piece as soon as it is
/// free. `done` receives the results on this thread and in order, each as soon as all before it are there. An
/// error of `done` ends the work: no further piece starts, and the results of running pieces are dropped.
///
/// The last `equal` pieces take about the same time. If a few of them remain after every lane has had an
/// equal share, they run at the end in sequence, each on all cores.
pub(crate) fn queued<O: Send, E>(
    grain: Grain,
    count: usize,
    equal: usize,
    make: impl Fn(usize) -> O + Sync,
    mut done: impl FnMut(usize, O) -> Result<(), E>,
) -> Result<(), E> {
    let lanes = of(grain);
    let over = equal.min(count) % lanes.len().max(1);
    let beside = match are_few(over, lanes) {
        true => count - over,
        false => count,
    };
    let beside = match are_few(beside, lanes) || WITHIN.get() {
        true => 0,
        false => beside,
    };
    let next = AtomicUsize::new(0);
    let work = |made: Sender<(usize, O)>| {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= beside || made.send((piece, make(piece))).is_err() {
                break;
            }
        }
    };
    let mut outcome = Ok(());
    if beside > 0 {
        let (sender, made) = mpsc::channel();
        let mut here = || {
            let (mut early, mut expected) = (BTreeMap::new(), 0);
            // The loop ends when every lane has dropped its sender.
            for (piece, made) in &made {
                early.insert(piece, made);
                while outcome.is_ok()
                    && let Some(made) = early.remove(&expected)
                {
                    outcome = done(expected, made);
                    expected += 1;
                }
                if outcome.is_err() {
                    next.fetch_max(beside, Ordering::Relaxed);
                }
            }
        };
        start_all(lanes, &mut vec![sender; lanes.len()], &work, &mut here);
    }
    outcome?;
    (beside..count).try_for_each(|piece| done(piece, make(piece)))
}

/// Number of lanes that a call from this thread would use.
#[cfg(test)]
pub(crate) fn count(grain: Grain) -> usize {
    if WITHIN.get() {
        return 1;
    }
    of(grain).len().max(1)
}

/// Whether there are so few items that they are faster in sequence, each on all cores.
fn are_few(items: usize, lanes: &[ThreadPool]) -> bool {
    lanes.len() < 2 || items < 2 || items * 2 <= lanes.len()
}

fn of(grain: Grain) -> &'static [ThreadPool] {
    if grain.side_by_side { lanes() } else { &[] }
}

thread_local! {
    /// Whether this thread is a lane that is working.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// A lane's items, and the slots for their results.
type LaneItems<'a, I, O> = (Vec<I>, &'a mut [Option<O>]);

/// Starts one share of the items in each lane, from the last to the first, and waits for all.
fn start<I: Send, O: Send>(
    lanes: &[ThreadPool],
    shares: &mut Vec<LaneItems<'_, I, O>>,
    make: &(impl Fn(I) -> O + Sync),
) {
    let Some(((lane, others), (items, made))) = lanes.split_last().zip(shares.pop()) else {
        return;
    };
    lane.in_place_scope(|scope| {
        scope.spawn(move |_| {
            WITHIN.set(true);
            for (item, made) in items.into_iter().zip(made) {
                *made = Some(make(item));
            }
            WITHIN.set(false);
        });
        start(others, shares, make);
    });
}

/// Starts `work` in every lane with one element of `with`, runs `here` on this thread, and waits for all.
fn start_all<I: Send>(
    lanes: &[ThreadPool],
    with: &mut Vec<I>,
    work: &(impl Fn(I) + Sync),
    here: &mut dyn FnMut(),
) {
    let Some(((lane, others), of_lane)) = lanes.split_last().zip(with.pop()) else {
        return here();
    };
    lane.in_place_scope(|scope| {
        scope.spawn(move |_| {
            WITHIN.set(true);
            work(of_lane);
            WITHIN.set(false);
        });
        start_all(others, with, work, here);
    });
}

/// All lanes; empty if the system gives no threads.
fn lanes() -> &'static [ThreadPool] {
    static LANES: OnceLock<Vec<ThreadPool>> = OnceLock::new();
    LANES.get_or_init(|| {
        // As many as rayon's common pool has threads: one for each core, or RAYON_NUM_THREADS.
        let cores = rayon::current_num_threads();
        let lane = |_| ThreadPoolBuilder::new().num_threads(1).build().ok();
        (0..cores).map_while(lane).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn queued_work_is_done_once_and_its_results_come_in_order() {
        for (count, equal) in [(0, 0), (1, 1), (2, 2), (5, 5), (24, 3), (25, 25)] {
            for grain in [Grain::CACHE, Grain::DEVICE] {
                let begun = Mutex::new(Vec::new());
                let mut seen = Vec::new();
                let make = |piece: usize| {
                    begun.lock().map(|mut begun| begun.push(piece)).ok();
                    // The first pieces take longest.
                    std::thread::sleep(std::time::Duration::from_millis((count - piece) as u64));
                    piece * piece
                };
                let ended = queued(grain, count, equal, make, |piece, made| {
                    seen.push((piece, made));
                    Ok::<(), ()>(())
                });
                assert_eq!(ended, Ok(()));
                let expected: Vec<_> = (0..count).map(|piece| (piece, piece * piece)).collect();
                assert_eq!(seen, expected);
                let begun = begun.into_inner().map(|mut begun| {
                    begun.sort_unstable();
                    begun
                });
                assert_eq!(begun.ok(), Some((0..count).collect()));
            }
        }
    }

    #[test]
    fn an_error_ends_the_queue() {
        for grain in [Grain::CACHE, Grain::DEVICE] {
            let begun = AtomicUsize::new(0);
            let mut seen = Vec::new();
            let make = |piece: usize| {
                begun.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(std::time::Duration::from_millis(1));
                piece
            };
            let ended = queued(grain, 1000, 1000, make, |piece, made| {
                seen.push(made);
                if piece == 3 { Err("enough") } else { Ok(()) }
            });
            assert_eq!(ended, Err("enough"));
            assert_eq!(seen, [0, 1, 2, 3]);
            assert!(begun.into_inner() < 900);
        }
    }

    #[test]
    fn a_call_within_a_lane_has_no_further_lanes() {
        let within = |_| (count(Grain::CACHE), std::thread::current().id());
        let mut found = Vec::new();
        let ended = queued(Grain::CACHE, 64, 64, within, |_, made| {
            found.push(made);
            Ok::<(), ()>(())
        });
        assert_eq!(ended, Ok(()));
        let here = std::thread::current().id();
        let lanes = lanes().len().max(1);
        for (below, thread) in found {
            assert_eq!(below, if thread == here { lanes } else { 1 });
        }
    }
}
