//! `retort-gpu`: Retort on whatever GPU wgpu finds.

use std::process::ExitCode;

use burn_wgpu::{Wgpu, WgpuDevice};
use clap::Parser;
use retort_cli::{Arguments, Machine, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Distil data sets into a handful of synthetic points, on the GPU
#[derive(Parser)]
#[command(name = "retort-gpu", version)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Program { arguments } = Program::parse();
    let machine = Machine {
        device: WgpuDevice::default(),
        backend: "wgpu",
        kind: "gpu",
    };
    run::<Wgpu>(&machine, &arguments)
}
