//! Name and arguments of the program, as they stand on a command line.

/// The running program, as it starts its own processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Name of its backend, as in summaries: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// The program's own arguments before the command, which choose this machine.
    pub arguments: Vec<String>,
}

/// The first words of a command line that computes on this backend: the program, and the arguments that
/// choose the backend. An unknown backend gives `retort-cpu` with its default backend.
pub fn words(backend: Option<&str>) -> Vec<String> {
    let words: &[&str] = match backend {
        Some("wgpu") => &["retort-gpu"],
        Some("ndarray") => &["retort-cpu", "--backend", "ndarray"],
        _ => &["retort-cpu"],
    };
    words.iter().map(ToString::to_string).collect()
}
