//! Pictures with classes, on their way to a task.

use super::super::partition::{Groups, Partition};
use super::super::split::{MOST_NUMBERS, places_by_class};
use super::super::{Columns, HeldOut, Normalisation, Split, Target, Task, Whitening};
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
    /// Picture by picture, plane by plane: one byte a pixel and channel.
    pub pixels: Vec<u8>,
    /// The class of each picture.
    pub labels: Vec<usize>,
}

/// Where the pictures of the test part come from.
#[derive(Debug)]
pub enum TestPictures {
    /// They are given.
    Given(Pictures),
    /// They are held out of the others, class by class; the setting is `task.test`.
    HeldOut(HeldOut),
}

/// What is done to pixels from 0 to 1, in this order; by the training part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocessing {
    /// Mean 0 and variance 1, channel by channel.
    pub normalise: bool,
    /// A whitening with that penalty.
    pub whiten: Option<f64>,
}

/// All that becomes a task. Every class has pictures in `train`.
#[derive(Debug)]
pub struct Collection {
    /// What the task is called.
    pub name: String,
    /// Names of the classes; labels are places among them.
    pub classes: Vec<String>,
    /// Pictures to train on, and to hold others out of.
    pub train: Pictures,
    /// Pictures to test on.
    pub test: TestPictures,
}

impl Pictures {
    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Places of the pictures of each class.
    pub fn by_class(&self, classes: usize) -> Vec<Vec<usize>> {
        places_by_class(&self.labels, classes)
    }

    /// The pictures at these places as rows, with pixels from 0 to 1.
    fn rows(&self, places: &[usize], classes: usize) -> Split {
        let width = self.shape.iter().product();
        let mut inputs = Array2::zeros((places.len(), width));
        for (mut input, &place) in inputs.rows_mut().into_iter().zip(places) {
            let pixels = &self.pixels[place * width..][..width];
            for (value, &pixel) in input.iter_mut().zip(pixels) {
                *value = f32::from(pixel) / 255.0;
            }
        }
        let labels = places.iter().map(|&place| self.labels[place]).collect();
        Split::classes(inputs, labels, classes)
    }
}

impl Collection {
    /// The task: pixels divided by 255 and preprocessed. The test part, unless given, and the validation
    /// part, whose setting is `task.validation`, are held out class by class.
    ///
    /// # Errors
    /// [`Error::Setting`]: too few pictures to hold out so many, or pictures too large to whiten.
    pub fn into_task(
        self,
        validation: HeldOut,
        preprocessing: Preprocessing,
        seed: &Seed,
    ) -> Result<Task> {
        let Self {
            name,
            classes,
            train: pictures,
            test,
        } = self;
        let (shape, count) = (pictures.shape, classes.len());
        if preprocessing.whiten.is_some() {
            check_whitened(shape)?;
        }
        let mut groups = Groups::shuffled(pictures.by_class(count), seed);
        let mut hold_out =
            |key: &str, share: HeldOut| groups.hold_out(share.of(pictures.len()), key, share);
        let test = match test {
            TestPictures::Given(test) => {
                let all: Vec<usize> = (0..test.len()).collect();
                test.rows(&all, count)
            }
            TestPictures::HeldOut(share) => pictures.rows(&hold_out("task.test", share)?, count),
        };
        let held = hold_out("task.validation", validation)?;
        let mut parts = Partition {
            train: pictures.rows(&groups.rest(), count),
            validation: pictures.rows(&held, count),
            test,
        };
        drop(pictures);
        let mut normalisation = Normalisation::of_inputs(match preprocessing.normalise {
            true => parts.normalise_inputs(shape[0]),
            false => Columns::unit(),
        });
        if let Some(penalty) = preprocessing.whiten {
            normalisation.whitening = Some(parts.whiten_inputs(penalty)?);
        }
        Ok(Task {
            name,
            train: parts.train,
            validation: parts.validation,
            test: parts.test,
            inputs: InputShape::Picture(shape),
            target: Target::Classes(classes),
            normalisation,
            linear_part: None,
            subspace: None,
        })
    }
}

/// Refuses pictures that are too large to whiten.
///
/// # Errors
/// [`Error::Setting`] that names `task.zca`.
pub fn check_whitened(shape: [usize; 3]) -> Result<()> {
    let features: usize = shape.iter().product();
    if features <= Whitening::MOST_FEATURES {
        return Ok(());
    }
    let [channels, height, width] = shape;
    let accepted = format!(
        "pictures of {channels}×{height}×{width} are {features} numbers, and at most {} can be \
         whitened: leave it away, or make pictures smaller",
        Whitening::MOST_FEATURES
    );
    Err(Error::setting("task.zca", true, accepted))
}

/// Refuses more pictures than memory holds as numbers, before it is asked for.
///
/// # Errors
/// [`Error::Data`] that names `path`.
pub fn check_size(path: &Path, count: usize, shape: [usize; 3], classes: usize) -> Result<()> {
    let [channels, height, width] = shape;
    let features = shape.iter().product::<usize>();
    if count.saturating_mul(features.saturating_add(classes)) <= MOST_NUMBERS {
        return Ok(());
    }
    let problem = format!(
        "has {count} pictures, which as {channels}×{height}×{width} with {classes} classes are more \
         than {MOST_NUMBERS} numbers: too much to hold in memory"
    );
    Err(Error::data(path, problem))
}

/// Name of a folder, also where it is given as `.` or `..`.
pub fn folder_name(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().or_else(|| full.file_name());
    name.map_or_else(
        || "pictures".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
