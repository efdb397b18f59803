//! A table of features and target fields, read from CSV text.

use std::path::Path;
use std::sync::Arc;

use ndarray::Array2;

use super::number::{finite, shorten};
use super::roles::ColumnRoles;
use crate::error::{Error, Result};

/// The text of a CSV file.
#[derive(Debug)]
pub struct TableText<'a> {
    /// The file, for messages.
    pub path: &'a Path,
    /// The content of the file.
    pub text: &'a str,
    /// The ASCII character between two fields.
    pub delimiter: u8,
}

/// A table, with features as numbers and targets as text.
#[derive(Debug)]
pub struct Table<'a> {
    /// The text of the table.
    pub source: &'a TableText<'a>,
    /// The roles of the columns.
    pub roles: ColumnRoles,
    /// The features, `[n, features]`. Splits made from the table share them.
    pub features: Arc<Array2<f32>>,
    /// The target fields row by row, `roles.targets.len()` for each row.
    targets: Vec<String>,
    /// The byte in the text at which each row starts.
    starts: Vec<u64>,
}

impl<'a> Table<'a> {
    /// Reads a table. `resolve` determines the roles of the columns from the first row.
    ///
    /// # Errors
    /// [`Error::Data`] if the file is empty or has no rows, or, with the line, if rows have different lengths
    /// or a feature is not a finite number. The errors of `resolve`.
    pub fn read(
        source: &'a TableText<'a>,
        resolve: impl FnOnce(&::csv::StringRecord) -> Result<ColumnRoles>,
    ) -> Result<Self> {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(::csv::Trim::All)
            .delimiter(source.delimiter)
            .from_reader(source.text.as_bytes());
        let mut record = ::csv::StringRecord::new();
        let mut read = |record: &mut ::csv::StringRecord| {
            let more = reader.read_record(record);
            more.map_err(|error| Error::data(source.path, error.to_string()))
        };
        if !read(&mut record)? {
            return Err(Error::data(
                source.path,
                "is empty: rows of numbers are expected",
            ));
        }
        let roles = resolve(&record)?;
        let places: Vec<usize> = roles.features().collect();
        let (mut features, mut targets, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut more = !roles.header || read(&mut record)?;
        while more {
            let start = record.position().map_or(0, ::csv::Position::byte);
            if record.len() != roles.names.len() {
                let problem = format!(
                    "has {} fields, but the first line has {}",
                    record.len(),
                    roles.names.len()
                );
                return Err(source.error(start, &problem));
            }
            for &place in &places {
                let value = finite(&record[place]).map_err(|problem| {
                    let hint = if starts.is_empty() && !roles.header {
                        "; if this line is a header, set task.header = true"
                    } else {
                        "; all features must be finite numbers"
                    };
                    let label = roles.label(place);
                    source.error(start, &format!("{label}: {problem}{hint}"))
                })?;
                features.push(value);
            }
            for &place in &roles.targets {
                targets.push(record[place].to_owned());
            }
            starts.push(start);
            more = read(&mut record)?;
        }
        if starts.is_empty() {
            return Err(Error::data(
                source.path,
                "has a header, but no rows below it",
            ));
        }
        let features = Array2::from_shape_vec((starts.len(), places.len()), features)
            .map_err(|error| Error::data(source.path, error.to_string()))?;
        Ok(Self {
            source,
            roles,
            features: Arc::new(features),
            targets,
            starts,
        })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The target fields of each row.
    pub fn targets(&self) -> impl Iterator<Item = &[String]> {
        self.targets.chunks(self.roles.targets.len())
    }

    /// An error about a row's target, with file, line and column.
    pub fn target_error(&self, row: usize, target: usize, problem: &str) -> Error {
        let label = self.roles.label(self.roles.targets[target]);
        let problem = format!("{label}: {}", shorten(problem));
        self.source.error(self.starts[row], &problem)
    }
}

impl TableText<'_> {
    /// The line, counted from 1, of the row that starts at this byte or after blank lines at this byte.
    fn line(&self, start: u64) -> usize {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes[start..].iter().take_while(blank).count();
        let breaks = bytes[..start + skipped]
            .iter()
            .filter(|&&byte| byte == b'\n');
        1 + breaks.count()
    }

    fn error(&self, start: u64, problem: &str) -> Error {
        Error::data(self.path, format!("line {}: {problem}", self.line(start)))
    }
}
