//! What the rows of targets mean.

use serde::{Deserialize, Serialize};

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

    /// Names of the classes; none where targets are real numbers.
    pub fn class_names(&self) -> &[String] {
        match self {
            Self::Classes(names) => names,
            Self::Values(_) => &[],
        }
    }

    /// Number of classes, where there are classes.
    pub fn classes(&self) -> Option<usize> {
        match self {
            Self::Classes(names) => Some(names.len()),
            Self::Values(_) => None,
        }
    }
}
