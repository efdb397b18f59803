//! Work that goes on side by side: one lane a core, and everything a lane starts stays in it. A
//! device that takes its work from one queue has no lanes.

use std::cell::Cell;
use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::kernel::Grain;

/// What the function makes of every item, in the items' order, on as many lanes as there are cores.
///
/// A lane is a pool of one thread, so that a backend's own parallel operations run within the lane:
/// lanes do not wait for one another at every matrix product. In one common pool they could even
/// stop for ever: a backward pass holds its tape's lock while its products wait in the pool, and a
/// waiting pool thread would take up another backward pass, which waits for that lock. What is
/// called within a lane has no lanes below it: it goes one by one.
pub(crate) fn side_by_side<I: Send, O: Send>(
    grain: Grain,
    items: Vec<I>,
    make: impl Fn(I) -> O + Sync,
) -> Vec<O> {
    let lanes = of(grain);
    // Few items on many cores: each has them all.
    let few = items.len() < 2 || items.len() * 2 <= lanes.len();
    if lanes.len() < 2 || few || WITHIN.get() {
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

/// How many lanes there are.
pub(crate) fn count(grain: Grain) -> usize {
    of(grain).len().max(1)
}

fn of(grain: Grain) -> &'static [ThreadPool] {
    if grain.side_by_side { lanes() } else { &[] }
}

thread_local! {
    /// Whether this thread is a lane at work.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// A lane's items, and where what is made of them goes.
type Share<'a, I, O> = (Vec<I>, &'a mut [Option<O>]);

/// Starts the last share in the last lane, the others in those before, and waits for all.
fn start<I: Send, O: Send>(
    lanes: &[ThreadPool],
    shares: &mut Vec<Share<'_, I, O>>,
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

/// The lanes; none where the system gives no threads.
fn lanes() -> &'static [ThreadPool] {
    static LANES: OnceLock<Vec<ThreadPool>> = OnceLock::new();
    LANES.get_or_init(|| {
        // As many as the common pool has: one a core, or what RAYON_NUM_THREADS says.
        let cores = rayon::current_num_threads();
        let lane = |_| ThreadPoolBuilder::new().num_threads(1).build().ok();
        (0..cores).map_while(lane).collect()
    })
}
