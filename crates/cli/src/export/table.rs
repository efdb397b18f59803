//! A table of vectors and their targets, as text.

use std::collections::BTreeSet;
use std::fmt::Display;

use retort_core::synthetic::RawSet;
use retort_core::task::Cell;
use retort_core::{Error, Result};

use super::columns::{Column, columns};

/// The bytes of the table. Numbers have as many digits as they need to be read back exactly; a missing value is
/// empty.
pub fn bytes(set: &RawSet) -> Result<Vec<u8>> {
    let columns = columns(set, "csv")?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(columns.iter().map(|(name, _)| name))
        .map_err(failed)?;
    let classes = set.class_of_points();
    for (point, inputs) in set.inputs.outer_iter().enumerate() {
        let field = |(_, column): &(String, Column)| match *column {
            Column::Input(place) => match &set.table {
                None => inputs[place].to_string(),
                Some(table) => table.inputs[point][place].text(),
            },
            Column::Class => classes[point].to_owned(),
            Column::Value(place) => set.targets[[point, place]].to_string(),
        };
        writer
            .write_record(columns.iter().map(field))
            .map_err(failed)?;
    }
    writer.into_inner().map_err(failed)
}

/// Words that pandas takes for missing values in a file of text, unless it is told otherwise.
const MISSING: [&str; 18] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// The words among the classes and categories of a set that pandas takes for missing values.
pub fn words_for_missing(set: &RawSet) -> BTreeSet<&str> {
    let cells = set.table.iter().flat_map(|table| &table.inputs).flatten();
    let words = cells.filter_map(|cell| match cell {
        Cell::Word(word) => Some(word.as_str()),
        _ => None,
    });
    let words = set.class_of_points().into_iter().chain(words);
    words.filter(|word| MISSING.contains(word)).collect()
}

fn failed(error: impl Display) -> Error {
    Error::Mismatch(format!("the table cannot be written: {error}"))
}
