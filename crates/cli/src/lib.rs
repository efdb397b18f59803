//! What both Retort binaries share: everything but the name of a backend.
//!
//! ```text
//!   arguments      what was typed
//!   fault          devices that give up in the middle of the work
//!   presets        settings that come with the program
//!   auto           the number of points that a task's intrinsic dimension asks for
//!   document       a settings file
//!   program        which program computes, for processes and printed commands
//!   layers, plan   preset, file and --set become one checked Plan
//!   sweep, leash   many runs as processes side by side, which end with the one that began them
//!   run_directory  where a run lives: its files, who may write them, when they may be replaced
//!   watch          observers of the outer loop: metrics, checkpoints, previews, progress
//!   report         runs and sweeps as one page, text, table, object or picture
//!   decoration     sheets and the animation, which cost no step, set or score where they cannot be made
//!   animation      the previews as one animated picture
//!   busy           a line now and then of work that tells nothing of itself
//!   command        one file a command
//!   summary, table what a run ends with: for programs, and for people
//!   spread         what ± of a score is over: seeds, or the networks of one set
//! ```
//!
//! A binary names a backend, adds its own flags to a [`Command`], and calls [`run`]. Results go to
//! standard output and everything else to standard error; [`run`] gives the exit code: 0 done, 1 the
//! run failed or diverged (a disk that is full too), 2 bad input.

mod animation;
mod arguments;
mod auto;
mod bench;
mod busy;
mod command;
mod console;
mod decoration;
mod document;
mod exit;
mod fault;
mod format;
mod layers;
mod leash;
mod memory;
mod plan;
mod presets;
mod program;
mod report;
mod run_directory;
mod sheet;
mod spread;
mod stored;
mod summary;
mod sweep;
mod table;
mod watch;

#[cfg(test)]
#[path = "../../../tests/wording.rs"]
mod wording;

use std::process::ExitCode;

use burn::tensor::backend::Backend;
use retort_core::kernel::Kernels;

pub use arguments::Command;
pub use console::{note, result};
pub use exit::code as exit_code;
pub use fault::Fault;
pub use program::Program;

/// Where the program computes.
#[derive(Debug, Clone)]
pub struct Machine<B: Backend> {
    /// The device that holds every tensor.
    pub device: B::Device,
    /// Name of the backend, as summaries have it: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// Kind of device, as benchmarks have it: `cpu` or `gpu`.
    pub kind: &'static str,
    /// What has gone wrong with the device, if anything has: asked at every step that is seen, before
    /// anything is stored, and at the end.
    pub fault: fn() -> Option<Fault>,
}

/// Carries out a command on the machine that `open` gives; a command that needs none does not ask
/// for it. `program` says which program this is, for processes that it begins. Errors are written to
/// standard error.
pub fn run<B: Kernels>(
    command: &Command,
    program: &Program,
    open: impl FnOnce() -> anyhow::Result<Machine<B>>,
) -> ExitCode {
    leash::follow();
    let on = |work: &dyn Fn(&Machine<B>) -> anyhow::Result<()>| {
        let machine = busy::during("opening the device", open)?;
        fault::guarded(machine.fault, fault::ANY, || work(&machine))
    };
    let done = match command {
        Command::Distill(arguments) => on(&|machine| command::distill::run(machine, arguments)),
        Command::Evaluate(arguments) => on(&|machine| command::evaluate::run(machine, arguments)),
        Command::Budget(arguments) => on(&|machine| command::budget::run(machine, arguments)),
        Command::Sweep(arguments) => command::sweep::run(program, arguments),
        Command::Report(arguments) => command::report::run(arguments),
        Command::Inspect(arguments) => on(&|machine| command::inspect::run(machine, arguments)),
        Command::Presets(arguments) => command::presets::run(arguments),
        Command::Bench(arguments) => on(&|machine| command::bench::run(machine, arguments)),
    };
    exit::code(done)
}
