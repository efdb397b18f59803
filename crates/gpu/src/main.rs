//! `retort-gpu`: Retort on whatever GPU wgpu finds.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::FAILURE
}
