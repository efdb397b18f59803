//! The settings that all tables have in common.

use std::collections::BTreeMap;

use super::column::{Column, Targets};
use super::encoding::{Encoding, Pooling};
use super::missing::{MissingPolicy, MissingTarget};
use super::outcome::TargetKind;
use super::typing::ColumnType;
use crate::error::{Error, Result};
use crate::settings::range;
use crate::task::partition::{check_fraction, check_fractions};

/// The settings that all tables have in common, whatever file they came from.
#[derive(Debug, Clone, Copy)]
pub struct Choices<'a> {
    /// `task.target`: the columns to predict; the last one if `None`.
    pub target: Option<&'a Targets>,
    /// `task.ignore`: columns that are left out.
    pub ignore: &'a [Column],
    /// `task.types`: types by column name, or by index as text.
    pub types: &'a BTreeMap<String, ColumnType>,
    /// `task.missing`.
    pub missing: MissingPolicy,
    /// `task.missing_target`.
    pub missing_target: MissingTarget,
    /// `task.encoding`, of numbers.
    pub encoding: Encoding,
    /// `task.min_frequency` and `task.max_categories`: which categories share a column.
    pub pooling: Pooling,
    /// `task.problem`.
    pub problem: TargetKind,
    /// `task.validation`, a fraction of the rows.
    pub validation: f64,
    /// `task.test`, a fraction of the rows; not used if the test rows have a file of their own.
    pub test: f64,
}

impl Choices<'_> {
    /// Whether a setting gives a column by its name, so that there must be a header. A number may be an
    /// index, and `column 3` is a column without a name.
    pub fn name_columns(&self) -> bool {
        let targets = self.target.map_or(&[][..], Targets::columns);
        let named = targets.iter().chain(self.ignore).any(Column::is_name);
        let is_name = |key: &String| Column::Name(key.clone()).is_name();
        named || self.types.keys().any(is_name)
    }

    /// Checks what can be checked without the data. `test_file` says whether the test rows have a file of their
    /// own.
    ///
    /// # Errors
    /// [`Error::Setting`] for the first setting that is not accepted.
    pub fn check(&self, test_file: bool) -> Result<()> {
        if let Some(targets) = self.target {
            let count = targets.columns().len();
            if count == 0 {
                let accepted =
                    "name at least one column, or remove this setting to use the last column";
                return Err(Error::setting("task.target", "[]", accepted));
            }
            if count > 1 && self.problem == TargetKind::Classification {
                let accepted = "with several columns in task.target, only regression is possible";
                return Err(Error::setting(
                    "task.problem",
                    "\"classification\"",
                    accepted,
                ));
            }
        }
        let Pooling {
            min_frequency,
            max_categories,
        } = self.pooling;
        range::count("task.min_frequency", min_frequency, 1..=usize::MAX)?;
        range::count("task.max_categories", max_categories, 1..=usize::MAX)?;
        match test_file {
            true => check_fraction("task.validation", self.validation),
            false => check_fractions(self.validation, self.test),
        }
    }
}
