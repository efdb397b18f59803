//! Reads a set that another program made, whatever file it comes from.

use std::path::Path;

use super::rows::Fields;
use super::set::Foreign;
use super::{archive, folder, table};
use crate::error::{Error, Result};
use crate::task::Task;

impl Foreign {
    /// Reads a set for a task: `.npz`, `.csv`, `.parquet`, or a folder of class folders.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read or does not fit the task: other shapes, classes that cannot
    /// be matched, numbers that are not finite.
    pub fn read(path: &Path, task: &Task) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            return folder::read(path, task);
        }
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str() {
            Some("npz") => archive::read(path, task),
            Some("csv") => table::read(path, &Fields::of_csv(path)?, task),
            Some("parquet") => {
                let fields = Fields::of_parquet(path, task.columns.as_ref())?;
                table::read(path, &fields, task)
            }
            _ => Err(Error::data(
                path,
                "is not a set that can be scored: give an archive of numpy (.npz), a table (.csv or .parquet) or a \
                 folder with a folder of pictures for each class",
            )),
        }
    }

    /// Whether a path looks like such a set by its ending, or is a folder without a set of Retort.
    pub fn is_at(path: &Path) -> bool {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        ["npz", "csv", "parquet"].iter().any(|own| ending == *own) || path.is_dir()
    }
}
