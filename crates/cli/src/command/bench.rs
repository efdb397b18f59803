//! `bench`: times fixed pieces of work.

use retort_core::kernel::Kernels;
use retort_core::{Error, Result};
use serde::Serialize;

use crate::Machine;
use crate::arguments::BenchArguments;
use crate::bench::{CASES, Case, Changes, Times, time};
use crate::busy::during;
use crate::console::{note, result};
use crate::memory::peak_bytes;
use crate::plan::VERSION;

/// The result of one case, with the keys of the reference benchmark.
#[derive(Debug, Serialize)]
struct Line<'a> {
    case: &'a str,
    engine: String,
    device: &'a str,
    median_ms: f64,
    min_ms: f64,
    max_ms: f64,
    repeat: u32,
    /// Changes to the case's settings.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    set: &'a [String],
    /// Peak memory of the whole process so far.
    peak_memory_bytes: Option<u64>,
}

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &BenchArguments) -> anyhow::Result<()> {
    let wanted = |case: &&Case| match &arguments.case {
        Some(name) => name == case.name,
        None => !case.large,
    };
    let cases: Vec<&Case> = CASES.iter().filter(wanted).collect();
    check_width(&cases, arguments.width)?;
    let changes = Changes {
        width: arguments.width,
        set: &arguments.set,
    };
    if !arguments.json {
        result(format_args!(
            "{:16}{:>12}{:>12}{:>12}\n",
            "case", "median ms", "min ms", "max ms"
        ))?;
    }
    for case in cases {
        note(described(case, &arguments.set));
        let Times {
            median_ms,
            min_ms,
            max_ms,
        } = during(case.name, || {
            time::<B>(case, &machine.device, arguments.repeat, changes)
        })?;
        let line = Line {
            case: case.name,
            engine: format!("retort {VERSION} {}", machine.backend),
            device: machine.kind,
            median_ms,
            min_ms,
            max_ms,
            repeat: arguments.repeat,
            set: &arguments.set,
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

/// Describes a case and the changes to its settings.
fn described(case: &Case, set: &[String]) -> String {
    let Case {
        name, description, ..
    } = case;
    match set {
        [] => format!("{name}: {description}"),
        set => format!("{name}: {description}; with {}", set.join(", ")),
    }
}

/// Refuses a width if the only case has no ConvNet.
fn check_width(cases: &[&Case], width: Option<usize>) -> Result<()> {
    let (Some(width), [case]) = (width, cases) else {
        return Ok(());
    };
    if case.has_convnet()? {
        return Ok(());
    }
    let accepted = format!(
        "is the width of a ConvNet, and case {} has no ConvNet: remove --width, or give \
         --set network.width={width}",
        case.name
    );
    Err(Error::setting("--width", width, accepted))
}
