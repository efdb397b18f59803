//! What the binaries share: everything but the name of a backend.
//!
//! A room a line, lowest first. Each imports only from rooms that stand before it.
//!
//! ```text
//!   console        lines for people and results for programs
//!   format         what a report is written as
//!   fault          devices that give up in the middle of the work
//!   machine        where the program computes
//!   layers         preset, file and --set, one over the other
//!   leash          processes of a sweep, which end with the one that began them
//!   presets        settings that come with the program
//!   program        which program computes, for processes and printed commands
//!   memory         the most memory that the process has held
//!   sheet          points as a sheet of pictures
//!   spread         what ± of a score is over: seeds, or the networks of one set
//!   exit           exit codes
//!   busy           a line now and then while work is silent
//!   animation      the previews as one animated picture
//!   document       a settings file
//!   bench          what the benchmark times
//!   auto           the number of points that a task's intrinsic dimension asks for
//!   arguments      what was typed
//!   plan           preset, file and --set as one checked Plan
//!   run_directory  where a run lives: its files, who may write them, when they may be replaced
//!   summary        what a run ends with, as a file
//!   stored         a stored set, named by its run or its file
//!   table          what a run ends with, for people
//!   decoration     sheets and the animation; a run does without them where they cannot be made
//!   watch          observers of the outer loop: metrics, checkpoints, previews, progress
//!   sweep          many runs as processes side by side, and the law that they may be made for
//!   report         runs and sweeps as one page, text, table, object or picture
//!   command        one file a command
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
mod machine;
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

use retort_core::kernel::Kernels;

pub use arguments::Command;
pub use console::{note, result};
pub use exit::code as exit_code;
pub use fault::Fault;
pub use machine::Machine;
pub use program::Program;

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
