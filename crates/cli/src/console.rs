//! The two streams: results to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes a result to standard output, unchanged.
///
/// # Errors
/// The stream is closed. In that case the program ends quietly, see [`crate::exit_code`].
pub fn result(text: impl Display) -> io::Result<()> {
    let mut stream = io::stdout().lock();
    write!(stream, "{text}")?;
    stream.flush()
}

/// Writes a line for people to standard error. A closed stream is ignored.
pub fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
