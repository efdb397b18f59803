//! A worker's leash: a process that another one began ends when that one does, however it ends.
//!
//! The other one holds the writing end of this one's standard input and writes nothing; the system
//! closes it with the process.

use std::io::{self, Read};
use std::process;
use std::thread;

/// The environment variable that says that there is a leash.
pub const VARIABLE: &str = "RETORT_LEASH";

/// Whether another process holds this one's leash.
pub fn is_held() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// Ends this process when the one that holds its leash has ended; does nothing where there is none.
/// Files are written atomically, so that it may end at any moment.
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
