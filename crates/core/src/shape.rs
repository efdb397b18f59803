//! What a row of inputs means, and what a network that learns a task is built for.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

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

    /// Whether inputs can be shown: pictures of 1 or 3 channels.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Picture([1 | 3, _, _]))
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
