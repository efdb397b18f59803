//! The kind of a task's targets.

use serde::{Deserialize, Serialize};

/// The kind of a task's targets, with the names of classes or values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Classes with these names. Targets are one-hot rows.
    Classes(Vec<String>),
    /// Real numbers with these names.
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

    /// Names of the classes. Empty if targets are real numbers.
    pub fn class_names(&self) -> &[String] {
        match self {
            Self::Classes(names) => names,
            Self::Values(_) => &[],
        }
    }

    /// Number of classes, or `None` if targets are real numbers.
    pub fn classes(&self) -> Option<usize> {
        match self {
            Self::Classes(names) => Some(names.len()),
            Self::Values(_) => None,
        }
    }
}
