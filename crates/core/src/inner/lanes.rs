//! Work that goes on side by side: one lane a core, and everything a lane starts stays in it.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread::{self, available_parallelism};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// What the function makes of every item, in the items' order, on as many lanes as there are cores.
///
/// A lane is a pool of one thread, so that a backend's own parallel operations run within the lane:
/// lanes do not wait for one another at every matrix product. In one common pool they could even
/// stop for ever: a backward pass holds its tape's lock while its products wait in the pool, and a
/// waiting pool thread would take up another backward pass, which waits for that lock.
pub(super) fn side_by_side<I: Copy + Sync, O: Send>(
    items: &[I],
    make: impl Fn(I) -> O + Sync,
) -> Vec<O> {
    let lanes = lanes();
    let per_lane = items.len().div_ceil(lanes.len().max(1)).max(1);
    let work = |items: &[I]| items.iter().map(|&item| make(item)).collect::<Vec<O>>();
    if lanes.is_empty() || items.len() <= 1 {
        return work(items);
    }
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = items
            .chunks(per_lane)
            .zip(lanes)
            .map(|(items, lane)| scope.spawn(move || lane.install(|| work(items))))
            .collect();
        let made = running.into_iter().map(|thread| thread.join());
        made.flat_map(|made| made.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// The lanes; none where the system gives no threads.
fn lanes() -> &'static [ThreadPool] {
    static LANES: OnceLock<Vec<ThreadPool>> = OnceLock::new();
    LANES.get_or_init(|| {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let lane = |_| ThreadPoolBuilder::new().num_threads(1).build().ok();
        (0..cores).map_while(lane).collect()
    })
}
