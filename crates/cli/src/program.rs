//! How the program that computes is named on a command line.

/// The program that runs, as processes that it begins are to be told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Name of its backend, as summaries have it: `flex`, `ndarray`, `wgpu`.
    pub backend: &'static str,
    /// Its own arguments, before the command, that choose this machine.
    pub arguments: Vec<String>,
}

/// The words that begin a command on a backend of that name: the program, and the arguments that choose the
/// backend. Where none is known it is the program's default on the CPU.
pub fn words(backend: Option<&str>) -> Vec<String> {
    let words: &[&str] = match backend {
        Some("wgpu") => &["retort-gpu"],
        Some("ndarray") => &["retort-cpu", "--backend", "ndarray"],
        _ => &["retort-cpu"],
    };
    words.iter().map(ToString::to_string).collect()
}
