//! Exit codes: 0 done, 1 the run failed or diverged (a disk that is full too), 2 bad input, 130 and 143 stopped by a
//! signal.

use std::io::ErrorKind;
use std::process::ExitCode;

use retort_core::Error;

use crate::console::note;
use crate::interrupt::Interrupted;

/// Prints the error, if there is one, and returns the program's exit code.
pub fn code(done: anyhow::Result<()>) -> ExitCode {
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    let number = number(&error);
    if error.is::<Interrupted>() {
        note(&error);
    } else if number != 0 {
        note(format_args!("error: {error}"));
    }
    ExitCode::from(number)
}

/// Turns an error of a run that has begun into one with exit code 1, even if its kind is bad input.
pub fn after_beginning(error: anyhow::Error) -> anyhow::Error {
    match number(&error) {
        2 => anyhow::anyhow!("{error}"),
        _ => error,
    }
}

fn number(error: &anyhow::Error) -> u8 {
    if let Some(end) = error.downcast_ref::<Interrupted>() {
        return end.code();
    }
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        // A reader that closed the pipe has seen enough: no error.
        return u8::from(error.kind() != ErrorKind::BrokenPipe);
    }
    match error.downcast_ref::<Error>() {
        Some(error) if error.is_bad_input() => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_bad_input_from_failure() {
        let unwritable = |kind| Error::write("a".as_ref(), std::io::Error::from(kind));
        let full = || unwritable(ErrorKind::StorageFull);
        let shut = || unwritable(ErrorKind::PermissionDenied);
        let setting = || Error::setting("task.dim", 0, "positive");
        let diverged = Error::Diverged {
            stage: 1,
            step: 2,
            what: "the loss is NaN".to_owned(),
            remedy: "lower distill.learning_rate".to_owned(),
        };
        assert_eq!(number(&setting().into()), 2);
        assert_eq!(number(&shut().into()), 2);
        assert_eq!(number(&full().into()), 1);
        assert_eq!(number(&diverged.into()), 1);
        let end = Interrupted {
            signal: 15,
            text: "stopped".to_owned(),
        };
        assert_eq!(number(&after_beginning(end.into())), 143);
        let gone = || std::io::Error::from(ErrorKind::BrokenPipe);
        assert_eq!(number(&gone().into()), 0);
        for error in [
            setting(),
            shut(),
            full(),
            Error::Mismatch("no artefact".to_owned()),
            Error::data("a".as_ref(), "is gone"),
        ] {
            let words = error.to_string();
            let after = after_beginning(error.into());
            assert_eq!((number(&after), after.to_string()), (1, words));
        }
        assert_eq!(number(&after_beginning(gone().into())), 0);
    }
}
