//! The settings of a task from a parquet file, and how the task is loaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[cfg(not(feature = "parquet"))]
use super::closed::read;
#[cfg(feature = "parquet")]
use super::read::read;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;
use crate::task::table::{
    self, Choices, Column, ColumnType, Encoding, MissingPolicy, Plan, RawTable, TargetKind,
    Targets, types_of, wanted,
};
use crate::task::{Task, TaskSource};

/// Settings of a table in a parquet file, `task.kind = "parquet"`.
///
/// The file says the types of its columns: numbers, booleans, dates and text. Nulls, NaN and the words for missing
/// values are missing. Columns of lists, maps and records are left out, and that is said. Everything else is as for a
/// table in a [text file](crate::task::Csv).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parquet {
    /// The file. If there is a `test_path`, it has only training and validation rows. A relative path is relative to
    /// the working directory, not to the settings file.
    pub path: PathBuf,
    /// A file of test rows with the same columns, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_path: Option<PathBuf>,
    /// The column to predict, by name or by index counted from 0, or a list of columns for regression. If
    /// not given, the last column that can be predicted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Targets>,
    /// Whether the target is a class or a real number. Default `auto`.
    pub problem: TargetKind,
    /// What is done with missing values. Default `impute`.
    pub missing: MissingPolicy,
    /// Columns that are left out, by name or by index counted from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Column>,
    /// Types of columns, by name or by index in quotes: `number`, `category`, `boolean`, `date` or `ignore`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, ColumnType>,
    /// The encoding of numbers. Default `standard`.
    pub encoding: Encoding,
    /// Fraction of the rows of `path` for validation, between 0 and 1. Default 0.15.
    pub validation: f64,
    /// Fraction of the rows of `path` for the test, between 0 and 1. Default 0.2. Not used with `test_path`.
    pub test: f64,
}

impl Default for Parquet {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            test_path: None,
            target: None,
            problem: TargetKind::Auto,
            missing: MissingPolicy::Impute,
            ignore: Vec::new(),
            types: BTreeMap::new(),
            encoding: Encoding::Standard,
            validation: 0.15,
            test: 0.2,
        }
    }
}

impl Check for Parquet {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the parquet file to read, such as task.path=data.parquet";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        self.choices().check(self.test_path.is_some())
    }
}

impl TaskSource for Parquet {
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let choices = self.choices();
        let raw = read(&self.path, |names| {
            let types = types_of(&choices, &self.path, true, names)?;
            Ok(types.into_iter().map(wanted).collect())
        })?;
        let plan = Plan::of(&raw, &choices)?;
        let test = self.test_path.as_deref();
        let test = test.map(|path| same(path, &raw, &plan)).transpose()?;
        let name = self.path.file_stem().unwrap_or(self.path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        table::load(name, raw, plan, test, &choices, seed)
    }
}

impl Parquet {
    /// The settings that all tables have.
    fn choices(&self) -> Choices<'_> {
        Choices {
            target: self.target.as_ref(),
            ignore: &self.ignore,
            types: &self.types,
            missing: self.missing,
            encoding: self.encoding,
            problem: self.problem,
            validation: self.validation,
            test: self.test,
        }
    }
}

/// The table of another file with the same columns.
fn same(path: &Path, training: &RawTable, plan: &Plan) -> Result<RawTable> {
    read(path, |names| {
        training.check_same(path, names)?;
        Ok(plan.wanted(training))
    })
}
