//! Makes a task of pictures with classes.

use super::super::partition::{Groups, Partition};
use super::super::split::{MOST_NUMBERS, places_by_class};
use super::super::{
    Columns, Decision, Inspection, Normalisation, RowsOrFraction, Split, Target, Task, Whitening,
};
use super::pixels::Pixels;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::shape::InputShape;
use ndarray::Array2;
use std::path::Path;

/// Pictures of one shape with their labels.
#[derive(Debug)]
pub struct Pictures {
    /// Channels, height and width.
    pub shape: [usize; 3],
    /// The numbers of the pixels, picture by picture and channel by channel.
    pub pixels: Pixels,
    /// The class of each picture.
    pub labels: Vec<usize>,
}

/// The source of the pictures of the validation or the test part.
#[derive(Debug)]
pub enum HeldOut {
    /// These pictures.
    Given(Pictures),
    /// Pictures that are held out of the training pictures, class by class, as `task.validation` or
    /// `task.test` says.
    RowsOrFraction(RowsOrFraction),
}

/// The preprocessing of pixels from 0 to 1, in this order. It is fitted on the training part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocessing {
    /// Whether each channel is normalised to mean 0 and variance 1.
    pub normalise: bool,
    /// The penalty of a whitening, or `None` for no whitening.
    pub whiten: Option<f64>,
}

/// Pictures and classes from which a task is made. Every class must have pictures in `train`.
#[derive(Debug)]
pub struct Collection {
    /// Name of the task.
    pub name: String,
    /// Names of the classes; labels are indices of them.
    pub classes: Vec<String>,
    /// Pictures for training.
    pub train: Pictures,
    /// Pictures for the validation.
    pub validation: HeldOut,
    /// Pictures for the test.
    pub test: HeldOut,
}

impl Pictures {
    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The indices of the pictures of each class.
    pub fn by_class(&self, classes: usize) -> Vec<Vec<usize>> {
        places_by_class(&self.labels, classes)
    }

    /// The pictures at these indices as rows, with pixels from 0 to 1.
    fn rows(&self, places: &[usize], classes: usize) -> Split {
        let width = self.shape.iter().product();
        let mut inputs = Array2::zeros((places.len(), width));
        for (mut input, &place) in inputs.rows_mut().into_iter().zip(places) {
            if let Some(row) = input.as_slice_mut() {
                self.pixels.scaled(place * width, row);
            }
        }
        let labels = places.iter().map(|&place| self.labels[place]).collect();
        Split::classes(inputs, labels, classes)
    }
}

impl Collection {
    /// Makes the task: holds out the test and the validation part class by class, unless they are given,
    /// divides pixels by the number for white (255 for bytes) and preprocesses them.
    ///
    /// # Errors
    /// [`Error::Setting`] if there are too few pictures to hold out, if pictures are too large to whiten, or
    /// if the whitening fails.
    pub fn into_task(self, preprocessing: Preprocessing, seed: &Seed) -> Result<Task> {
        let Self {
            name,
            classes,
            train: pictures,
            validation,
            test,
        } = self;
        let (shape, count) = (pictures.shape, classes.len());
        if preprocessing.whiten.is_some() {
            check_whitened(shape)?;
        }
        let mut groups = Groups::shuffled(pictures.by_class(count), seed);
        let mut decisions = Vec::new();
        let mut part = |key: &str, source: HeldOut| match source {
            HeldOut::Given(given) => {
                let all: Vec<usize> = (0..given.len()).collect();
                Ok(given.rows(&all, count))
            }
            HeldOut::RowsOrFraction(share) => {
                let held = groups.hold_out_pictures(share.of(pictures.len()), key, share)?;
                decisions.push(Decision::drawn(held.len(), key, share));
                Ok(pictures.rows(&held, count))
            }
        };
        let test = part("task.test", test)?;
        let validation = part("task.validation", validation)?;
        let mut parts = Partition {
            train: pictures.rows(&groups.rest(), count),
            validation,
            test,
        };
        let most = pictures.pixels.most();
        drop(pictures);
        let mut normalisation = Normalisation::of_inputs(match preprocessing.normalise {
            true => parts.normalise_inputs(shape[0]),
            false => Columns::unit(),
        });
        normalisation.divisor = (most != u16::from(u8::MAX)).then_some(most);
        if let Some(penalty) = preprocessing.whiten {
            normalisation.whitening = Some(parts.whiten_inputs(penalty)?);
        }
        let target = Target::Classes(classes);
        let split = [&parts.train, &parts.validation, &parts.test];
        decisions.extend(Decision::normalised(
            preprocessing.normalise,
            "channel by channel",
        ));
        decisions.extend(Decision::untested(&target, &parts.test));
        let inspection = Inspection {
            decisions,
            ..Inspection::of_parts("pictures", &target, split)
        };
        Ok(Task {
            name,
            train: parts.train,
            validation: parts.validation,
            test: parts.test,
            inputs: InputShape::Picture(shape),
            target,
            normalisation,
            linear_part: None,
            subspace: None,
            columns: None,
            inspection,
        })
    }
}

/// Checks that pictures of this shape are small enough to whiten.
///
/// # Errors
/// [`Error::Setting`] for `task.zca` if they have more than [`Whitening::MOST_FEATURES`] numbers.
pub fn check_whitened(shape: [usize; 3]) -> Result<()> {
    let features: usize = shape.iter().product();
    if features <= Whitening::MOST_FEATURES {
        return Ok(());
    }
    let [channels, height, width] = shape;
    let accepted = format!(
        "pictures of {channels}×{height}×{width} are {features} numbers, and at most {} can be \
        whitened: set task.zca = false, or make the pictures smaller",
        Whitening::MOST_FEATURES
    );
    Err(Error::setting("task.zca", true, accepted))
}

/// Checks that pictures and their one-hot targets are not too many numbers for memory, before allocating any.
///
/// # Errors
/// [`Error::Data`] for `path` if they are.
pub fn check_size(path: &Path, count: usize, shape: [usize; 3], classes: usize) -> Result<()> {
    let [channels, height, width] = shape;
    let features = shape.iter().product::<usize>();
    if count.saturating_mul(features.saturating_add(classes)) <= MOST_NUMBERS {
        return Ok(());
    }
    let problem = format!(
        "has {count} pictures; as {channels}×{height}×{width} with {classes} classes they are more \
        than {MOST_NUMBERS} numbers, which is too much for memory: take fewer or smaller pictures"
    );
    Err(Error::data(path, problem))
}

/// The name of a folder, even if the path is `.` or `..`.
pub fn folder_name(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().or_else(|| full.file_name());
    name.map_or_else(
        || "pictures".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
