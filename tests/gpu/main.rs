//! Contract tests on Burn's default device of wgpu, in single precision: derivatives against central
//! differences, and every objective's step against the reference backend. A software renderer will
//! do.
//!
//! The tests are those of `tests/contracts`; only what they are checked on differs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod precision;

mod commands;
mod scores;

#[path = "../contracts/bench.rs"]
mod bench;
#[path = "../contracts/differences.rs"]
mod differences;
#[path = "../contracts/numbers.rs"]
mod numbers;
#[path = "../faults/program.rs"]
#[allow(dead_code, reason = "shared with the tests of faults")]
mod program;
#[path = "../contracts/table.rs"]
mod table;
#[path = "../contracts/tasks.rs"]
mod tasks;
#[path = "../wording.rs"]
mod wording;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_retort-gpu");

#[path = "../contracts/backends.rs"]
mod backends;
#[path = "../contracts/feature_step.rs"]
mod feature_step;
#[path = "../contracts/gradients.rs"]
mod gradients;
#[path = "../contracts/kernels.rs"]
mod kernels;
#[path = "../contracts/products.rs"]
mod products;
#[path = "../contracts/second_order.rs"]
mod second_order;
#[path = "../contracts/unroll.rs"]
mod unroll;
