//! Work that tells nothing of itself: when it has been silent for some seconds a line on standard error says
//! what goes on, and for how long, and again later, ever more rarely.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::HumanDuration;

use crate::console::note;

/// Silence before the first line.
const FIRST: Duration = Duration::from_secs(3);
/// Least and most silence between two lines; in between it is as long as the work has gone on.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(60)];

/// Work that goes on for as long as this lives.
#[derive(Debug)]
pub struct Busy {
    shared: Arc<Shared>,
    teller: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    what: String,
    silence: Silence,
    is_over: bool,
}

/// When something was said of some work.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    /// The beginning of the work.
    since: Instant,
    /// The last time; at first the beginning.
    said: Instant,
}

/// Carries out work, of which is said what it is while it is silent.
pub fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let _busy = Busy::with(what);
    work()
}

impl Busy {
    /// Begins with such work.
    pub fn with(what: impl Into<String>) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                what: what.into(),
                silence: Silence::begun(),
                is_over: false,
            }),
            changed: Condvar::new(),
        });
        let told = Arc::clone(&shared);
        // Without a thread there are no lines, and the work goes on all the same.
        let teller = thread::Builder::new().spawn(move || told.tell());
        Self {
            shared,
            teller: teller.ok(),
        }
    }

    /// Goes on with other work, or the same in other words. Something else was said of it now.
    pub fn on_with(&self, what: impl Into<String>) {
        let mut state = self.shared.state();
        state.what = what.into();
        state.silence.broken();
    }

    /// Something else was said of the work: silence begins anew.
    pub fn told(&self) {
        self.shared.state().silence.broken();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.shared.state().is_over = true;
        self.shared.changed.notify_all();
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what goes on whenever it has been silent for too long, until it is over.
    fn tell(&self) {
        let mut state = self.state();
        while !state.is_over {
            let left = state.silence.left();
            if left.is_zero() {
                note(line(&state.what, state.silence.since.elapsed()));
                state.silence.broken();
                continue;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Silence {
    /// Of work that begins now.
    pub fn begun() -> Self {
        let since = Instant::now();
        Self { since, said: since }
    }

    /// Something is said now.
    pub fn broken(&mut self) {
        self.said = Instant::now();
    }

    /// How long it may still last; zero where something should be said.
    pub fn left(&self) -> Duration {
        patience(self.said - self.since).saturating_sub(self.said.elapsed())
    }
}

/// The silence that is borne when something was said last so long after the beginning.
fn patience(said: Duration) -> Duration {
    let [least, most] = PAUSES;
    match said {
        Duration::ZERO => FIRST,
        said => said.clamp(least, most),
    }
}

fn line(what: &str, elapsed: Duration) -> String {
    format!("{what}: {} so far", HumanDuration(elapsed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_after_seconds_and_then_ever_more_rarely() {
        let mut said = Duration::ZERO;
        let seconds: Vec<u64> = (0..8)
            .map(|_| {
                said += patience(said);
                said.as_secs()
            })
            .collect();
        assert_eq!(seconds, [3, 8, 16, 32, 64, 124, 184, 244]);
        let words = line("preparing the task", Duration::from_secs(64));
        assert_eq!(words, "preparing the task: 64 seconds so far");
    }

    #[test]
    fn short_work_waits_for_nothing() {
        let started = Instant::now();
        assert_eq!(during("adding", || 1 + 1), 2);
        assert!(started.elapsed() < FIRST);
    }
}
