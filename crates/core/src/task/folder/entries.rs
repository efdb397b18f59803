//! Files and folders in a folder, sorted by name, independent of the file system's order.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::format::Format;
use super::litter::Litter;
use crate::error::{Error, Result};

/// A file or folder in a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// Its path.
    pub path: PathBuf,
    /// Whether it is a folder, or a link to one.
    pub is_folder: bool,
}

impl Entry {
    /// The files and folders in a folder, sorted by name. Links are followed. Litter is passed over.
    ///
    /// # Errors
    /// [`Error::Data`] if the folder or something in it cannot be read, or is neither a file nor a folder.
    pub fn all(path: &Path, litter: &mut Litter) -> Result<Vec<Self>> {
        let unreadable = |error| Error::unreadable(path, &error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (name, path) = (entry.file_name(), entry.path());
            if litter.takes(&name) {
                continue;
            }
            let status = fs::metadata(&path).map_err(|error| Error::unreadable(&path, &error))?;
            if !status.is_dir() && !status.is_file() {
                let problem = "is neither a file nor a folder; move it away";
                return Err(Error::data(&path, problem));
            }
            entries.push(Self {
                name,
                path,
                is_folder: status.is_dir(),
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The name as text.
    pub fn text(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Whether it is a file whose name has the ending of a table or of arrays.
    pub fn is_table(&self) -> bool {
        const ENDINGS: [&str; 8] = ["csv", "tsv", "txt", "gz", "npz", "npy", "parquet", "xlsx"];
        let ending = self.path.extension();
        let known = |ending: &OsStr| {
            ENDINGS
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        };
        !self.is_folder && ending.is_some_and(known)
    }

    /// Whether it is a file whose name has the ending of a picture.
    pub fn is_picture(&self) -> bool {
        !self.is_folder && Format::of_name(&self.path).is_some()
    }
}
