//! Signals that stop the program: SIGINT, which Ctrl-C sends, and SIGTERM.
//!
//! In the outer loop the first signal waits for the step in progress: its state is stored, and the run ends. A
//! second signal, or one at any other time, ends the program at once. Files are written atomically, so this may be
//! at any moment. Each time a line names the command that goes on, if there is one, and the exit code is 128 and
//! the signal's number: 130 or 143.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::distill::{Observer, Progress, State};

/// The signal that came, or 0.
static CAME: AtomicI32 = AtomicI32::new(0);

/// Whether the outer loop runs, which stores a state before it ends.
static IS_STORING: AtomicBool = AtomicBool::new(false);

/// The command that goes on with what is being done.
static GOES_ON: Mutex<Option<String>> = Mutex::new(None);

/// The end of a run by a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interrupted {
    /// The number of the signal.
    pub signal: i32,
    /// What was done, and the command that goes on.
    pub text: String,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Interrupted {}

impl Interrupted {
    /// The exit code.
    pub fn code(&self) -> u8 {
        u8::try_from(128 + self.signal).unwrap_or(1)
    }

    /// The end after `done`, such as `stopped after 3 of 7 steps`.
    pub fn after(done: impl fmt::Display) -> Self {
        Self {
            signal: CAME.load(Ordering::SeqCst),
            text: stopped(&done.to_string()),
        }
    }
}

/// Watches for signals from now on.
pub fn follow() {
    #[cfg(unix)]
    unix::follow();
}

/// From now on this command goes on with what is being done.
pub fn goes_on_with(words: &[&str]) {
    let words = shlex::try_join(words.iter().copied());
    let mut goes_on = GOES_ON.lock().unwrap_or_else(PoisonError::into_inner);
    *goes_on = words.ok();
}

/// Carries out the outer loop, which asks [`Stop`] after each step.
pub fn storing<T>(work: impl FnOnce() -> T) -> T {
    IS_STORING.store(true, Ordering::SeqCst);
    let done = work();
    IS_STORING.store(false, Ordering::SeqCst);
    done
}

/// The end if a signal came.
///
/// # Errors
/// [`Interrupted`] after `done`.
pub fn check(done: &str) -> Result<(), Interrupted> {
    match CAME.load(Ordering::SeqCst) {
        0 => Ok(()),
        _ => Err(Interrupted::after(done)),
    }
}

/// Observer that stops a run once a signal came.
#[derive(Debug)]
pub struct Stop;

impl<B: Backend> Observer<B> for Stop {
    fn stepped(&mut self, _progress: &Progress) -> Result<()> {
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        Ok(())
    }

    fn stops(&mut self) -> bool {
        CAME.load(Ordering::SeqCst) != 0
    }
}

fn stopped(done: &str) -> String {
    let goes_on = GOES_ON.lock().unwrap_or_else(PoisonError::into_inner);
    match goes_on.as_deref() {
        Some(command) => format!("{done}; to go on: {command}"),
        None => done.to_owned(),
    }
}

#[cfg(unix)]
mod unix {
    use std::sync::atomic::Ordering;
    use std::thread;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::exit;

    use super::{CAME, IS_STORING, stopped};
    use crate::console::note;

    pub fn follow() {
        // If signals cannot be watched, they end the program as they always do.
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
            return;
        };
        thread::spawn(move || {
            for signal in signals.forever() {
                let is_first = CAME.swap(signal, Ordering::SeqCst) == 0;
                if is_first && IS_STORING.load(Ordering::SeqCst) {
                    note("stopping after this step; another signal stops at once");
                    continue;
                }
                note(stopped("stopped"));
                exit(128 + signal);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_names_the_command_that_goes_on() {
        goes_on_with(&["retort-cpu", "distill", "--out", "my run", "--resume"]);
        let end = Interrupted {
            signal: 2,
            text: stopped("stopped after 1 of 2 steps"),
        };
        assert!(
            end.text
                .ends_with("retort-cpu distill --out 'my run' --resume"),
            "{end}"
        );
        assert_eq!(end.code(), 130);
        assert_eq!(check("done"), Ok(()));
    }
}
