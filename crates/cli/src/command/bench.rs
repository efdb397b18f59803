//! `bench`: times fixed pieces of work.

use retort_core::kernel::Kernels;
use serde::Serialize;

use crate::Machine;
use crate::arguments::BenchArguments;
use crate::bench::{CASES, Times, time};
use crate::console::{note, result};
use crate::memory::peak_bytes;
use crate::plan::VERSION;

/// One case's result; keys as in the reference benchmark.
#[derive(Debug, Serialize)]
struct Line<'a> {
    case: &'a str,
    engine: String,
    device: &'a str,
    median_ms: f64,
    min_ms: f64,
    max_ms: f64,
    repeat: u32,
    /// Peak of the whole process so far.
    peak_memory_bytes: Option<u64>,
}

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &BenchArguments) -> anyhow::Result<()> {
    if !arguments.json {
        result(format_args!(
            "{:16}{:>12}{:>12}{:>12}\n",
            "case", "median ms", "min ms", "max ms"
        ))?;
    }
    for case in &CASES {
        if arguments
            .case
            .as_ref()
            .is_some_and(|name| name != case.name)
        {
            continue;
        }
        note(format_args!("{}: {}", case.name, case.description));
        let Times {
            median_ms,
            min_ms,
            max_ms,
        } = time::<B>(case, &machine.device, arguments.repeat, arguments.width)?;
        let line = Line {
            case: case.name,
            engine: format!("retort {VERSION} {}", machine.backend),
            device: machine.kind,
            median_ms,
            min_ms,
            max_ms,
            repeat: arguments.repeat,
            peak_memory_bytes: peak_bytes(),
        };
        if arguments.json {
            result(format_args!("{}\n", serde_json::to_string(&line)?))?;
        } else {
            let name = case.name;
            result(format_args!(
                "{name:16}{median_ms:12.2}{min_ms:12.2}{max_ms:12.2}\n"
            ))?;
        }
    }
    Ok(())
}
