//! Lists picture files and their classes, sorted by name, independent of the file system's order.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Names of the folders of the two parts.
const PARTS: [&str; 2] = ["train", "test"];

/// Endings of picture files, in lower case.
const ENDINGS: [&str; 3] = ["png", "jpg", "jpeg"];

/// Hidden files that operating systems put next to pictures.
const HIDDEN: [&str; 2] = ["Thumbs.db", "desktop.ini"];

/// Picture files with their classes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The files, class by class, and sorted by name in each class.
    pub paths: Vec<PathBuf>,
    /// The class of each file.
    pub labels: Vec<usize>,
}

/// The picture files of a task.
#[derive(Debug)]
pub struct Listing {
    /// Names of the class folders, sorted.
    pub classes: Vec<String>,
    /// Pictures of the training folder, or all pictures if there is no test folder.
    pub train: Files,
    /// Pictures of the test folder, if there is one.
    pub test: Option<Files>,
}

/// A file or folder in a folder.
struct Entry {
    name: OsString,
    path: PathBuf,
    is_folder: bool,
}

impl Listing {
    /// Lists a folder of class folders, or a folder with `train` and `test` that have class folders.
    ///
    /// # Errors
    /// [`Error::Data`] with the folder or file in these cases:
    /// * A folder or file cannot be read.
    /// * There is only one of `train` and `test`, or another folder next to them.
    /// * There are fewer than two classes, a class without pictures, or a class in `test` only.
    /// * A picture is outside of the class folders, or a class folder has a folder or a file that is not a
    ///   picture.
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
                    let problem = "is a folder next to train and test that would not be read; move \
                    it away (validation rows are taken from train, see \
                    task.validation)";
                    return Err(Error::data(&other.path, problem));
                }
                let [train, test] = PARTS.map(|part| path.join(part));
                (train, Some(test))
            }
            _ => {
                let problem = "has only one of the folders train and test; give both, or neither, with \
                one folder per class (then task.test says how many pictures are held out)";
                return Err(Error::data(path, problem));
            }
        };
        let classes = class_folders(&train)?;
        if classes.len() < 2 {
            let problem = format!(
                "has {} class folders, but at least two are needed, one folder of pictures for each class",
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

/// The folders in a folder. Files next to them, such as a README, are ignored, but pictures are refused.
fn class_folders(path: &Path) -> Result<Vec<Entry>> {
    let entries = entries(path)?;
    if let Some(stray) = entries.iter().find(|e| !e.is_folder && is_picture(&e.path)) {
        let problem =
            "is a picture outside of the class folders; move it into one of them, or away";
        return Err(Error::data(&stray.path, problem));
    }
    Ok(entries.into_iter().filter(|e| e.is_folder).collect())
}

/// The pictures of a test folder.
fn test_files(path: &Path, classes: &[Entry]) -> Result<Files> {
    let folders = class_folders(path)?;
    if folders.is_empty() {
        let problem = "has no class folders; add those of train, or remove the folder test, so that \
        task.test says how many pictures are held out";
        return Err(Error::data(path, problem));
    }
    files(&folders, classes)
}

/// The pictures in these folders. The label of a folder is the index of its name among the classes.
fn files(folders: &[Entry], classes: &[Entry]) -> Result<Files> {
    let mut files = Files::default();
    for folder in folders {
        let class = classes.iter().position(|class| class.name == folder.name);
        let label = class.ok_or_else(|| {
            let problem = "is a class of test pictures only; add a folder with this name in train, \
                           or move this one away";
            Error::data(&folder.path, problem)
        })?;
        let before = files.paths.len();
        for entry in entries(&folder.path)? {
            if entry.is_folder {
                let problem = "is a folder in a class folder; move its pictures into the class folder \
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

/// The files and folders in a folder, sorted by name, without hidden ones.
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
