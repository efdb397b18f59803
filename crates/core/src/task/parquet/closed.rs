//! What a build without the feature `parquet` does with a parquet file: it says what to do.

use std::path::Path;

use crate::error::{Error, Result};
use crate::task::table::{RawTable, Wanted};

/// Refuses to read a table.
///
/// # Errors
/// Always.
pub fn read(path: &Path, _: impl Fn(&[String]) -> Result<Vec<Wanted>>) -> Result<RawTable> {
    Err(closed(path))
}

/// Refuses to read the fields of a file.
///
/// # Errors
/// Always.
pub(crate) fn fields(
    path: &Path,
    _: impl Fn(&str) -> bool,
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    Err(closed(path))
}

fn closed(path: &Path) -> Error {
    if let Err(error) = std::fs::metadata(path) {
        return Error::unreadable(path, &error);
    }
    let problem = "is a parquet file, which this build cannot read: build with the feature `parquet` \
                   (cargo build --features parquet), or save it as CSV";
    Error::data(path, problem)
}
