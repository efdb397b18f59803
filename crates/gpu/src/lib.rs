//! `retort-gpu`: Retort on any GPU that wgpu finds.
//!
//! The program is a library, so that a program of one's own can have an objective more (see [`register`]).

mod adapter;
mod fault;

#[cfg(test)]
#[path = "../../../tests/wording.rs"]
mod wording;

use std::process::ExitCode;

use anyhow::anyhow;
use burn_wgpu::graphics::AutoGraphicsApi;
use burn_wgpu::{RuntimeOptions, Wgpu, init_setup};
use clap::{Parser, Subcommand};
use retort_cli::{Command as Shared, Machine, Program, exit_code, note, result, run};
use retort_core::Result;
use retort_core::objective::{self, Method, Objective};
use serde::de::DeserializeOwned;

/// Name of the backend, as in summaries.
const BACKEND: &str = "wgpu";

/// Distil data sets into a handful of synthetic points, on the GPU
#[derive(Parser)]
#[command(name = "retort-gpu", version)]
struct Typed {
    /// Adapter to compute on: its number in the list of `devices`, or part of its name
    /// [default: an adapter of the fastest kind]
    #[arg(long, global = true, value_name = "N or NAME")]
    device: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Shared(Shared),
    /// List the adapters of this machine
    Devices,
}

/// Lets settings name an objective of one's own. Call it before [`main`].
///
/// # Errors
/// Those of [`objective::register`].
pub fn register<T>() -> Result<()>
where
    T: Method + DeserializeOwned + Default + Objective<Wgpu>,
{
    objective::register::<T, Wgpu>()
}

/// The whole program: reads the arguments, and gives the exit code.
pub fn main() -> ExitCode {
    let Typed { device, command } = Typed::parse();
    fault::listen();
    match command {
        Command::Devices => exit_code(devices(device.as_deref())),
        Command::Shared(command) => {
            let chosen = device.iter().flat_map(|wish| ["--device", wish]);
            let program = Program {
                backend: BACKEND,
                arguments: chosen.map(str::to_owned).collect(),
            };
            run::<Wgpu>(&command, &program, || open(device.as_deref()))
        }
    }
}

/// The list, with a mark at the adapter that would be taken.
fn devices(wish: Option<&str>) -> anyhow::Result<()> {
    let adapters = adapter::all();
    let chosen = adapter::choose(&adapters, wish)?;
    for (number, adapter) in adapters.iter().enumerate() {
        let mark = if std::ptr::eq(adapter, chosen) {
            "*"
        } else {
            " "
        };
        result(format_args!("{mark} {number}  {adapter}\n"))?;
    }
    Ok(())
}

fn open(wish: Option<&str>) -> anyhow::Result<Machine<Wgpu>> {
    let adapters = adapter::all();
    let chosen = adapter::choose(&adapters, wish)?;
    let device = chosen.device.clone().unwrap_or_default();
    let setup = fault::caught(|| init_setup::<AutoGraphicsApi>(&device, RuntimeOptions::default()));
    let setup = setup.map_err(|words| anyhow!("{chosen} cannot be opened: {words}"))?;
    fault::watch(setup.device);
    note(format_args!("on {chosen}"));
    Ok(Machine {
        device,
        backend: BACKEND,
        kind: chosen.computes_on(),
        fault: fault::fault,
    })
}
