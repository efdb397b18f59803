//! What is wrong with a file, as the end of a sentence that starts with the file.

use super::super::format::Format;

/// The problem of a file that lacks its end.
pub fn cut(format: Format) -> String {
    format!(
        "is a {} file that is truncated: it ends early; get a complete copy, or move it away",
        format.name()
    )
}

/// The problem of a file in which `part` is wrong.
pub fn damaged(format: Format, part: &str) -> String {
    format!(
        "is a {} file that is damaged ({part}); get another copy, or move it away",
        format.name()
    )
}
