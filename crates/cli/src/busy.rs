//! Progress of work that prints nothing by itself. After some seconds of silence, a line on standard error
//! says what the program is doing and for how long. More lines follow at growing intervals.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::HumanDuration;

use crate::console::note;

/// Silence before the first line.
const FIRST: Duration = Duration::from_secs(3);
/// Shortest and longest silence between two lines. Between these bounds it equals the time since the work
/// began.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(60)];

/// Work that is in progress until this value is dropped.
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

/// Measures how long nothing has been printed about some work.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    /// Beginning of the work.
    since: Instant,
    /// Time of the last line; the beginning if there was none.
    said: Instant,
}

/// Carries out the work. `what` names it in the lines of progress.
pub fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let _busy = Busy::with(what);
    work()
}

impl Busy {
    /// Begins work with this name.
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
        // If no thread can be started, the work goes on without lines.
        let teller = thread::Builder::new().spawn(move || told.tell());
        Self {
            shared,
            teller: teller.ok(),
        }
    }

    /// Changes the name of the work. The caller has just printed something: the silence begins anew.
    pub fn on_with(&self, what: impl Into<String>) {
        let mut state = self.shared.state();
        state.what = what.into();
        state.silence.broken();
    }

    /// Records that the caller has just printed something: the silence begins anew.
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

    /// Prints a line whenever the silence has lasted too long, until the work is over.
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
    /// Silence of work that begins now.
    pub fn begun() -> Self {
        let since = Instant::now();
        Self { since, said: since }
    }

    /// Records that something is printed now.
    pub fn broken(&mut self) {
        self.said = Instant::now();
    }

    /// Time until the next line is due. Zero if it is due now.
    pub fn left(&self) -> Duration {
        patience(self.said - self.since).saturating_sub(self.said.elapsed())
    }
}

/// Allowed silence if the last line was printed this long after the beginning.
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
