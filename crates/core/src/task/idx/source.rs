//! The settings of an IDX task, and how the task is loaded.

use super::super::picture::{
    Collection, HeldOut, Pictures, Pixels, check_penalty, folder_name, picture_settings,
};
use super::super::split::MOST_NUMBERS;
use super::super::{RowsOrFraction, Task, TaskSource};
use super::file::{Images, Labels};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::{Check, range};
use std::path::{Path, PathBuf};

picture_settings! {
    /// Settings of a folder of IDX files, `task.kind = "idx"`: `train-images-idx3-ubyte`,
    /// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each plain or
    /// with the ending `.gz`. If there are both, the plain file is read.
    ///
    /// Grey levels are divided by 255 and then normalised with the mean and standard deviation of the
    /// training part.
    pub struct Idx {
        /// The folder. A relative path is relative to the working directory, not to the settings file.
        pub path: PathBuf = PathBuf::new(),
        /// Number of classes, 2 to 256. Labels are less than this. Default 10.
        pub classes: usize = 10,
        /// Number of rows that the seed takes from the training files for validation, class by class. At
        /// least 1, default 5000.
        pub validation: usize = 5_000,
    }
}

impl Check for Idx {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the folder of the four IDX files, such as task.path=data/mnist";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        range::count("task.classes", self.classes, 2..=256)?;
        range::count("task.validation", self.validation, 1..=usize::MAX)?;
        check_penalty(self.zca_penalty)
    }
}

impl TaskSource for Idx {
    fn has_classes(&self) -> Option<bool> {
        Some(true)
    }

    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        if !self.path.is_dir() {
            let problem = "is not a folder that can be read; give the folder of \
            train-images-idx3-ubyte, train-labels-idx1-ubyte, \
                           t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (each plain or with \
                           .gz), such as --set task.path=FOLDER";
            return Err(Error::data(&self.path, problem));
        }
        let train = Files::read(&self.path, "train", self.classes)?;
        let test = Files::read(&self.path, "t10k", self.classes)?;
        let sides = train.images.sides;
        if test.images.sides != sides {
            let problem = format!(
                "has pictures of {:?} pixels, but the training pictures have {sides:?}",
                test.images.sides
            );
            return Err(Error::data(&test.images.path, problem));
        }
        let numbers = train
            .images
            .pixels
            .len()
            .saturating_add(test.images.pixels.len());
        if numbers > MOST_NUMBERS {
            let problem = format!(
                "training and test pictures have more than {MOST_NUMBERS} pixels: too many for memory"
            );
            return Err(Error::data(&self.path, problem));
        }
        let rows = train.images.count;
        if self.validation >= rows {
            let accepted = format!("must be less than the {rows} rows of the training files");
            return Err(Error::setting("task.validation", self.validation, accepted));
        }
        train.check_classes(self.classes)?;
        let collection = Collection {
            name: folder_name(&self.path),
            classes: (0..self.classes).map(|class| class.to_string()).collect(),
            train: train.pictures(),
            validation: HeldOut::RowsOrFraction(RowsOrFraction::Rows(self.validation)),
            test: HeldOut::Given(test.pictures()),
        };
        let mut task = collection.into_task(self.preprocessing(), &self.split(seed))?;
        task.inspection.format = "MNIST (IDX) files".to_owned();
        task.inspection.target.rule = "the labels of the files are classes".to_owned();
        Ok(task)
    }
}

/// The pictures of one file and their labels from another.
struct Files {
    images: Images,
    labels: Labels,
}

impl Files {
    fn read(folder: &Path, part: &str, classes: usize) -> Result<Self> {
        let images = Images::read(folder, &format!("{part}-images"))?;
        let labels = Labels::read(folder, &format!("{part}-labels"))?;
        if labels.labels.len() != images.count {
            let problem = format!(
                "has {} labels for the {} pictures of {}",
                labels.labels.len(),
                images.count,
                images.path.display()
            );
            return Err(Error::data(&labels.path, problem));
        }
        let mut numbered = labels.labels.iter().enumerate();
        if let Some((row, label)) = numbered.find(|(_, label)| usize::from(**label) >= classes) {
            let problem = format!(
                "label {label} of row {row} (counted from 0) is not below task.classes = {classes}"
            );
            return Err(Error::data(&labels.path, problem));
        }
        Ok(Self { images, labels })
    }

    /// Checks that every class has a row.
    fn check_classes(&self, classes: usize) -> Result<()> {
        let mut seen = vec![false; classes];
        for &label in &self.labels.labels {
            seen[usize::from(label)] = true;
        }
        match seen.iter().position(|seen| !seen) {
            None => Ok(()),
            Some(class) => {
                let problem = format!(
                    "no row has label {class}, one of the labels that task.classes = {classes} needs"
                );
                Err(Error::data(&self.labels.path, problem))
            }
        }
    }

    fn pictures(self) -> Pictures {
        let [height, width] = self.images.sides;
        Pictures {
            shape: [1, height, width],
            pixels: Pixels::Bytes(self.images.pixels),
            labels: self.labels.labels.into_iter().map(usize::from).collect(),
        }
    }
}
