//! The rows of a table as text, from a CSV or parquet file.

use std::path::Path;

use crate::error::{Error, Result};
use crate::task::{TableSchema, parquet_fields};

/// The fields of a table, without blanks around them.
pub struct Fields {
    /// The names of the columns.
    pub names: Vec<String>,
    /// Where each row is in the file, such as `line 2`, and its fields.
    pub rows: Vec<(String, Vec<String>)>,
}

impl Fields {
    /// Reads a CSV file.
    ///
    /// # Errors
    /// [`Error::Data`] if it cannot be read, or has no rows.
    pub fn of_csv(path: &Path) -> Result<Self> {
        let failed = |error: ::csv::Error| Error::data(path, error.to_string());
        let mut reader = ::csv::ReaderBuilder::new()
            .trim(::csv::Trim::All)
            .from_path(path)
            .map_err(failed)?;
        let names = reader.headers().map_err(failed)?;
        let names = names.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(failed)?;
            let line = record.position().map_or(0, ::csv::Position::line);
            let fields = record.iter().map(str::to_owned).collect();
            rows.push((format!("line {line}"), fields));
        }
        match rows.is_empty() {
            true => Err(Error::data(path, "has no rows")),
            false => Ok(Self { names, rows }),
        }
    }

    /// Reads a parquet file for a task whose table has this schema, if it has one.
    ///
    /// # Errors
    /// [`Error::Data`] if it cannot be read, or has no rows.
    pub fn of_parquet(path: &Path, schema: Option<&TableSchema>) -> Result<Self> {
        let columns = schema.map_or(&[][..], |schema| &schema.columns);
        let known = |name: &str| columns.iter().any(|column| column.name == name);
        let (names, rows) = parquet_fields(path, known)?;
        let rows = (1..).zip(rows);
        let rows = rows.map(|(row, fields)| (format!("row {row}"), fields));
        Ok(Self {
            names,
            rows: rows.collect(),
        })
    }
}
