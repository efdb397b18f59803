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
    /// The class, or the value at this place.
    Target(usize),
}

/// The columns with their names.
///
/// # Errors
/// [`Error::Setting`] for `--format` if inputs are pictures.
pub fn columns(set: &RawSet, format: &str) -> Result<Vec<(String, Column)>, Error> {
    if let InputShape::Picture(_) = set.shape {
        let accepted = "the inputs of this set are pictures: take npz or pictures";
        return Err(Error::setting("--format", format, accepted));
    }
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
        return Ok(inputs.chain(targets).collect());
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
    Ok(used.collect())
}
