//! A worker's leash: a process ends when the process that started it ends, however that happens.
//!
//! The parent holds the writing end of the child's standard input and writes nothing. When the parent
//! ends, the system closes that end, and the child sees the end of its input.

use std::io::{self, Read};
use std::process;
use std::thread;

/// Environment variable that is set if there is a leash.
pub const VARIABLE: &str = "RETORT_LEASH";

/// Whether another process holds this one's leash.
pub fn is_held() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// Ends this process as soon as the process that holds its leash has ended. Does nothing without a leash.
/// Files are written atomically, so the process may end at any moment.
pub fn follow() {
    if !is_held() {
        return;
    }
    thread::spawn(|| {
        let mut byte = [0];
        while io::stdin().read(&mut byte).is_ok_and(|count| count > 0) {}
        process::exit(1);
    });
}
