//! `retort-cpu`: Retort on the CPU, with Burn's fast backend `flex` or its reference `ndarray`.

use std::process::ExitCode;

use burn_flex::Flex;
use burn_ndarray::NdArray;
use clap::{Parser, ValueEnum};
use retort_cli::{Arguments, Machine, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Distil data sets into a handful of synthetic points, on the CPU
#[derive(Parser)]
#[command(name = "retort-cpu", version)]
struct Program {
    /// What computes
    #[arg(long, global = true, default_value = "flex")]
    backend: CpuBackend,
    #[command(flatten)]
    arguments: Arguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum CpuBackend {
    /// Fast
    Flex,
    /// The reference: slow, for comparison
    Ndarray,
}

fn main() -> ExitCode {
    let Program { backend, arguments } = Program::parse();
    match backend {
        CpuBackend::Flex => {
            let device = Default::default();
            run::<Flex>(
                &Machine {
                    device,
                    backend: "flex",
                    kind: "cpu",
                },
                &arguments,
            )
        }
        CpuBackend::Ndarray => {
            let device = Default::default();
            run::<NdArray>(
                &Machine {
                    device,
                    backend: "ndarray",
                    kind: "cpu",
                },
                &arguments,
            )
        }
    }
}
