//! Reads a set that another program made, whatever file it comes from.

use std::path::Path;

use super::names::MANIFEST;
use super::rows::Fields;
use super::set::Foreign;
use super::{archive, folder, remarks, table};
use crate::error::{Error, Result};
use crate::store::plain_tensors::PlainTensors;
use crate::synthetic::RawSet;
use crate::task::arrays::has_ending;
use crate::task::{Task, recognise};

impl Foreign {
    /// Reads a set for a task: arrays (`.npz`, or `.npy` with the targets beside it), a table (text with any
    /// separator, also packed with gzip; `.parquet`), plain tensors (`.safetensors`), or a folder of class folders. The
    /// kind is told as that of the data of a task.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read or does not fit the task: other shapes, classes that cannot
    /// be matched, numbers that are not finite.
    pub fn read(path: &Path, task: &Task) -> Result<Self> {
        Self::of_file(path, task).map(Self::remarked)
    }

    /// Takes the set of an artefact at this path for a task, which may be another one than the artefact's.
    ///
    /// # Errors
    /// [`Error::Data`] if it does not fit the task.
    pub fn of_raw(path: &Path, set: &RawSet, task: &Task) -> Result<Self> {
        archive::read_raw(path, set, task).map(Self::remarked)
    }

    fn remarked(mut self) -> Self {
        let absent = remarks::of_classes(&self);
        self.remarks.extend(absent);
        self
    }

    fn of_file(path: &Path, task: &Task) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            return folder::read(path, task);
        }
        if PlainTensors::metadata(path).is_some() {
            return archive::read_tensors(path, task);
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
                "is not a set that can be scored: give arrays of numpy (.npz, or .npy with the targets beside it), \
                 plain tensors (.safetensors), a table (.csv, .tsv, .parquet) or a folder with a folder of pictures for each class",
            )),
        }
    }

    /// Whether a path is a file that is no artefact. A file that ends in `.safetensors` and is damaged counts as an
    /// artefact.
    pub fn is_at(path: &Path) -> bool {
        path.is_file()
            && match PlainTensors::metadata(path) {
                Some(metadata) => !metadata.contains_key(MANIFEST),
                None => !has_ending(path, "safetensors"),
            }
    }
}
