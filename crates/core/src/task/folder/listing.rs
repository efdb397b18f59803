//! Which pictures there are, in which classes: sorted by name, whatever order the file system has.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Names of the two parts.
const PARTS: [&str; 2] = ["train", "test"];

/// Endings of pictures, in small letters.
const ENDINGS: [&str; 3] = ["png", "jpg", "jpeg"];

/// Files that systems put beside pictures and hide.
const HIDDEN: [&str; 2] = ["Thumbs.db", "desktop.ini"];

/// Picture files with their classes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Class by class, each sorted by name.
    pub paths: Vec<PathBuf>,
    /// The class of each.
    pub labels: Vec<usize>,
}

/// The picture files of a task.
#[derive(Debug)]
pub struct Listing {
    /// Names of the class folders, sorted.
    pub classes: Vec<String>,
    /// Pictures of the training folder, or all of them.
    pub train: Files,
    /// Pictures of the test folder, where there is one.
    pub test: Option<Files>,
}

/// What a folder holds, without what is hidden.
struct Entry {
    name: OsString,
    path: PathBuf,
    is_folder: bool,
}

impl Listing {
    /// Lists a folder of class folders, or one with `train` and `test` that hold class folders each.
    ///
    /// # Errors
    /// [`Error::Data`] that names the folder or file: one that cannot be read, `train` without `test`
    /// or with further folders beside it, fewer than two classes, a class without pictures or in
    /// `test` only, a file that is no picture where pictures are expected.
    pub fn read(path: &Path) -> Result<Self> {
        let folders: Vec<Entry> = entries(path)?
            .into_iter()
            .filter(|entry| entry.is_folder)
            .collect();
        let is_part = |entry: &&Entry| PARTS.iter().any(|part| entry.name == *part);
        let (train, test) = match folders.iter().filter(is_part).count() {
            0 => (path.to_owned(), None),
            2 => {
                if let Some(other) = folders.iter().find(|entry| !is_part(entry)) {
                    let problem = "is a folder beside train and test, and would not be read; move \
                                   it away (validation rows are taken from train, see \
                                   task.validation)";
                    return Err(Error::data(&other.path, problem));
                }
                let [train, test] = PARTS.map(|part| path.join(part));
                (train, Some(test))
            }
            _ => {
                let problem = "has only one of the folders train and test; give both, or one folder \
                               a class with neither (task.test then says how many are held out)";
                return Err(Error::data(path, problem));
            }
        };
        let classes = class_folders(&train)?;
        if classes.len() < 2 {
            let problem = format!(
                "has {} class folders, but at least two are needed: one folder of pictures a class",
                classes.len()
            );
            return Err(Error::data(&train, problem));
        }
        Ok(Self {
            train: files(&classes, &classes)?,
            test: match test {
                Some(test) => Some(test_files(&test, &classes)?),
                None => None,
            },
            classes: classes
                .iter()
                .map(|class| class.name.to_string_lossy().into_owned())
                .collect(),
        })
    }
}

/// The folders in a folder. Files beside them are passed over, such as a README, but for pictures.
fn class_folders(path: &Path) -> Result<Vec<Entry>> {
    let entries = entries(path)?;
    if let Some(stray) = entries.iter().find(|e| !e.is_folder && is_picture(&e.path)) {
        let problem = "is a picture outside of the class folders; move it into one, or away";
        return Err(Error::data(&stray.path, problem));
    }
    Ok(entries.into_iter().filter(|e| e.is_folder).collect())
}

/// The pictures of a test folder.
fn test_files(path: &Path, classes: &[Entry]) -> Result<Files> {
    let folders = class_folders(path)?;
    if folders.is_empty() {
        let problem = "has no class folders; give those of train, or remove test and let task.test say \
                       how many are held out";
        return Err(Error::data(path, problem));
    }
    files(&folders, classes)
}

/// The pictures in these folders, by the places of their names among the classes.
fn files(folders: &[Entry], classes: &[Entry]) -> Result<Files> {
    let mut files = Files::default();
    for folder in folders {
        let class = classes.iter().position(|class| class.name == folder.name);
        let label = class.ok_or_else(|| {
            let problem = "is a class of the test pictures only: there is no such folder in train";
            Error::data(&folder.path, problem)
        })?;
        let before = files.paths.len();
        for entry in entries(&folder.path)? {
            if entry.is_folder {
                let problem = "is a folder in a class folder: pictures must lie in the class folder \
                               itself";
                return Err(Error::data(&entry.path, problem));
            }
            if !is_picture(&entry.path) {
                let problem = "has none of the endings .png, .jpg and .jpeg; convert it, move it \
                               away, or hide it with a dot before its name";
                return Err(Error::data(&entry.path, problem));
            }
            files.paths.push(entry.path);
            files.labels.push(label);
        }
        if files.paths.len() == before {
            let problem = "has no pictures; add some (.png, .jpg, .jpeg) or remove the folder";
            return Err(Error::data(&folder.path, problem));
        }
    }
    Ok(files)
}

/// What a folder holds, sorted by name, without hidden files and folders.
fn entries(path: &Path) -> Result<Vec<Entry>> {
    let unreadable = |error| Error::unreadable(path, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (name, path) = (entry.file_name(), entry.path());
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        if is_hidden || HIDDEN.iter().any(|hidden| name == *hidden) {
            continue;
        }
        let status = fs::metadata(&path).map_err(|error| Error::unreadable(&path, &error))?;
        if !status.is_dir() && !status.is_file() {
            let problem = "is neither a file nor a folder; move it away";
            return Err(Error::data(&path, problem));
        }
        entries.push(Entry {
            name,
            path,
            is_folder: status.is_dir(),
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}
