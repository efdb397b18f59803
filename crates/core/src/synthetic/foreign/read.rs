//! Reads a set that another program made, whatever file it comes from.

use std::path::Path;

use super::rows::Fields;
use super::set::Foreign;
use super::{archive, folder, remarks, table};
use crate::error::{Error, Result};
use crate::task::arrays::has_ending;
use crate::task::{Task, recognise};

impl Foreign {
    /// Reads a set for a task: arrays (`.npz`, or `.npy` with the targets beside it), a table (text with any
    /// separator, also packed with gzip; `.parquet`), or a folder of class folders. The kind is told as that of the
    /// data of a task.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read or does not fit the task: other shapes, classes that cannot
    /// be matched, numbers that are not finite.
    pub fn read(path: &Path, task: &Task) -> Result<Self> {
        let mut set = Self::of_file(path, task)?;
        let absent = remarks::of_classes(&set);
        set.remarks.extend(absent);
        Ok(set)
    }

    fn of_file(path: &Path, task: &Task) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            return folder::read(path, task);
        }
        match recognise(path)?.kind {
            "arrays" if has_ending(path, "npy") => archive::read_pair(path, task),
            "arrays" => archive::read(path, task),
            "csv" => table::read(path, &Fields::of_text(path)?, task),
            "parquet" => {
                let fields = Fields::of_parquet(path, task.columns.as_ref())?;
                table::read(path, &fields, task)
            }
            _ => Err(Error::data(
                path,
                "is not a set that can be scored: give arrays of numpy (.npz, or .npy with the targets beside it), a \
                 table (.csv, .tsv, .parquet) or a folder with a folder of pictures for each class",
            )),
        }
    }

    /// Whether a path is a file that is no set of Retort, which end in `.safetensors`.
    pub fn is_at(path: &Path) -> bool {
        path.is_file() && !has_ending(path, "safetensors")
    }
}
