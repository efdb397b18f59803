//! What both Retort binaries share: everything but the name of a backend.
//!
//! ```text
//!   arguments      what was typed
//!   presets        settings that come with the program
//!   layers, plan   preset, file and --set become one checked Plan
//!   run_directory  where a run lives: its files, who may write them, when they may be replaced
//!   watch          observers of the outer loop: metrics, checkpoints, progress
//!   command        one file a command
//!   summary, table what a run ends with: for programs, and for people
//! ```
//!
//! A binary names a backend, adds its own flags to [`Arguments`], and calls [`run`]. Results go to
//! standard output and everything else to standard error; [`run`] gives the exit code: 0 done, 1 the
//! run failed or diverged, 2 bad input.

mod arguments;
mod bench;
mod command;
mod console;
mod exit;
mod layers;
mod memory;
mod plan;
mod presets;
mod run_directory;
mod stored;
mod summary;
mod table;
mod watch;

use std::process::ExitCode;

use burn::tensor::backend::Backend;
use retort_core::kernel::Kernels;

pub use arguments::Arguments;
use arguments::Command;

/// Where the program computes.
#[derive(Debug, Clone)]
pub struct Machine<B: Backend> {
    /// The device that holds every tensor.
    pub device: B::Device,
    /// Name of the backend, as summaries have it: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// Kind of device, as benchmarks have it: `cpu` or `gpu`.
    pub kind: &'static str,
}

/// Carries out a command. Errors are written to standard error.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &Arguments) -> ExitCode {
    let done = match &arguments.command {
        Command::Distill(arguments) => command::distill::run(machine, arguments),
        Command::Evaluate(arguments) => command::evaluate::run(machine, arguments),
        Command::Inspect(arguments) => command::inspect::run(machine, arguments),
        Command::Presets(arguments) => command::presets::run(arguments),
        Command::Bench(arguments) => command::bench::run(machine, arguments),
    };
    exit::code(done)
}
