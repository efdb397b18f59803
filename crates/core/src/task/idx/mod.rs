//! Grey pictures in the four files of the MNIST layout (also Fashion-MNIST, KMNIST and the like).

mod file;

use std::path::{Path, PathBuf};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::partition::{Groups, Parts};
use super::split::MOST_NUMBERS;
use super::{Columns, InputShape, Normalisation, Source, Split, Target, Task};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;
use file::{Images, Labels};

/// Settings of a folder of IDX files, `task.kind = "idx"`: `train-images-idx3-ubyte`,
/// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each plain or
/// with the ending `.gz`; the plain file where there are both.
///
/// Grey levels are divided by 255, then normalised by mean and standard deviation of the training
/// part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Idx {
    /// The folder; one that does not begin at the root is looked for in the working directory, not
    /// beside the settings file.
    pub path: PathBuf,
    /// Number of classes, 2 to 256; labels are below it.
    pub classes: usize,
    /// Number of rows taken from the training files for validation, class by class, by the seed.
    pub validation: usize,
}

impl Default for Idx {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            classes: 10,
            validation: 5_000,
        }
    }
}

impl Check for Idx {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the folder of the four IDX files, such as task.path=data/mnist";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        if !(2..=256).contains(&self.classes) {
            let accepted = "must be from 2 to 256: labels are bytes";
            return Err(Error::setting("task.classes", self.classes, accepted));
        }
        if self.validation == 0 {
            return Err(Error::setting("task.validation", 0, "must be at least 1"));
        }
        Ok(())
    }
}

impl Source for Idx {
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        if !self.path.is_dir() {
            let problem = "is not a folder that can be read; give the folder that holds \
                           train-images-idx3-ubyte, train-labels-idx1-ubyte, \
                           t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (each plain or with \
                           .gz), such as --set task.path=FOLDER";
            return Err(Error::data(&self.path, problem));
        }
        let train = Pictures::read(&self.path, "train", self.classes)?;
        let test = Pictures::read(&self.path, "t10k", self.classes)?;
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
            let problem =
                format!("training and test pictures have more than {MOST_NUMBERS} pixels");
            return Err(Error::data(&self.path, problem));
        }
        let rows = train.images.count;
        if self.validation >= rows {
            let accepted = format!("must be less than the {rows} rows of the training files");
            return Err(Error::setting("task.validation", self.validation, accepted));
        }
        let mut groups = Groups::shuffled(train.rows_by_class(self.classes)?, seed);
        let held = groups.hold_out(self.validation, "task.validation", self.validation)?;
        let all: Vec<usize> = (0..test.images.count).collect();
        let mut parts = Parts {
            train: train.rows(&groups.rest(), self.classes),
            validation: train.rows(&held, self.classes),
            test: test.rows(&all, self.classes),
        };
        let inputs = parts.normalise_inputs(1);
        Ok(Task {
            name: folder_name(&self.path),
            train: parts.train,
            validation: parts.validation,
            test: parts.test,
            inputs: InputShape::Picture([1, sides[0], sides[1]]),
            target: Target::Classes((0..self.classes).map(|class| class.to_string()).collect()),
            normalisation: Normalisation {
                inputs,
                targets: Columns::default(),
            },
            linear_part: None,
            subspace: None,
        })
    }
}

/// Pictures with their labels.
struct Pictures {
    images: Images,
    labels: Labels,
}

impl Pictures {
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

    /// Rows of each class; a class without any is refused.
    fn rows_by_class(&self, classes: usize) -> Result<Vec<Vec<usize>>> {
        let mut groups = vec![Vec::new(); classes];
        for (row, &label) in self.labels.labels.iter().enumerate() {
            groups[usize::from(label)].push(row);
        }
        match groups.iter().position(Vec::is_empty) {
            None => Ok(groups),
            Some(class) => {
                let problem =
                    format!("no row has label {class}, one of the task.classes = {classes}");
                Err(Error::data(&self.labels.path, problem))
            }
        }
    }

    /// These rows, with pixels from 0 to 1.
    fn rows(&self, rows: &[usize], classes: usize) -> Split {
        let width = self.images.sides.iter().product();
        let mut inputs = Array2::zeros((rows.len(), width));
        for (mut input, &row) in inputs.rows_mut().into_iter().zip(rows) {
            let pixels = &self.images.pixels[row * width..][..width];
            for (value, &pixel) in input.iter_mut().zip(pixels) {
                *value = f32::from(pixel) / 255.0;
            }
        }
        let label = |&row: &usize| usize::from(self.labels.labels[row]);
        Split::classes(inputs, rows.iter().map(label).collect(), classes)
    }
}

/// Name of a folder, also where it is given as `.` or `..`.
fn folder_name(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().or_else(|| full.file_name());
    name.map_or_else(
        || "idx".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests;
