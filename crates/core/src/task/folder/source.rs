//! The settings, and how they become a task.

use super::super::picture::{
    Collection, Pictures, TestPictures, check_penalty, check_size, check_whitened, folder_name,
    picture_settings,
};
use super::super::{HeldOut, Task, TaskSource};
use super::decode;
use super::listing::{Files, Listing};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::{Check, range};
use rayon::prelude::*;
use std::path::PathBuf;

/// Largest side that pictures are resized to.
const MOST_SIDE: usize = 4096;

picture_settings! {
    /// Settings of a folder of pictures, `task.kind = "folder"`: one folder a class, named like the
    /// class, with PNG and JPEG files of any size; either `train` and `test` with such class folders
    /// each, or class folders right away, from which test rows are held out.
    ///
    /// From each picture the largest centred piece of the right proportion is cut out and resized.
    /// Pixels are divided by 255, then each channel is normalised by its mean and standard deviation
    /// in the training part. Classes and files are sorted by name. A class may lack in `test`, but not
    /// in `train`, and a class folder must hold pictures. Hidden files (a dot before the name,
    /// `Thumbs.db`, `desktop.ini`) are passed over, and other files beside class folders too; in a
    /// class folder, a file that is no picture is an error.
    pub struct Folder {
        /// The folder; one that does not begin at the root is looked for in the working directory, not
        /// beside the settings file.
        pub path: PathBuf = PathBuf::new(),
        /// Height and width that pictures are brought to, 1 to 4096; or give `height` and `width`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub side: Option<usize> = None,
        /// Height that pictures are brought to, with `width`, 1 to 4096.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub height: Option<usize> = None,
        /// Width that pictures are brought to, with `height`, 1 to 4096.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub width: Option<usize> = None,
        /// 1 for grey, 3 for red, green and blue; pictures of the other kind are converted.
        pub channels: usize = 3,
        /// Number or fraction of the pictures outside of `test` that are for validation, held out
        /// class by class, by the seed.
        pub validation: HeldOut = HeldOut::Fraction(0.15),
        /// Number or fraction of the pictures that are for the test, held out class by class, by the
        /// seed; not used where there is a folder `test`.
        pub test: HeldOut = HeldOut::Fraction(0.2),
    }
}

impl Folder {
    /// Channels, height and width.
    fn shape(&self) -> Result<[usize; 3]> {
        let [height, width] = match (self.side, self.height, self.width) {
            (Some(side), None, None) => [("task.side", side); 2],
            (None, Some(height), Some(width)) => [("task.height", height), ("task.width", width)],
            (None, None, None) => {
                let accepted = "give the height and width that pictures are brought to, such as \
                                task.side=32, or task.height and task.width";
                return Err(Error::setting("task.side", "(not given)", accepted));
            }
            (Some(side), ..) => {
                let accepted = "give either this, or task.height and task.width";
                return Err(Error::setting("task.side", side, accepted));
            }
            (None, height, _) => {
                let missing = if height.is_some() { "width" } else { "height" };
                let accepted = "task.height and task.width go together; for squares give task.side";
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
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let shape = self.shape()?;
        if !self.path.is_dir() {
            let problem = "is not a folder that can be read; give the folder that holds the class \
                           folders, or train and test with class folders each";
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
                None => TestPictures::HeldOut(self.test),
            },
        };
        collection.into_task(self.validation, self.preprocessing(), &self.split(seed))
    }
}

/// Decodes files on all threads. Of several that fail, the first by its place is named.
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
