//! Columns as settings name them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::settings::keys::nearest;

/// Largest number of columns that a message lists.
const MOST_LISTED: usize = 30;

/// A column, as settings name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a column's name in quotes or its index, counted from 0"
)]
pub enum Column {
    /// Its index, counted from 0.
    Index(usize),
    /// Its name in the header.
    Name(String),
}

/// The columns to predict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a column's name in quotes, its index counted from 0, or a list of these"
)]
pub enum Targets {
    /// One column.
    One(Column),
    /// Several columns, for regression.
    Several(Vec<Column>),
}

impl Targets {
    /// The columns, in the given order.
    pub fn columns(&self) -> &[Column] {
        match self {
            Self::One(column) => std::slice::from_ref(column),
            Self::Several(columns) => columns,
        }
    }
}

impl Column {
    /// Whether the column is given by its name.
    pub fn is_name(&self) -> bool {
        matches!(self, Self::Name(_))
    }

    /// The index of this column among columns of these names. `key` is the setting that names it.
    ///
    /// # Errors
    /// [`Error::Setting`] if there is no such column, or if several have this name.
    pub fn find(&self, key: &str, path: &Path, header: bool, names: &[String]) -> Result<usize> {
        let unknown = |value: String, accepted: String| {
            let accepted = format!("{} has {accepted}", path.display());
            Err(Error::setting(key, value, accepted))
        };
        let last = names.len().saturating_sub(1);
        let name = match self {
            Self::Index(place) if *place < names.len() => return Ok(*place),
            Self::Index(place) => {
                return unknown(place.to_string(), format!("columns 0 to {last}"));
            }
            Self::Name(name) => name,
        };
        if !header {
            let accepted = format!("no header (task.header = false): give an index, 0 to {last}");
            return unknown(format!("{name:?}"), accepted);
        }
        let mut places = (0..names.len()).filter(|&place| names[place] == *name);
        match (places.next(), places.count()) {
            (Some(place), 0) => return Ok(place),
            (Some(_), more) => {
                let count = more + 1;
                let accepted =
                    format!("{count} columns with this name: give an index, 0 to {last}");
                return unknown(format!("{name:?}"), accepted);
            }
            (None, _) => {}
        }
        let listed: Vec<&str> = (names.iter().take(MOST_LISTED))
            .map(String::as_str)
            .collect();
        let more = if names.len() > MOST_LISTED {
            ", …"
        } else {
            ""
        };
        let near = nearest(name, names.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        let accepted = format!("only the columns {}{more}{hint}", listed.join(", "));
        unknown(format!("{name:?}"), accepted)
    }
}
