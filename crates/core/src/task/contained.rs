//! Turns panics of third-party code that reads users' files into a value.
//!
//! If a decoder panics on a file, reading that file fails, but the program goes on.
//!
//! The first use installs a panic hook in front of the present hook. It prints nothing for these panics and
//! passes all others on. A program with its own panic hook must install it at its start.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread runs work whose panics become values.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Returns the result of the work, or `None` if it panics. The work must run on the calling thread only, and
/// must leave nothing half done that is used later. Such a panic prints nothing.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let show = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !CONTAINED.get() {
                show(panic);
            }
        }));
    });
    let before = CONTAINED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(before);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_none_and_ends_nothing() {
        assert_eq!(contained(|| 3), Some(3));
        assert_eq!(contained(|| -> u8 { panic!("on purpose") }), None);
        let nested = contained(|| (contained(|| -> u8 { panic!("on purpose") }), 4));
        assert_eq!(nested, Some((None, 4)));
        assert!(!CONTAINED.get());
    }
}
