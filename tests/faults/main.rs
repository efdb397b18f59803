//! What the program does when things go wrong, seen from outside: kills, divergence, bad input.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_data;
mod bad_experts;
mod bad_run;
mod bad_set;
mod bad_settings;
mod class_points;
mod decorations;
mod disk;
mod divergence;
mod idx_files;
mod kill;
mod program;
mod progress;
#[cfg(unix)]
mod signals;
mod sources;
mod sweep;
mod usefulness;
#[path = "../wording.rs"]
mod wording;
mod words;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_retort-cpu");
