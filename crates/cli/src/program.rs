//! Name and arguments of the program, as they stand on a command line.

use retort_core::objective;

/// The running program, as it starts its own processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Name of its backend, as in summaries: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// The program's own arguments before the command, which choose this machine.
    pub arguments: Vec<String>,
}

/// The first words of a command line that computes on this backend: the program, and the arguments that
/// choose the backend. An unknown backend gives `retort-cpu` with its default backend. A program with
/// objectives of its own names itself, because no other program knows them.
pub fn words(backend: Option<&str>) -> Vec<String> {
    let (program, arguments): (&str, &[&str]) = match backend {
        Some("wgpu") => ("retort-gpu", &[]),
        Some("ndarray") => ("retort-cpu", &["--backend", "ndarray"]),
        _ => ("retort-cpu", &[]),
    };
    let own = objective::has_own().then(std::env::current_exe);
    let own = own.and_then(|path| Some(path.ok()?.file_stem()?.to_str()?.to_owned()));
    let program = own.unwrap_or_else(|| program.to_owned());
    let arguments = arguments.iter().map(ToString::to_string);
    [program].into_iter().chain(arguments).collect()
}
