//! A table of vectors and their targets.
//!
//! If the set was made from a table, it has that table's columns with their names, in their order, without those
//! that were left out. Otherwise inputs are called `x0`, `x1`, ….

use retort_core::shape::InputShape;
use retort_core::synthetic::{RawRows, RawSet};
use retort_core::task::{Cell, Role, Target};
use retort_core::{Error, Result};

/// The bytes of the table. Numbers have as many digits as they need to be read back exactly; a missing value is
/// empty.
pub fn bytes(set: &RawSet) -> Result<Vec<u8>> {
    if let InputShape::Picture(_) = set.shape {
        let accepted = "the inputs of this set are pictures: take npz or pictures";
        return Err(Error::setting("--format", "csv", accepted));
    }
    let failed =
        |error: csv::Error| Error::Mismatch(format!("the table cannot be written: {error}"));
    let columns = columns(set);
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

/// What a column of the table has.
enum Column {
    /// The input at this place.
    Input(usize),
    /// The class, or the value at this place.
    Target(usize),
}

/// The columns with their names.
fn columns(set: &RawSet) -> Vec<(String, Column)> {
    let targets = match &set.target {
        Target::Classes(_) => vec!["class".to_owned()],
        Target::Values(names) => names.clone(),
    };
    let Some(RawRows { schema, .. }) = &set.table else {
        let inputs =
            (0..set.inputs.ncols()).map(|place| (format!("x{place}"), Column::Input(place)));
        let targets = targets
            .into_iter()
            .zip(0..)
            .map(|(name, place)| (name, Column::Target(place)));
        return inputs.chain(targets).collect();
    };
    let mut inputs = 0;
    let used = schema.columns.iter().filter_map(|column| {
        let place = match column.role {
            Role::LeftOut => return None,
            Role::Input => {
                inputs += 1;
                Column::Input(inputs - 1)
            }
            Role::Target => {
                let place = targets.iter().position(|name| *name == column.name);
                Column::Target(place.unwrap_or_default())
            }
        };
        Some((column.name.clone(), place))
    });
    used.collect()
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
