//! Lists picture files and their classes.

use std::path::{Path, PathBuf};

use super::class_files::ClassFiles;
use super::entries::Entry;
use super::litter::Litter;
use super::parts::Layout;
use crate::error::{Error, Result};

/// Most files that a message names.
const MOST_NAMED: usize = 3;

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
    /// Pictures of the training folder, or all pictures if there are no folders for parts.
    pub train: Files,
    /// Pictures of the validation folder, if there is one.
    pub validation: Option<Files>,
    /// Pictures of the test folder, if there is one.
    pub test: Option<Files>,
    /// Names of the folders for parts, in the order training, validation, test.
    pub parts: Vec<String>,
    /// Number of pictures in folders within class folders.
    pub nested: usize,
    /// What was passed over.
    pub litter: Litter,
}

impl Listing {
    /// Lists a folder of class folders, or a folder with `train`, `val` and `test` that have class folders.
    ///
    /// # Errors
    /// [`Error::Data`] with the folder or file in these cases:
    /// * A folder or file cannot be read.
    /// * The folders for parts contradict each other, see [`Layout::of`].
    /// * There are fewer than two classes, a class without pictures, or a class that is missing in `train`.
    /// * A picture is outside of the class folders, or a class folder has a file that is not a picture.
    pub fn read(path: &Path) -> Result<Self> {
        let mut litter = Litter::default();
        let entries = Entry::all(path, &mut litter)?;
        let (folders, others): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.is_folder);
        // What lies in the parts is passed over, and counted, when they are listed.
        let layout = Layout::of(path, &folders, &mut Litter::default())?;
        let mut parts = Vec::new();
        let (train, validation, test) = match layout {
            // The folder is listed again, for pictures outside of the class folders.
            Layout::Alone => (path.to_owned(), None, None),
            Layout::Parts {
                train,
                validation,
                test,
            } => {
                let all = [Some(&train), validation.as_ref(), test.as_ref()];
                parts.extend(all.into_iter().flatten().map(Entry::text));
                let path = |entry: Option<Entry>| entry.map(|entry| entry.path);
                (train.path, path(validation), path(test))
            }
        };
        if parts.is_empty() {
            litter = Litter::default();
        }
        let classes = class_folders(&train, &mut litter)?;
        if classes.len() < 2 {
            return Err(too_few(&train, &classes, &others));
        }
        let mut listing = Self {
            classes: classes.iter().map(Entry::text).collect(),
            train: Files::default(),
            validation: None,
            test: None,
            parts,
            nested: 0,
            litter,
        };
        listing.train = listing.files(&classes)?;
        for (folder, key) in [(validation, "task.validation"), (test, "task.test")] {
            if let Some(folder) = folder {
                let files = listing.held_out(&folder, key)?;
                match key {
                    "task.test" => listing.test = Some(files),
                    _ => listing.validation = Some(files),
                }
            }
        }
        Ok(listing)
    }

    /// The pictures of a folder for test or validation.
    fn held_out(&mut self, path: &Path, key: &str) -> Result<Files> {
        let folders = class_folders(path, &mut self.litter)?;
        if folders.is_empty() {
            let problem = format!(
                "has no class folders; add those of train, or remove this folder, so that {key} says how \
                many pictures are held out"
            );
            return Err(Error::data(path, problem));
        }
        self.files(&folders)
    }

    /// The pictures in these class folders.
    fn files(&mut self, folders: &[Entry]) -> Result<Files> {
        let mut files = Files::default();
        for folder in folders {
            let label = self.class(folder)?;
            let found = ClassFiles::read(&folder.path, &mut self.litter)?;
            self.nested += found.nested;
            files
                .labels
                .resize(files.labels.len() + found.paths.len(), label);
            files.paths.extend(found.paths);
        }
        Ok(files)
    }

    /// The class of a folder: the one of its name, or else the only one whose name is the same in lower case.
    fn class(&self, folder: &Entry) -> Result<usize> {
        let name = folder.text();
        if let Some(class) = self.classes.iter().position(|class| *class == name) {
            return Ok(class);
        }
        let lower = name.to_lowercase();
        let mut same = (0..self.classes.len()).filter(|&c| self.classes[c].to_lowercase() == lower);
        if let (Some(class), None) = (same.next(), same.next()) {
            return Ok(class);
        }
        let problem = format!(
            "is a class that the training pictures do not have; they have {}. Add a folder {name} to \
            them, rename this one, or move it away",
            self.classes.join(", ")
        );
        Err(Error::data(&folder.path, problem))
    }
}

/// The problem of a folder with less than two class folders.
fn too_few(path: &Path, classes: &[Entry], others: &[Entry]) -> Error {
    let tables: Vec<String> = others
        .iter()
        .filter(|it| it.is_table())
        .map(Entry::text)
        .collect();
    let problem = match classes {
        [] if !tables.is_empty() => format!(
            "has no class folders of pictures, but files such as {}: name one of them instead of the folder",
            tables.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ")
        ),
        [] if others.is_empty() => "is an empty folder, but at least two folders are needed, one folder of pictures for \
                                    each class"
            .to_owned(),
        [only] => format!(
            "has one class folder, {}, and at least two are needed, one folder of pictures for each \
            class. If its folders are the classes, give it as task.path",
            only.text()
        ),
        _ => "has no class folders, and at least two are needed, one folder of pictures for each class"
            .to_owned(),
    };
    Error::data(path, problem)
}

/// The folders in a folder. Files next to them, such as a README, are ignored, but pictures are refused.
fn class_folders(path: &Path, litter: &mut Litter) -> Result<Vec<Entry>> {
    let entries = Entry::all(path, litter)?;
    if let Some(stray) = entries.iter().find(|entry| entry.is_picture()) {
        let problem =
            "is a picture outside of the class folders; move it into one of them, or away";
        return Err(Error::data(&stray.path, problem));
    }
    Ok(entries.into_iter().filter(|e| e.is_folder).collect())
}
