//! What is distilled: a task is checked, normalised and fingerprinted data in three parts.
//!
//! The *training* part is what distillation sees. Hyper-parameters are chosen on the *validation*
//! part. The *test* part only reports. A [`Task`] lives on the host; [`Resident`] is its copy on a
//! device, uploaded once.

mod cifar;
pub mod csv;
mod digits;
mod folder;
mod idx;
mod linear_part;
mod multi_index;
mod normalise;
mod partition;
mod picture;
mod registry;
mod resident;
mod share;
mod span;
mod split;
mod whitening;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::csv::Csv;
pub use cifar::Cifar;
pub use digits::Digits;
pub use folder::Folder;
pub use idx::Idx;
pub use linear_part::LinearPart;
pub use multi_index::{Link, MultiIndex};
pub use normalise::{Columns, Normalisation};
pub use registry::TaskSettings;
pub use resident::{Drawn, Resident, Rows, row_numbers, upload};
pub use share::Share;
pub use span::Span;
pub use split::{Split, even_shares, one_hot};
pub use whitening::{Map, Whitening};

use crate::digest::hexadecimal;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;

/// Shape of one input. Inputs travel as rows; this says what a row means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum InputShape {
    /// A vector of that many features.
    Vector(usize),
    /// A picture: channels, height and width, stored plane by plane.
    Picture([usize; 3]),
}

impl InputShape {
    /// Numbers in one input.
    pub fn len(self) -> usize {
        match self {
            Self::Vector(features) => features,
            Self::Picture(sides) => sides.iter().product(),
        }
    }

    /// Whether an input has no numbers at all.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Channels, height and width, for a setting that is for pictures only.
    ///
    /// # Errors
    /// [`Error::Setting`]: inputs are vectors.
    pub fn picture_for(self, key: &str, value: impl ToString) -> Result<[usize; 3]> {
        match self {
            Self::Picture(picture) => Ok(picture),
            Self::Vector(features) => {
                let accepted = format!(
                    "is for pictures, but an input of this task is a vector of {features} numbers: leave \
                     this setting away, or take a task with pictures"
                );
                Err(Error::setting(key, value, accepted))
            }
        }
    }
}

/// What a network that learns a task is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// Shape of one input.
    pub inputs: InputShape,
    /// Length of one target: the number of classes, or of regression targets.
    pub outputs: usize,
}

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One of these classes; targets are one-hot rows.
    Classes(Vec<String>),
    /// These real numbers.
    Values(Vec<String>),
}

impl Target {
    /// Length of a target row.
    pub fn len(&self) -> usize {
        match self {
            Self::Classes(names) | Self::Values(names) => names.len(),
        }
    }

    /// Whether a target row is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of classes, where there are classes.
    pub fn classes(&self) -> Option<usize> {
        match self {
            Self::Classes(names) => Some(names.len()),
            Self::Values(_) => None,
        }
    }
}

/// Data to distil, in three parts, with all that is known about it.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it is called in summaries, such as `multi-index` or a file's name.
    pub name: String,
    /// What distillation sees.
    pub train: Split,
    /// What hyper-parameters are chosen on.
    pub validation: Split,
    /// What scores are reported on, and nothing else.
    pub test: Split,
    /// Shape of an input row.
    pub inputs: InputShape,
    /// Meaning of a target row.
    pub target: Target,
    /// How raw data became these rows, to be undone for viewing.
    pub normalisation: Normalisation,
    /// The linear part taken off the targets, where the task asks for that.
    pub linear_part: Option<LinearPart>,
    /// The principal subspace S as orthonormal columns `[d, r]`, where it is known.
    pub subspace: Option<Array2<f32>>,
}

impl Task {
    /// Numbers of the training part; a class counts as one.
    pub fn train_floats(&self) -> usize {
        let targets = match self.target.classes() {
            Some(_) => 1,
            None => self.target.len(),
        };
        self.train.len() * (self.inputs.len() + targets)
    }

    /// Shape of inputs and length of targets.
    pub fn interface(&self) -> Interface {
        Interface {
            inputs: self.inputs,
            outputs: self.target.len(),
        }
    }

    /// Names of the classes; none where targets are real numbers.
    pub fn target_classes(&self) -> &[String] {
        match &self.target {
            Target::Classes(names) => names,
            Target::Values(_) => &[],
        }
    }

    /// A digest of the three parts: two tasks with the same fingerprint hold the same numbers. Where
    /// inputs are whitened, whose products round differently on other machines, it is a digest of
    /// the parts before that and of the penalty, so that every machine has the same one.
    pub fn fingerprint(&self) -> String {
        match &self.normalisation.whitening {
            Some(whitening) => whitening.fingerprint.clone(),
            None => hexadecimal(digest([&self.train, &self.validation, &self.test])),
        }
    }
}

/// A digest of the numbers of three parts, still open for more.
fn digest(parts: [&Split; 3]) -> Sha256 {
    let mut hash = Sha256::new();
    for split in parts {
        hash.update((split.len() as u64).to_le_bytes());
        for value in split.inputs.iter().chain(split.targets.iter()) {
            hash.update(value.to_le_bytes());
        }
    }
    hash
}

/// Settings of a kind of task, able to load or make it.
pub trait Source: Check {
    /// The task. Where parts are drawn or split at random, `seed` decides.
    ///
    /// # Errors
    /// A file that is missing, malformed or contradicts itself; the message names it.
    fn load(&self, seed: &Seed) -> Result<Task>;

    /// What a network that learns the task is built for, where the settings alone say that: sizes
    /// are then checked before there are data.
    fn interface(&self) -> Option<Interface> {
        None
    }
}
