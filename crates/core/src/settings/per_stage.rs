//! One value for all stages, or a list with one for each.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A setting of the outer loop that stages may have their own value of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PerStage<T> {
    /// The same for every stage.
    Same(T),
    /// One for each stage, in order.
    Each(Vec<T>),
}

impl<T: Copy> PerStage<T> {
    /// The value for a stage, counted from 0; the last one where the list is too short.
    pub fn stage(&self, index: usize) -> Option<T> {
        match self {
            Self::Same(value) => Some(*value),
            Self::Each(values) => values.get(index).or(values.last()).copied(),
        }
    }

    /// All values given.
    pub fn values(&self) -> &[T] {
        match self {
            Self::Same(value) => std::slice::from_ref(value),
            Self::Each(values) => values,
        }
    }

    /// Refuses a list of another length than there are stages.
    ///
    /// # Errors
    /// [`Error::Setting`] with that name.
    pub fn check_stages(&self, key: &str, stages: usize) -> Result<()> {
        match self {
            Self::Each(values) if values.len() != stages => Err(Error::setting(
                key,
                format!("a list of {}", values.len()),
                format!("there are {stages} stages: give one value for all, or one for each"),
            )),
            _ => Ok(()),
        }
    }
}
