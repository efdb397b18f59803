//! The columns of a table of points.
//!
//! If the set was made from a table, it has that table's columns with their names, in their order, without those
//! that were left out. Otherwise inputs are called `x0`, `x1`, ….

use retort_core::Error;
use retort_core::shape::InputShape;
use retort_core::synthetic::{RawRows, RawSet};
use retort_core::task::{Role, Target};

/// What a column of the table has.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// The input at this place.
    Input(usize),
    /// The class.
    Class,
    /// The value at this place of the targets.
    Value(usize),
}

/// The columns with their names.
///
/// # Errors
/// [`Error::Setting`] for `--format` if inputs are pictures. [`Error::Mismatch`] if a target column of the set's table is
/// none of its values.
pub fn columns(set: &RawSet, format: &str) -> Result<Vec<(String, Column)>, Error> {
    if let InputShape::Picture(_) = set.shape {
        let accepted = "the inputs of this set are pictures: take npz or pictures";
        return Err(Error::setting("--format", format, accepted));
    }
    let Some(RawRows { schema, .. }) = &set.table else {
        let inputs =
            (0..set.inputs.ncols()).map(|place| (format!("x{place}"), Column::Input(place)));
        let targets = match &set.target {
            Target::Classes(_) => vec![("class".to_owned(), Column::Class)],
            Target::Values(names) => {
                let values = (0..names.len()).map(Column::Value);
                names.iter().cloned().zip(values).collect()
            }
        };
        return Ok(inputs.chain(targets).collect());
    };
    let mut inputs = 0;
    let mut used = Vec::new();
    for column in &schema.columns {
        let place = match column.role {
            Role::LeftOut => continue,
            Role::Input => {
                inputs += 1;
                Column::Input(inputs - 1)
            }
            Role::Target => target(&set.target, &column.name)?,
        };
        used.push((column.name.clone(), place));
    }
    Ok(used)
}

/// What a target column of this name has.
fn target(target: &Target, name: &str) -> Result<Column, Error> {
    let Target::Values(names) = target else {
        return Ok(Column::Class);
    };
    let place = names.iter().position(|other| other == name);
    place.map(Column::Value).ok_or_else(|| {
        let problem = format!(
            "the set has no values of its target column `{name}`, only of {}: it was changed after `distill` wrote it",
            names.join(", ")
        );
        Error::Mismatch(problem)
    })
}
