//! A table of vectors and their targets, as text.

use retort_core::synthetic::RawSet;
use retort_core::task::Cell;
use retort_core::{Error, Result};

use super::columns::{Column, columns};

/// The bytes of the table. Numbers have as many digits as they need to be read back exactly; a missing value is
/// empty.
pub fn bytes(set: &RawSet) -> Result<Vec<u8>> {
    let failed =
        |error: csv::Error| Error::Mismatch(format!("the table cannot be written: {error}"));
    let columns = columns(set, "csv")?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(columns.iter().map(|(name, _)| name))
        .map_err(failed)?;
    let classes = set.class_of_points();
    for point in 0..set.inputs.nrows() {
        let field = |(_, column): &(String, Column)| match *column {
            Column::Input(place) => input(set, point, place),
            Column::Target(_) if !classes.is_empty() => classes[point].to_owned(),
            Column::Target(place) => set.targets[[point, place]].to_string(),
        };
        writer
            .write_record(columns.iter().map(field))
            .map_err(failed)?;
    }
    let bytes = writer.into_inner();
    bytes.map_err(|error| Error::Mismatch(format!("the table cannot be written: {error}")))
}

/// An input as text.
fn input(set: &RawSet, point: usize, place: usize) -> String {
    match &set.table {
        None => set.inputs[[point, place]].to_string(),
        Some(table) => match &table.inputs[point][place] {
            Cell::Missing => String::new(),
            Cell::Number(value) => value.to_string(),
            Cell::Word(word) => word.clone(),
        },
    }
}
