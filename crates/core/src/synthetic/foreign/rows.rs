//! The rows of a table as text, from a text or parquet file.

use std::path::Path;

use crate::error::Result;
use crate::task::{TableSchema, csv_fields, parquet_fields};

/// The fields of a table, without blanks around them.
pub struct Fields {
    /// The names of the columns.
    pub names: Vec<String>,
    /// Where each row is in the file, such as `line 2`, and its fields.
    pub rows: Vec<(String, Vec<String>)>,
}

impl Fields {
    /// Reads a text file with separators, plain or packed with gzip.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if it cannot be read, or has no rows.
    pub fn of_text(path: &Path) -> Result<Self> {
        let (names, rows) = csv_fields(path)?;
        Ok(Self { names, rows })
    }

    /// Reads a parquet file for a task whose table has this schema, if it has one.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if it cannot be read, or has no rows.
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
