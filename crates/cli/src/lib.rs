//! The code that all binaries share: everything except the choice of a backend.
//!
//! One room per line, lowest first. Each room imports only from rooms listed before it.
//!
//! ```text
//!   console        lines for people and results for programs
//!   format         file formats of a report
//!   fault          failures of the device in the middle of the work
//!   machine        the device and backend that compute
//!   layers         preset, file and --set, merged in this order
//!   interrupt      signals that stop the program
//!   leash          ends the processes of a sweep when the sweep ends
//!   presets        settings that come with the program
//!   program        name and arguments of the program, for processes and printed commands
//!   memory         peak memory of the process
//!   aligned        rows of cells as aligned text
//!   class_counts   numbers of points and rows of the classes, for people
//!   sheet          points as a sheet of pictures
//!   spread         what the ± of a score is over: seeds, or the networks of one set
//!   exit           exit codes
//!   busy           occasional lines of progress during silent work
//!   export         a set in the formats of other programs
//!   animation      the previews as one animated picture
//!   document       a settings file
//!   bench          the benchmark's cases and timing
//!   auto           number of points estimated from a task's intrinsic dimension
//!   arguments      the command line
//!   source         what SOURCE names: a preset, a settings file, a run or data
//!   plan           preset, file and --set as one checked Plan
//!   choice         settings that are chosen for data
//!   inspection     what a load found in the data, for people
//!   fresh          the plan of a run that begins
//!   run_directory  a run's directory: its files, who may write them, when they may be replaced
//!   summary        results of a finished run, as a file
//!   stored         a stored set, named by its run or its file
//!   worth          whether distilling was worth it
//!   table          results of a finished run, for people
//!   decoration     sheets and the animation, which a run can do without
//!   watch          observers of the outer loop: metrics, checkpoints, previews, progress
//!   distillation   a run that has begun, to its end
//!   sweep          many runs as processes side by side, and the law they may be made for
//!   report         runs and sweeps as one page, text, table, object or picture
//!   command        one file per command
//! ```
//!
//! A binary chooses a backend, adds its own flags to a [`Command`], and calls [`run`]. Results go to
//! standard output, everything else to standard error. [`run`] returns the exit code: 0 done, 1 the
//! run failed or diverged (a full disk too), 2 bad input.

mod aligned;
mod animation;
mod arguments;
mod auto;
mod bench;
mod busy;
mod choice;
mod class_counts;
mod command;
mod console;
mod decoration;
mod distillation;
mod document;
mod exit;
mod export;
mod fault;
mod format;
mod fresh;
mod inspection;
mod interrupt;
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
mod source;
mod spread;
mod stored;
mod summary;
mod sweep;
mod table;
mod watch;
mod worth;

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

/// Carries out a command. `open` opens the machine; it is called only for commands that compute.
/// `program` describes this program, for the processes that a sweep starts. Errors are written to
/// standard error.
pub fn run<B: Kernels>(
    command: &Command,
    program: &Program,
    open: impl FnOnce() -> anyhow::Result<Machine<B>>,
) -> ExitCode {
    leash::follow();
    interrupt::follow();
    let on = |work: &dyn Fn(&Machine<B>) -> anyhow::Result<()>| {
        let machine = busy::during("opening the device", open)?;
        fault::guarded(machine.fault, fault::ANY, || work(&machine))
    };
    let done = match command {
        Command::Distill(arguments) => on(&|machine| command::distill::run(machine, arguments)),
        Command::Evaluate(arguments) => on(&|machine| command::evaluate::run(machine, arguments)),
        Command::Export(arguments) => on(&|machine| command::export::run(machine, arguments)),
        Command::Budget(arguments) => on(&|machine| command::budget::run(machine, arguments)),
        Command::Sweep(arguments) => command::sweep::run(program, arguments),
        Command::Report(arguments) => command::report::run(arguments),
        Command::Inspect(arguments) => on(&|machine| command::inspect::run(machine, arguments)),
        Command::Presets(arguments) => command::presets::run(arguments),
        Command::Bench(arguments) => on(&|machine| command::bench::run(machine, arguments)),
    };
    exit::code(done)
}
