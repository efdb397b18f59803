//! A set that another program made, whatever file it came from.

use super::classes::Match;
use crate::synthetic::RawSet;

/// A set that another program made.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The set, with the task's shapes and the task's order of classes.
    pub raw: RawSet,
    /// How its classes were matched with those of the task. `None` if targets are values.
    pub matched: Option<Match>,
    /// Names of columns that the task does not have and that number the rows. They are left out.
    pub left_out: Vec<String>,
}
