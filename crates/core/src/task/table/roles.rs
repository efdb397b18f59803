//! The roles of a table's columns that settings decide: targets, columns that are left out, and types.

use std::path::Path;

use super::choices::Choices;
use super::column::{Column, Targets};
use super::raw::RawTable;
use super::typing::{ColumnType, Wanted};
use crate::error::{Error, Result};

/// The type that settings give to each of the columns with these names, if they do.
///
/// # Errors
/// [`Error::Setting`] if a column does not exist, or if several columns have its name.
pub fn types(
    choices: &Choices<'_>,
    path: &Path,
    header: bool,
    names: &[String],
) -> Result<Vec<Option<ColumnType>>> {
    let mut types = vec![None; names.len()];
    for (key, kind) in choices.types {
        let column = Column::Name(key.clone());
        types[column.find("task.types", path, header, names)?] = Some(*kind);
    }
    for column in choices.ignore {
        types[column.find("task.ignore", path, header, names)?] = Some(ColumnType::Ignore);
    }
    Ok(types)
}

/// How a column of this type is to be read.
pub fn wanted(kind: Option<ColumnType>) -> Wanted {
    match kind {
        None => Wanted::Auto,
        Some(ColumnType::Number) => Wanted::Number,
        Some(ColumnType::Date) => Wanted::Date(None),
        Some(ColumnType::Category) => Wanted::AllWords,
        Some(ColumnType::Boolean) => Wanted::Words,
        Some(ColumnType::Ignore) => Wanted::Nothing,
    }
}

/// The indices of the target columns, in the order of the setting. `last` is the target if none is named.
///
/// # Errors
/// [`Error::Setting`] if a column does not exist or is named twice, if several columns have its name, if it is left
/// out, or if no column is left as an input.
pub fn targets(
    choices: &Choices<'_>,
    raw: &RawTable,
    types: &[Option<ColumnType>],
    last: usize,
) -> Result<Vec<usize>> {
    let (path, names) = (&raw.path, raw.names());
    let asked = choices.target.map_or(&[][..], Targets::columns);
    let find = |column: &Column| column.find("task.target", path, raw.header, &names);
    let targets = match asked {
        [] => vec![last],
        _ => asked.iter().map(find).collect::<Result<Vec<_>>>()?,
    };
    let mut sorted = targets.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let refused = |accepted: String| {
        Err(Error::setting(
            "task.target",
            format!("{targets:?}"),
            accepted,
        ))
    };
    if sorted.len() < targets.len() {
        return refused("names a column twice: name it once".to_owned());
    }
    if sorted.len() == names.len() {
        let path = path.display();
        return refused(format!(
            "leaves no column of {path} as a feature: name fewer columns"
        ));
    }
    let ignored = |&place: &usize| types[place] == Some(ColumnType::Ignore);
    if let Some(place) = sorted.into_iter().find(ignored) {
        let label = raw.label(place);
        return refused(format!(
            "{label} is left out by task.ignore or task.types: remove it there, or predict another column"
        ));
    }
    Ok(targets)
}
