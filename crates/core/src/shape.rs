//! The shape of an input row, and the interface between a task and a network.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Shape of one input. The library passes inputs as rows `[n, len]`; this shape says how to read a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum InputShape {
    /// A vector with this number of features.
    Vector(usize),
    /// A picture of channels, height and width. A row stores it channel by channel.
    Picture([usize; 3]),
}

impl InputShape {
    /// Count of numbers in one input.
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

    /// Whether inputs can be shown as images: pictures with 1 or 3 channels.
    pub fn can_be_drawn(self) -> bool {
        matches!(self, Self::Picture([1 | 3, _, _]))
    }

    /// Returns channels, height and width, for the setting `key` that is for pictures only.
    ///
    /// # Errors
    /// [`Error::Setting`] if inputs are vectors; it names `key` and `value`.
    pub fn picture_for(self, key: &str, value: impl ToString) -> Result<[usize; 3]> {
        match self {
            Self::Picture(picture) => Ok(picture),
            Self::Vector(features) => {
                let accepted = format!(
                    "is for pictures, but an input of this task is a vector of {features} numbers: remove \
                    this setting, or choose a task with pictures"
                );
                Err(Error::setting(key, value, accepted))
            }
        }
    }
}

/// The shapes of a task's inputs and targets, for which a network is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// Shape of one input.
    pub inputs: InputShape,
    /// Length of one target: the number of classes, or of regression targets.
    pub outputs: usize,
}
