//! The settings of a CSV task, and how the task is loaded.

use super::super::partition::{Partition, TestPart, check_fraction, check_fractions};
use super::super::{Normalisation, Split, Target, Task, TaskSource};
use super::outcome;
use super::outcome::TargetKind;
use super::roles::ColumnRoles;
use super::roles::Targets;
use super::table;
use super::table::Table;
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::settings::Check;
use crate::shape::InputShape;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Settings of a CSV file, `task.kind = "csv"`.
///
/// Every column except the targets is a feature and must have finite numbers. Features and real-valued
/// targets are standardised column by column, with the mean and standard deviation of the training part. Mean
/// squared errors are in these units. The seed splits the rows, class by class, so that every class has
/// training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Csv {
    /// The file, in UTF-8. If there is a `test_path`, it has only training and validation rows. A relative
    /// path is relative to the working directory, not to the settings file.
    pub path: PathBuf,
    /// A file of test rows with the same columns, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_path: Option<PathBuf>,
    /// Whether the first row names the columns. If not given, it does if `target` is a name, or if no field
    /// of the first row outside of the targets is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// The column to predict, by name or by index counted from 0, or a list of columns for regression. If
    /// not given, the last column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Targets>,
    /// Whether the target is a class or a real number. Default `auto`.
    pub problem: TargetKind,
    /// The character between two fields: an ASCII character other than a letter, a digit, `+`, `-`, `.`, a
    /// quote or a line break. Default a comma.
    pub delimiter: char,
    /// Fraction of the rows of `path` for validation, between 0 and 1. Default 0.15.
    pub validation: f64,
    /// Fraction of the rows of `path` for the test, between 0 and 1. Default 0.2. Not used with `test_path`.
    pub test: f64,
}

impl Default for Csv {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            test_path: None,
            header: None,
            target: None,
            problem: TargetKind::Auto,
            delimiter: ',',
            validation: 0.15,
            test: 0.2,
        }
    }
}

impl Check for Csv {
    fn check(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let accepted = "give the CSV file to read, such as task.path=data.csv";
            return Err(Error::setting("task.path", "(not given)", accepted));
        }
        let reserved = |c: char| c.is_ascii_alphanumeric() || "\"+-.\r\n".contains(c);
        if !self.delimiter.is_ascii() || reserved(self.delimiter) {
            let accepted = "must be one ASCII character that no number contains, such as , or ;";
            let value = format!("{:?}", self.delimiter);
            return Err(Error::setting("task.delimiter", value, accepted));
        }
        if let Some(targets) = &self.target {
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
        match self.test_path {
            Some(_) => check_fraction("task.validation", self.validation),
            None => check_fractions(self.validation, self.test),
        }
    }
}

impl TaskSource for Csv {
    fn load(&self, seed: &Seed) -> Result<Task> {
        self.check()?;
        let text = read_text(&self.path)?;
        let source = self.source(&self.path, &text);
        let table = Table::read(&source, |first| {
            ColumnRoles::resolve(&self.path, first, self.header, self.target.as_ref())
        })?;
        let target = outcome::decide(&table, self.problem)?;
        let all = outcome::rows(&table, &target)?;
        let test = match &self.test_path {
            Some(path) => TestPart::Given(self.test_rows(path, &table.roles, &target)?),
            None => TestPart::Fraction(self.test),
        };
        // The text is the larger part of the memory, and is no longer needed.
        drop(table);
        drop(text);
        let mut parts = Partition::split(&all, target.classes(), self.validation, test, seed)?;
        let normalisation = Normalisation {
            inputs: parts.normalise_inputs(all.inputs.ncols()),
            targets: match target {
                Target::Classes(_) => Default::default(),
                Target::Values(_) => parts.normalise_targets(),
            },
            ..Normalisation::default()
        };
        let name = self.path.file_stem().unwrap_or(self.path.as_os_str());
        Ok(Task {
            name: name.to_string_lossy().into_owned(),
            inputs: InputShape::Vector(all.inputs.ncols()),
            train: parts.train,
            validation: parts.validation,
            test: parts.test,
            target,
            normalisation,
            linear_part: None,
            subspace: None,
        })
    }
}

impl Csv {
    fn source<'a>(&self, path: &'a Path, text: &'a str) -> table::TableText<'a> {
        table::TableText {
            path,
            text,
            delimiter: self.delimiter as u8,
        }
    }

    fn test_rows(&self, path: &Path, roles: &ColumnRoles, target: &Target) -> Result<Split> {
        let text = read_text(path)?;
        let source = self.source(path, &text);
        let table = Table::read(&source, |first| roles.matching(path, first))?;
        outcome::rows(&table, target)
    }
}

/// Reads the rows of a table in memory that has a header and classes in the last column. `path` is its name
/// in messages.
///
/// # Errors
/// [`Error::Data`] as for a file.
pub(in crate::task) fn rows_with_classes(path: &Path, text: &str) -> Result<(Split, Target)> {
    let source = table::TableText {
        path,
        text,
        delimiter: b',',
    };
    let table = Table::read(&source, |first| {
        ColumnRoles::resolve(path, first, Some(true), None)
    })?;
    let target = outcome::decide(&table, TargetKind::Classification)?;
    Ok((outcome::rows(&table, &target)?, target))
}

/// Reads a text file in UTF-8, without its byte order mark.
fn read_text(path: &Path) -> Result<String> {
    let unreadable = |error| Error::unreadable(path, &error);
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Error::data(path, "is not a file: a CSV file is expected"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        Error::data(
            path,
            format!("line {line}: is not UTF-8 text; save it as UTF-8"),
        )
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
