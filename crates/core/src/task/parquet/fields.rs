//! The fields of a parquet file as the text of a CSV file, for small files.

use std::path::Path;

use super::column::ODD;
use super::file::{ParquetFile, damaged};
use super::pandas::Pandas;
use super::value::Value;
use crate::error::Result;
use crate::task::contained::contained;
use crate::task::table::label;

/// The names of the columns, and the fields of each row. Fields of lists, maps and records are empty, and so are missing
/// ones. The index of a pandas table is no column, unless `known` says so of its name.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) if the file is no parquet file, is damaged or encrypted, or has no rows.
pub(crate) fn fields(
    path: &Path,
    known: impl Fn(&str) -> bool,
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let read = contained(|| read(path, known));
    read.unwrap_or_else(|| Err(damaged(path, "its bytes contradict each other")))
}

fn read(path: &Path, known: impl Fn(&str) -> bool) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let mut file = ParquetFile::open(path)?;
    let pandas = Pandas::of(file.notes());
    let is_column = |name: &str| !pandas.is_index(name) || known(name);
    file.columns.retain(|column| is_column(&column.name));
    let mut rows = Vec::new();
    for (place, column) in file.columns.iter().enumerate() {
        let mut row = 0;
        file.each(column, &label(place, &column.name), |value| {
            if rows.len() <= row {
                rows.push(vec![String::new(); file.columns.len()]);
            }
            if value == Value::Odd {
                return Err(ODD.to_owned());
            }
            rows[row][place] = value.text().into_owned();
            row += 1;
            Ok(())
        })?;
    }
    let names = file.columns.iter().map(|column| column.name.clone());
    Ok((names.collect(), rows))
}
