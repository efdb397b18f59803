//! The picture files of one class.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::entries::Entry;
use super::format::Format;
use super::litter::Litter;
use crate::error::{Error, Result};

/// The picture files of one class, while its folder is gone through.
#[derive(Debug)]
pub struct ClassFiles<'a> {
    /// The files, sorted by name in each folder.
    pub paths: Vec<PathBuf>,
    /// Number of files in folders within the class folder.
    pub nested: usize,
    seen: HashSet<PathBuf>,
    litter: &'a mut Litter,
}

impl<'a> ClassFiles<'a> {
    /// Goes through a class folder. Pictures in folders within it belong to the class too. Links are followed.
    /// A folder that is reached twice is read once.
    ///
    /// # Errors
    /// [`Error::Data`] with the file or folder if it cannot be read, is no picture, or is a link to a folder
    /// that contains it.
    pub fn read(folder: &Path, litter: &'a mut Litter) -> Result<Self> {
        let mut files = Self {
            paths: Vec::new(),
            nested: 0,
            seen: HashSet::new(),
            litter,
        };
        let real = real(folder)?;
        let mut above: Vec<PathBuf> = real.ancestors().map(Path::to_path_buf).collect();
        files.seen.insert(real);
        files.visit(folder, &mut above)?;
        if files.paths.is_empty() {
            let problem = "has no pictures; add some, or remove the folder";
            return Err(Error::data(folder, problem));
        }
        Ok(files)
    }

    /// Adds the pictures in a folder. `above` are the real folders that contain it, and itself.
    fn visit(&mut self, folder: &Path, above: &mut Vec<PathBuf>) -> Result<()> {
        let is_nested = self.seen.len() > 1;
        for entry in Entry::all(folder, self.litter)? {
            if !entry.is_folder {
                check(&entry.path)?;
                self.nested += usize::from(is_nested);
                self.paths.push(entry.path);
                continue;
            }
            let real = real(&entry.path)?;
            if above.contains(&real) {
                let problem = "is a link to a folder that contains it; remove the link";
                return Err(Error::data(&entry.path, problem));
            }
            if self.seen.insert(real.clone()) {
                above.push(real);
                self.visit(&entry.path, above)?;
                above.pop();
            }
        }
        Ok(())
    }
}

/// Where a folder really is, with all links followed.
fn real(folder: &Path) -> Result<PathBuf> {
    fs::canonicalize(folder).map_err(|error| Error::unreadable(folder, &error))
}

/// Refuses a file that does not look like a picture. If its name does, this is left to the decoder.
fn check(path: &Path) -> Result<()> {
    if Format::of_name(path).is_some() {
        return Ok(());
    }
    let unreadable = |error| Error::unreadable(path, &error);
    let mut start = Vec::new();
    File::open(path)
        .map_err(unreadable)?
        .take(Format::START as u64)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    match Format::of(&start, path) {
        Ok(_) => Ok(()),
        Err(problem) => Err(Error::data(path, problem)),
    }
}
