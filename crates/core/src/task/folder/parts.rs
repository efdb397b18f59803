//! Tells a folder of class folders from a folder with `train`, `val` and `test`, which have class folders.

use std::path::Path;

use super::entries::Entry;
use super::litter::Litter;
use crate::error::{Error, Result};

/// A part of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Training.
    Train,
    /// Validation.
    Validation,
    /// Test.
    Test,
}

impl Part {
    /// The part that a folder with this name is, in any case.
    pub fn of(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "train" | "training" => Some(Self::Train),
            "val" | "valid" | "validation" => Some(Self::Validation),
            "test" | "testing" => Some(Self::Test),
            _ => None,
        }
    }
}

/// Whether a folder with this name may be a part of a task, so that it is no good name for a class.
pub fn names_part(name: &str) -> bool {
    Part::of(name).is_some()
}

/// The folders of class folders.
#[derive(Debug)]
pub enum Layout {
    /// The folder itself.
    Alone,
    /// A folder for each part. There is always one for training.
    Parts {
        /// The folder of training pictures.
        train: Entry,
        /// The folder of validation pictures, if there is one.
        validation: Option<Entry>,
        /// The folder of test pictures, if there is one.
        test: Option<Entry>,
    },
}

impl Layout {
    /// Looks at the folders in a folder. A folder named `train` is a part only if class folders lie in it and
    /// no pictures do; otherwise it is a class of that name. The same holds for the other parts.
    ///
    /// # Errors
    /// [`Error::Data`] with the folder if there are parts and
    /// * none of them is for training,
    /// * two of them are the same part,
    /// * another folder is next to them, which would not be read.
    pub fn of(path: &Path, folders: &[Entry], litter: &mut Litter) -> Result<Self> {
        let mut has_parts = false;
        for folder in folders {
            if Part::of(&folder.text()).is_some() {
                let within = Entry::all(&folder.path, litter)?;
                let has_folders = within.iter().any(|entry| entry.is_folder);
                has_parts |= has_folders && !within.iter().any(Entry::is_picture);
            }
        }
        if !has_parts {
            return Ok(Self::Alone);
        }
        let (mut train, mut validation, mut test) = (None, None, None);
        for folder in folders {
            let place = match Part::of(&folder.text()) {
                Some(Part::Train) => &mut train,
                Some(Part::Validation) => &mut validation,
                Some(Part::Test) => &mut test,
                None => {
                    let problem = "is a folder next to train, val or test that would not be read; move \
                    it away. If the others are names of classes, rename them, or put their pictures \
                    into the class folders themselves";
                    return Err(Error::data(&folder.path, problem));
                }
            };
            if let Some(other) = place.replace(folder.clone()) {
                let problem = format!(
                    "is for the same part as {}; put them together, or move one away",
                    other.path.display()
                );
                return Err(Error::data(&folder.path, problem));
            }
        }
        let Some(train) = train else {
            let problem = "has a folder for test or validation, and none for training; name that one \
            train, or put the class folders directly into this folder (then task.test and \
            task.validation say how many pictures are held out)";
            return Err(Error::data(path, problem));
        };
        Ok(Self::Parts {
            train,
            validation,
            test,
        })
    }
}
