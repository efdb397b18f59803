//! Panics of foreign code that reads what users bring, as a value.
//!
//! A decoder that has a fault on some file ends that file's reading, and not the program.
//!
//! The first use puts a panic hook before the one that is there, which is quiet about these panics and hands on all
//! others. A program that installs a hook of its own does so when it starts.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread runs something whose panics are values.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// What the work returns, or none where it panics. It must run on the calling thread alone, and leave nothing
/// half done that is looked at again. Nothing of such a panic is printed.
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
