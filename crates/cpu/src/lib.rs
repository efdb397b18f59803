//! `retort-cpu`: Retort on the CPU, with Burn's fast backend `flex` or its reference `ndarray`.
//!
//! The program is a library, so that tests can link its compiled code (see `retort-instances`).

use std::process::ExitCode;

use burn_flex::Flex;
use burn_ndarray::NdArray;
use clap::{Parser, ValueEnum};
use retort_cli::{Command, Machine, Program, run};
use retort_core::Result;
use retort_core::kernel::Kernels;
use retort_core::objective::{self, Method, Objective};
use serde::de::DeserializeOwned;

/// Distil data sets into a handful of synthetic points, on the CPU
#[derive(Parser)]
#[command(name = "retort-cpu", version)]
struct Typed {
    /// Backend that computes
    #[arg(long, global = true, default_value = "flex")]
    backend: CpuBackend,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum CpuBackend {
    /// Fast backend
    Flex,
    /// Slow reference, for comparison
    Ndarray,
}

/// Registers an objective of your own, so that settings can name it on every backend of this program. Call it
/// before [`main`].
///
/// # Errors
/// Those of [`objective::register`].
pub fn register<T>() -> Result<()>
where
    T: Method + DeserializeOwned + Default + Objective<Flex> + Objective<NdArray>,
{
    objective::register::<T, Flex>()?;
    objective::register::<T, NdArray>()
}

/// Runs the whole program: reads the arguments and returns the exit code.
pub fn main() -> ExitCode {
    let Typed { backend, command } = Typed::parse();
    match backend {
        CpuBackend::Flex => on::<Flex>("flex", &command),
        CpuBackend::Ndarray => on::<NdArray>("ndarray", &command),
    }
}

fn on<B: Kernels>(backend: &'static str, command: &Command) -> ExitCode {
    let program = Program {
        backend,
        arguments: vec!["--backend".to_owned(), backend.to_owned()],
    };
    run::<B>(command, &program, || Ok(machine(backend)))
}

fn machine<B: Kernels>(backend: &'static str) -> Machine<B> {
    Machine {
        device: B::Device::default(),
        backend,
        kind: "cpu",
        fault: || None,
    }
}
