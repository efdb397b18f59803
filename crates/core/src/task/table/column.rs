//! Columns as settings name them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::number::shorten;
use super::raw::titles;
use crate::error::{Error, Result};
use crate::settings::keys::nearest;

/// How the title of a column without a name begins, before its index.
const NAMELESS: &str = "column ";

/// Largest number of columns that a message lists.
const MOST_LISTED: usize = 20;

/// A column, as settings name it: by its name, or by its title as reports show it, such as `column 3` or `a.1`. A number
/// is the name of a column if there is one of this name, and otherwise an index, counted from 0. It does not matter
/// whether it stands in quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a column's name in quotes or its index, counted from 0"
)]
pub enum Column {
    /// Its index, counted from 0, unless a column has this number as its name.
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
    /// Whether the column is given by a name that is neither an index nor the title of a column without a name.
    pub fn is_name(&self) -> bool {
        let is_title = |name: &str| {
            let place = name.strip_prefix(NAMELESS);
            place.is_some_and(|place| place.parse::<usize>().is_ok())
        };
        match self {
            Self::Index(_) => false,
            Self::Name(name) => self.index().is_none() && !is_title(name),
        }
    }

    /// The index, if the column is given by a number.
    fn index(&self) -> Option<usize> {
        match self {
            Self::Index(place) => Some(*place),
            Self::Name(name) => name.parse().ok(),
        }
    }

    /// The index of this column among columns of these names. `key` is the setting that names it.
    ///
    /// # Errors
    /// [`Error::Setting`] if there is no such column, or if several have this name.
    pub fn find(&self, key: &str, path: &Path, header: bool, names: &[String]) -> Result<usize> {
        let (name, shown) = match self {
            Self::Index(place) => (place.to_string(), place.to_string()),
            Self::Name(name) => (name.clone(), format!("{name:?}")),
        };
        let unknown = |accepted: String| {
            let accepted = format!("{} has {accepted}", path.display());
            Err(Error::setting(key, &shown, accepted))
        };
        let last = names.len().saturating_sub(1);
        let mut places = (0..names.len()).filter(|&place| header && names[place] == name);
        let named = (places.next(), places.count());
        let titles = titles(names);
        let titled = || titles.iter().position(|title| *title == name);
        let index = self.index().filter(|place| *place < names.len());
        match (named, index) {
            ((Some(place), 0), _) | (_, Some(place)) => Ok(place),
            ((Some(_), more), None) => {
                let count = more + 1;
                unknown(format!(
                    "{count} columns with this name: give an index, 0 to {last}"
                ))
            }
            ((None, _), None) => match titled() {
                Some(place) => Ok(place),
                None if !self.is_name() => {
                    unknown(format!("columns 0 to {last}, {}", listed(&titles)))
                }
                None if !header => unknown(format!(
                    "no header (task.header = false): give an index, 0 to {last}, or {}",
                    listed(&titles)
                )),
                None => {
                    let hint = like(&name, &titles);
                    let hint =
                        hint.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
                    unknown(format!("only the columns {}{hint}", listed(&titles)))
                }
            },
        }
    }
}

/// The first names of columns, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_LISTED);
    let shown: Vec<String> = shown.map(|name| format!("`{}`", shorten(name))).collect();
    match names.len().saturating_sub(MOST_LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The name that is meant: the same one in other letters, or the most similar one.
fn like<'a>(name: &str, names: &'a [String]) -> Option<&'a String> {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(name);
    let all: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let near = nearest(&wanted, all.iter().map(String::as_str))?;
    all.iter()
        .position(|other| *other == near)
        .and_then(|place| names.get(place))
}
