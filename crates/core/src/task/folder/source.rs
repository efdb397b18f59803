//! The settings of a folder task, and how the task is loaded.

use super::super::picture::{
    Collection, Pictures, TestPictures, check_penalty, check_size, check_whitened, folder_name,
    picture_settings,
};
use super::super::{RowsOrFraction, Task, TaskSource};
use super::decode;
use super::listing::{Files, Listing};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::{Check, range};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Largest height and width to which pictures are resized.
const MOST_SIDE: usize = 4096;

picture_settings! {
    /// Settings of a folder of pictures, `task.kind = "folder"`. Each class has a folder with the name of
    /// the class, with PNG and JPEG files of any size. The class folders are in `train` and `test`, or
    /// directly in the folder; then test rows are held out.
    ///
    /// From each picture, the largest centred piece with the right aspect ratio is cut out and resized.
    /// Pixels are divided by 255. Then each channel is normalised with its mean and standard deviation in
    /// the training part. Classes and files are sorted by name. A class may be missing in `test`, but not
    /// in `train`, and a class folder must have pictures. Hidden files (with a dot before the name,
    /// `Thumbs.db`, `desktop.ini`) are ignored, and so are files next to class folders that are not
    /// pictures. In a class folder, a file that is not a picture is an error.
    pub struct Folder {
        /// The folder. A relative path is relative to the working directory, not to the settings file.
        pub path: PathBuf = PathBuf::new(),
        /// Height and width to which pictures are resized, 1 to 4096. For other shapes give `height` and
        /// `width` instead.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub side: Option<usize> = None,
        /// Height to which pictures are resized, 1 to 4096. It needs `width`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub height: Option<usize> = None,
        /// Width to which pictures are resized, 1 to 4096. It needs `height`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub width: Option<usize> = None,
        /// 1 for grey, or 3 for red, green and blue. Other pictures are converted. Default 3.
        pub channels: usize = 3,
        /// Number or fraction of the pictures outside of `test` for validation, which the seed holds out
        /// class by class. Default 0.15.
        pub validation: RowsOrFraction = RowsOrFraction::Fraction(0.15),
        /// Number or fraction of the pictures for the test, which the seed holds out class by class.
        /// Default 0.2. Not used if there is a folder `test`.
        pub test: RowsOrFraction = RowsOrFraction::Fraction(0.2),
    }
}

impl Folder {
    /// Channels, height and width.
    fn shape(&self) -> Result<[usize; 3]> {
        let [height, width] = match (self.side, self.height, self.width) {
            (Some(side), None, None) => [("task.side", side); 2],
            (None, Some(height), Some(width)) => [("task.height", height), ("task.width", width)],
            (None, None, None) => {
                let accepted = "give the height and width to which pictures are resized, such as \
                task.side=32, or task.height and task.width";
                return Err(Error::setting("task.side", "(not given)", accepted));
            }
            (Some(side), ..) => {
                let accepted = "give either task.side, or task.height and task.width";
                return Err(Error::setting("task.side", side, accepted));
            }
            (None, height, _) => {
                let missing = if height.is_some() { "width" } else { "height" };
                let accepted = "give both task.height and task.width; for squares give task.side";
                return Err(Error::setting(
                    format!("task.{missing}"),
                    "(not given)",
                    accepted,
                ));
            }
        };
        for (key, side) in [height, width] {
            range::count(key, side, 1..=MOST_SIDE)?;
        }
        Ok([self.channels, height.1, width.1])
    }
}

impl Check for Folder {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the folder of class folders, such as task.path=data/flowers";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        self.shape()?;
        if ![1, 3].contains(&self.channels) {
            let accepted = "must be 1 (grey) or 3 (red, green and blue)";
            return Err(Error::setting("task.channels", self.channels, accepted));
        }
        self.validation.check("task.validation")?;
        self.test.check("task.test")?;
        if self.zca {
            check_whitened(self.shape()?)?;
        }
        check_penalty(self.zca_penalty)
    }
}

impl TaskSource for Folder {
    fn has_classes(&self) -> Option<bool> {
        Some(true)
    }

    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let shape = self.shape()?;
        if !self.path.is_dir() {
            let problem = "is not a folder that can be read; give a folder that holds one folder for each \
            class, or the folders train and test with one folder for each class";
            return Err(Error::data(&self.path, problem));
        }
        let listing = Listing::read(&self.path)?;
        let tests = listing.test.as_ref().map_or(0, |test| test.paths.len());
        let count = listing.train.paths.len().saturating_add(tests);
        check_size(&self.path, count, shape, listing.classes.len())?;
        let collection = Collection {
            name: folder_name(&self.path),
            classes: listing.classes,
            train: decoded(listing.train, shape)?,
            test: match listing.test {
                Some(test) => TestPictures::Given(decoded(test, shape)?),
                None => TestPictures::RowsOrFraction(self.test),
            },
        };
        collection.into_task(self.validation, self.preprocessing(), &self.split(seed))
    }
}

/// The pictures of a folder of class folders, cut and resized to a shape, with the names of the classes.
///
/// # Errors
/// [`Error::Data`] as for a task; also for a folder with the parts `train` and `test`.
pub(crate) fn class_folders(path: &Path, shape: [usize; 3]) -> Result<(Vec<String>, Pictures)> {
    let listing = Listing::read(path)?;
    if let Some(test) = &listing.test {
        let count = test.paths.len();
        let problem =
            format!("has a folder test with {count} pictures: name the folder train in it instead");
        return Err(Error::data(path, problem));
    }
    check_size(
        path,
        listing.train.paths.len(),
        shape,
        listing.classes.len(),
    )?;
    Ok((listing.classes, decoded(listing.train, shape)?))
}

/// Decodes files on all threads. If several files fail, the error is that of the first one in order.
fn decoded(files: Files, shape: [usize; 3]) -> Result<Pictures> {
    let width: usize = shape.iter().product();
    let mut pixels = vec![0; files.paths.len() * width];
    let failed = pixels
        .par_chunks_mut(width)
        .zip(&files.paths)
        .map(|(pixels, path)| decode::read(path, shape, pixels))
        .find_map_first(Result::err);
    match failed {
        Some(error) => Err(error),
        None => Ok(Pictures {
            shape,
            pixels,
            labels: files.labels,
        }),
    }
}
