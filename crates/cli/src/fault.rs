//! Devices that give up in the middle of the work.
//!
//! A GPU's memory can run out, and its driver can fail. Burn's backends for GPUs work on threads of
//! their own, which panic then; the thread that waits for a result panics too, or is handed an error
//! that does not say why. A binary watches for the cause and tells it as a [`Fault`]; here it becomes an
//! ordinary error that says what to do.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use burn::tensor::backend::Backend;
use itertools::Itertools;
use retort_core::Error;
use retort_core::distill::{Observer, Progress, State};
use retort_core::run::Settings;

/// What has gone wrong with a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Its memory ran out; the words say how large the piece was that did not fit, or how much was
    /// held.
    OutOfMemory(String),
    /// Anything else, in the words of the backend.
    Failed(String),
}

/// What can be lowered whatever the command is.
pub const ANY: &str =
    "the network (network.width; --width of bench), the number of rows (distill.batch) or the data";

/// What can be lowered while experts are recorded.
pub const RECORDING: &str = "objective.experts.batch or network.width";

/// What can be lowered while a set is scored.
pub const EVALUATION: &str = "network.width, or evaluate.batch under evaluate.protocol = \"train\"";

/// What can be lowered in the outer loop of a run with these settings, so that it needs less memory.
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

/// What the work comes to. Where the device gave up it is an error that says why and which settings
/// to `lower`, even if the work ended; a panic for any other reason goes on.
///
/// # Errors
/// The work's own, or [`Error::OutOfMemory`] or [`Error::Device`].
pub fn guarded<T, E: From<Error> + CausedByDevice>(
    fault: fn() -> Option<Fault>,
    lower: &str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    // Nothing that the work has touched is looked at again: what counts is on the disk, whole.
    let done = catch_unwind(AssertUnwindSafe(work));
    match (done, fault()) {
        (Ok(Err(error)), _) if !error.may_be_of_device() => Err(error),
        // Whatever was computed on a device that has failed is not to be trusted, divergence included.
        (_, Some(Fault::Failed(what))) => Err(Error::Device(what).into()),
        (_, Some(Fault::OutOfMemory(what))) => {
            let lower = lower.to_owned();
            Err(Error::OutOfMemory { what, lower }.into())
        }
        (Ok(done), None) => done,
        (Err(panic), None) => resume_unwind(panic),
    }
}

/// Keeps a run from going on, and above all from storing anything, once its device has failed.
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

/// Errors that may be a device's.
pub trait CausedByDevice {
    /// Whether it may come of what a device computed, or did not.
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
