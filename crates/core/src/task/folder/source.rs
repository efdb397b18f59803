//! The settings of a folder task, and how the task is loaded.

use super::super::picture::{
    Collection, HeldOut, Pictures, check_penalty, check_size, check_whitened, folder_name,
    picture_settings,
};
use super::super::{Decision, RowsOrFraction, Task, TaskSource};
use super::background::Background;
use super::decode::Reading;
use super::findings::Findings;
use super::listing::{Files, Listing};
use super::numbers::{decoded, of_bits};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::{Check, range};
use std::path::{Path, PathBuf};

/// Largest height and width to which pictures are resized.
const MOST_SIDE: usize = 4096;

picture_settings! {
    /// Settings of a folder of pictures, `task.kind = "folder"`. Each class has a folder with the name of
    /// the class, with PNG, JPEG, WebP, BMP, GIF or TIFF files of any size. The class folders are in
    /// `train`, `val` and `test` (in any case; also `training`, `valid`, `validation`, `testing`), or
    /// directly in the folder. Parts without a folder are held out of the training pictures. A folder
    /// named `train` is a part only if class folders lie in it; otherwise it is a class.
    ///
    /// A file is what it holds, whatever its ending. A file that is truncated or damaged is an error. Of
    /// several frames or pages the first is read. A picture is turned as its Exif note says, and put on
    /// `background` if it is transparent. Then the largest centred piece with the right aspect ratio is cut
    /// out and resized. Numbers are divided by that for white: by 255, or if any picture has 16 bits, by
    /// that of `bits`. Then each channel is normalised with its mean and standard deviation in the
    /// training part.
    ///
    /// Classes and files are sorted by name. Class folders of other parts are matched by name. A class may
    /// be missing there, but not in `train`. Folders within a class folder belong to the class, and links
    /// are followed. What systems leave behind (names with a dot before them, `Thumbs.db`, `__MACOSX` and
    /// more, in any case) is passed over, and so are files next to class folders that are not pictures. In
    /// a class folder, a file that is not a picture is an error.
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
        /// The background of transparent pictures: a grey level from 0 to 255, or `[red, green, blue]`.
        /// Default 255, white.
        pub background: Background = Background::default(),
        /// Count n of bits that the numbers of pictures of 16 bits use, 8 to 16; white is 2ⁿ − 1. If not
        /// given, the smallest of 8, 10, 12, 14 and 16 that suffices for all pictures. (A transparent
        /// picture is on white of 16 bits then.) Pictures of 8 bits do not need it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub bits: Option<u32> = None,
        /// Number or fraction of the training pictures for validation, which the seed holds out class by
        /// class. Default 0.15. Not used if there is a folder `val`.
        pub validation: RowsOrFraction = RowsOrFraction::Fraction(0.15),
        /// Number or fraction of the training pictures for the test, which the seed holds out class by class.
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
        if let Some(bits) = self.bits {
            range::count("task.bits", bits as usize, 8..=16)?;
        }
        self.validation.check("task.validation")?;
        self.test.check("task.test")?;
        if self.zca {
            check_whitened(self.shape()?)?;
        }
        check_penalty(self.zca_penalty)
    }
}

impl Folder {
    /// The setting of this key with another value than it has here, as a line of TOML.
    fn other(&self, key: &str) -> String {
        let [first, second] = match key {
            "task.side" => ["64", "32"],
            "task.channels" => ["1", "3"],
            "task.background" => ["0", "255"],
            "task.bits" => ["16", "12"],
            "task.test" => ["0.1", "0.3"],
            _ => ["0.1", "0.2"],
        };
        let own = toml::Table::try_from(self).unwrap_or_default();
        let name = key.strip_prefix("task.").unwrap_or(key);
        let is_own = own
            .get(name)
            .is_some_and(|value| value.to_string() == first);
        format!("{key} = {}", if is_own { second } else { first })
    }

    /// Loads the task like [`TaskSource::load`], and tells what was found and decided.
    ///
    /// # Errors
    /// Those of [`TaskSource::load`].
    pub fn load_found(&self, seed: &Seed) -> Result<(Task, Findings)> {
        self.check()?;
        let shape = self.shape()?;
        if !self.path.is_dir() {
            let problem = "is not a folder that can be read; give a folder that holds one folder for each \
            class, or the folders train and test with one folder for each class";
            return Err(Error::data(&self.path, problem));
        }
        let listing = Listing::read(&self.path)?;
        let (tests, validations) = (listing.test.as_ref(), listing.validation.as_ref());
        let parts = [Some(&listing.train), validations, tests];
        let paths: Vec<PathBuf> = (parts.iter().flatten())
            .flat_map(|files| files.paths.iter().cloned())
            .collect();
        check_size(&self.path, paths.len(), shape, listing.classes.len())?;
        let reading = Reading {
            shape,
            background: self.background,
            most: self.bits.map(of_bits),
        };
        let (mut pixels, seen) = decoded(&paths, reading)?;
        let findings = Findings::of(&listing, &seen, shape, self.background, pixels.most());
        // The parts follow one another, so the last one is taken off first.
        let width: usize = shape.iter().product();
        let mut taken = |files: &Option<Files>, share| match files {
            None => HeldOut::RowsOrFraction(share),
            Some(files) => HeldOut::Given(Pictures {
                shape,
                pixels: pixels.split_off(pixels.len() - files.paths.len() * width),
                labels: files.labels.clone(),
            }),
        };
        let test = taken(&listing.test, self.test);
        let validation = taken(&listing.validation, self.validation);
        let collection = Collection {
            name: folder_name(&self.path),
            classes: listing.classes,
            train: Pictures {
                shape,
                pixels,
                labels: listing.train.labels,
            },
            validation,
            test,
        };
        let mut task = collection.into_task(self.preprocessing(), &self.split(seed))?;
        let decisions = findings.decisions().into_iter();
        let decision = |(text, key): (String, Option<&str>)| Decision {
            text,
            setting: key.map(|key| self.other(key)),
        };
        let normalised = Decision::normalised(self.normalise, "channel by channel");
        let untested = Decision::untested(&task.target, &task.test);
        task.inspection.decisions = (decisions.map(decision))
            .chain(normalised)
            .chain(untested)
            .collect();
        task.inspection.format = "folder of pictures".to_owned();
        task.inspection.target.rule = "each folder is a class, by name".to_owned();
        Ok((task, findings))
    }
}

impl TaskSource for Folder {
    fn has_classes(&self) -> Option<bool> {
        Some(true)
    }

    fn load(&self, seed: &Seed) -> Result<Task> {
        self.load_found(seed).map(|(task, _)| task)
    }
}

/// The pictures of a folder of class folders, cut and resized to a shape.
pub(crate) struct ClassFolders {
    /// Names of the classes.
    pub(crate) classes: Vec<String>,
    /// The pictures.
    pub(crate) pictures: Pictures,
    /// How many had another size.
    pub(crate) resized: usize,
    /// Of how many the borders are cut off.
    pub(crate) cut: usize,
}

/// Reads the pictures of a folder of class folders.
///
/// # Errors
/// [`Error::Data`] as for a task; also for a folder with the parts of a task.
pub(crate) fn class_folders(
    path: &Path,
    shape: [usize; 3],
    white: Option<u16>,
) -> Result<ClassFolders> {
    let listing = Listing::read(path)?;
    if let [part, ..] = listing.parts.as_slice() {
        let problem = format!("has the parts of a task: name the folder {part} in it instead");
        return Err(Error::data(path, problem));
    }
    let Files { paths, labels } = listing.train;
    check_size(path, paths.len(), shape, listing.classes.len())?;
    let reading = Reading {
        shape,
        background: Background::default(),
        most: white,
    };
    let (pixels, seen) = decoded(&paths, reading)?;
    let pictures = Pictures {
        shape,
        pixels,
        labels,
    };
    let [_, height, width] = shape;
    let own = [width, height].map(|side| side as u32);
    Ok(ClassFolders {
        classes: listing.classes,
        pictures,
        resized: seen.iter().filter(|seen| seen.sides != own).count(),
        cut: seen.iter().filter(|seen| seen.is_cut).count(),
    })
}
