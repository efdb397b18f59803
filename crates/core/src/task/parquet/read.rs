//! Reads the table of a parquet file.

use std::path::Path;

use super::column::{self, NO_TEXT};
use super::file::{ParquetFile, damaged};
use super::meaning::Meaning;
use super::pandas::Pandas;
use crate::error::{Error, Result};
use crate::task::contained::contained;
use crate::task::csv::{Seen, marks};
use crate::task::split::MOST_NUMBERS;
use crate::task::table::{
    Cells, RawColumn, RawTable, Wanted, constants, label, renamed, sentences, titles,
};

/// Bytes of a field in memory.
const FIELD: usize = 8;

/// Reads a table. `wanted` says how each column is to be read, given the names.
///
/// # Errors
/// [`Error::Data`], with the row, if a field is not what its column wants; without it if the file is no parquet file,
/// is damaged or encrypted, has no rows, or too many. The errors of `wanted`.
pub fn read(path: &Path, wanted: impl Fn(&[String]) -> Result<Vec<Wanted>>) -> Result<RawTable> {
    let read = contained(|| read_table(path, wanted));
    read.unwrap_or_else(|| Err(damaged(path, "its bytes contradict each other")))
}

fn read_table(path: &Path, wanted: impl Fn(&[String]) -> Result<Vec<Wanted>>) -> Result<RawTable> {
    let mut file = ParquetFile::open(path)?;
    let names: Vec<String> = file
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let mut wanted = wanted(&names)?;
    let labels: Vec<String> = (names.iter().enumerate())
        .map(|(place, name)| label(place, name))
        .collect();
    let used = wanted.iter().filter(|wanted| **wanted != Wanted::Nothing);
    let fields = file.rows.saturating_mul(used.count());
    if fields > MOST_NUMBERS {
        let problem = format!(
            "has {fields} fields, more than {MOST_NUMBERS}, which are too many for memory; take fewer rows, or leave out \
             columns by task.ignore"
        );
        return Err(Error::data(path, problem));
    }
    let pandas = Pandas::of(file.notes());
    for column in &mut file.columns {
        if let (Ok((_, meaning @ Meaning::Whole)), Some(second)) =
            (&mut column.values, pandas.duration(&column.name))
        {
            *meaning = Meaning::Durations(second);
        }
    }
    let mut left_out: Vec<Option<String>> = file
        .columns
        .iter()
        .map(|column| match column.values {
            Err(what) => Some(format!("its fields are {what}")),
            Ok(_) if pandas.is_index(&column.name) => Some(
                "it is the index of a pandas table, which numbers or names the rows".to_owned(),
            ),
            Ok(_) => None,
        })
        .collect();
    let mut seen = vec![Seen::default(); names.len()];
    for (place, column) in file.columns.iter().enumerate() {
        let is_text = column.values.is_ok_and(|(_, meaning)| meaning.is_text());
        let surveyed = matches!(
            wanted[place],
            Wanted::Auto | Wanted::Number | Wanted::Date(_)
        );
        if is_text && surveyed {
            match column::survey(&file, column, &labels[place], wanted[place])? {
                Some(found) => seen[place] = found,
                None => {
                    left_out[place] = Some(NO_TEXT.to_owned());
                    wanted[place] = Wanted::Nothing;
                }
            }
        }
    }
    let mut notes = Vec::new();
    let marks = marks(&seen, true, None, None, &mut Vec::new())?;
    let mut columns = Vec::with_capacity(names.len());
    for (place, column) in file.columns.iter().enumerate() {
        let mut said = Vec::new();
        let (cells, gaps) = match wanted[place] {
            Wanted::Nothing => (Cells::Skipped, Vec::new()),
            wanted => column::read(
                &file,
                column,
                &labels[place],
                wanted,
                (&seen[place], marks),
                pandas.is_categorical(&column.name),
                &mut said,
            )?,
        };
        // What is left out needs no further word.
        if left_out[place].is_none() {
            notes.extend(said.into_iter().map(|note| (place, note)));
        }
        columns.push(RawColumn {
            name: column.name.clone(),
            cells,
            gaps,
            quantities: seen[place].has_quantities(marks),
            left_out: left_out[place].take(),
        });
    }
    let titles = titles(&names);
    let mut decisions = sentences(&notes, &titles, &names);
    decisions.extend(renamed(&names, &titles));
    decisions.extend(constants(&columns, &titles));
    Ok(RawTable {
        path: path.to_owned(),
        format: "parquet".to_owned(),
        header: true,
        columns,
        titles,
        lines: Vec::new(),
        marks,
        bytes: fields.saturating_mul(FIELD),
        decisions,
    })
}
