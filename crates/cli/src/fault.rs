//! Failures of the device in the middle of the work.
//!
//! A GPU can run out of memory, and its driver can fail. Burn's GPU backends work on their own threads,
//! which then panic. The thread that waits for a result panics too, or receives an error without the
//! cause. A binary watches for the cause and reports it as a [`Fault`]. This file turns that into an
//! ordinary error that says what to do.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use burn::tensor::backend::Backend;
use itertools::Itertools;
use retort_core::Error;
use retort_core::distill::{Observer, Progress, State};
use retort_core::run::Settings;

/// A failure of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The device's memory ran out. The text says how large the allocation was that did not fit, or how
    /// much memory was held.
    OutOfMemory(String),
    /// Any other failure, in the backend's words.
    Failed(String),
}

/// Settings to lower in any command.
pub const ANY: &str =
    "the network (network.width; --width of bench), the number of rows (distill.batch) or the data";

/// Settings to lower while experts are recorded.
pub const RECORDING: &str = "objective.experts.batch or network.width";

/// Settings to lower while a set is scored.
pub const EVALUATION: &str = "network.width, or evaluate.batch under evaluate.protocol = \"train\"";

/// Names the settings to lower so that the outer loop of this run needs less memory.
pub fn remedy(settings: &Settings) -> String {
    let stages = settings.objective.iter();
    let names = stages.flat_map(|stage| stage.method().memory_settings());
    let of_stages: String = names
        .unique()
        .map(|name| format!("objective.{name}, "))
        .collect();
    format!(
        "{of_stages}distill.batch (0 is all rows), synthetic.points or synthetic.per_class, network.width, \
         or the number of the task's rows"
    )
}

/// Runs the work and returns its result. If the device failed, returns an error that gives the cause and
/// the settings to `lower`, even if the work finished. Any other panic is passed on.
///
/// # Errors
/// Those of the work, [`Error::OutOfMemory`] or [`Error::Device`].
pub fn guarded<T, E: From<Error> + CausedByDevice>(
    fault: fn() -> Option<Fault>,
    lower: &str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    // Unwind safety: after a panic, nothing that the work changed in memory is read again. Files on the disk
    // are always complete.
    let done = catch_unwind(AssertUnwindSafe(work));
    match (done, fault()) {
        (Ok(Err(error)), _) if !error.may_be_of_device() => Err(error),
        // No result of a failed device can be trusted, divergence included.
        (_, Some(Fault::Failed(what))) => Err(Error::Device(what).into()),
        (_, Some(Fault::OutOfMemory(what))) => {
            let lower = lower.to_owned();
            Err(Error::OutOfMemory { what, lower }.into())
        }
        (Ok(done), None) => done,
        (Err(panic), None) => resume_unwind(panic),
    }
}

/// Observer that stops a run once its device has failed, before the run stores anything.
pub struct Health(pub fn() -> Option<Fault>);

impl Health {
    fn check(&self) -> Result<(), Error> {
        match (self.0)() {
            Some(Fault::OutOfMemory(what) | Fault::Failed(what)) => Err(Error::Device(what)),
            None => Ok(()),
        }
    }
}

impl<B: Backend> Observer<B> for Health {
    fn stepped(&mut self, _progress: &Progress) -> Result<(), Error> {
        self.check()
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<(), Error> {
        self.check()
    }

    fn preview(&mut self, _done: usize, _state: &State<B>) -> Result<(), Error> {
        self.check()
    }
}

/// Errors that a device may have caused.
pub trait CausedByDevice {
    /// Whether a failed device may have caused this error.
    fn may_be_of_device(&self) -> bool;
}

impl CausedByDevice for Error {
    fn may_be_of_device(&self) -> bool {
        !self.is_bad_input() && !matches!(self, Self::OutOfMemory { .. } | Self::Write { .. })
    }
}

impl CausedByDevice for anyhow::Error {
    fn may_be_of_device(&self) -> bool {
        self.downcast_ref::<Error>()
            .is_some_and(CausedByDevice::may_be_of_device)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::wording::told;

    fn full() -> Option<Fault> {
        Some(Fault::OutOfMemory("no room for 5 MiB more".to_owned()))
    }

    #[test]
    fn a_device_that_gave_up_is_an_error_that_says_what_to_lower() {
        let unread = || Err(Error::Device("lost".to_owned()));
        for work in [unread, || panic!("channel closed")] as [fn() -> Result<(), Error>; 2] {
            let error = guarded(full, "distill.batch", work).unwrap_err();
            assert!(matches!(&error, Error::OutOfMemory { lower, .. } if lower == "distill.batch"));
            assert!(!error.is_bad_input());
            told(error);
        }
        let diverged = || {
            Err::<(), _>(Error::Diverged {
                stage: 1,
                step: 2,
                what: "the loss is NaN".to_owned(),
                remedy: "lower distill.learning_rate".to_owned(),
            })
        };
        let error = guarded(full, ANY, diverged).unwrap_err();
        assert!(matches!(error, Error::OutOfMemory { .. }));
        let error = guarded(|| None, ANY, unread).unwrap_err();
        assert!(matches!(error, Error::Device(_)));
    }

    #[test]
    fn other_errors_and_panics_stay_what_they_are() {
        let error = guarded(full, ANY, || Ok::<_, Error>(3)).unwrap_err();
        assert!(matches!(error, Error::OutOfMemory { .. }));
        let error = guarded(full, ANY, || Err::<(), _>(Error::setting("seed", 1, "no")));
        assert!(error.unwrap_err().is_bad_input());
        let panics = || guarded(|| None, ANY, || -> Result<(), Error> { panic!("a bug") });
        assert!(catch_unwind(panics).is_err());
    }
}
