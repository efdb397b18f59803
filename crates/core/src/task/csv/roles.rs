//! Which column of a table is what: whether there is a header, and where the targets stand.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::number::parse;
use crate::error::{Error, Result};
use crate::settings::keys::nearest;

/// Most columns that a message lists.
const MOST_LISTED: usize = 30;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a column's name in quotes or its number, counted from 0"
)]
pub enum Column {
    /// By its place, counted from 0.
    Index(usize),
    /// By its name in the header.
    Name(String),
}

/// The columns to predict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a column's name in quotes, its number counted from 0, or a list of those"
)]
pub enum Targets {
    /// One column.
    One(Column),
    /// Several, for regression.
    Several(Vec<Column>),
}

impl Targets {
    /// The columns in the order given.
    pub fn columns(&self) -> &[Column] {
        match self {
            Self::One(column) => std::slice::from_ref(column),
            Self::Several(columns) => columns,
        }
    }
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRoles {
    /// Whether the first row names them.
    pub header: bool,
    /// Their names; `column 0`, `column 1`, … where there is no header.
    pub names: Vec<String>,
    /// Which of them are targets, in the order asked for.
    pub targets: Vec<usize>,
}

impl ColumnRoles {
    /// From a table's first row. Without word from the user, that row is a header where a target is
    /// asked for by name, or where no field outside of the targets is a number.
    ///
    /// # Errors
    /// Targets that are not there, twice there, or everything there is.
    pub fn resolve(
        path: &Path,
        first: &::csv::StringRecord,
        header: Option<bool>,
        targets: Option<&Targets>,
    ) -> Result<Self> {
        let width = first.len();
        if width < 2 {
            return Err(Error::data(
                path,
                "has one column only, but needs at least one feature and a target; is \
                 task.delimiter right?",
            ));
        }
        let asked = targets.map_or(&[][..], Targets::columns);
        let by_name = asked.iter().any(|column| matches!(column, Column::Name(_)));
        let mut roles = Self {
            header: header.unwrap_or(by_name),
            names: (0..width).map(|place| format!("column {place}")).collect(),
            targets: vec![width - 1],
        };
        if roles.header {
            roles.names = first.iter().map(str::to_owned).collect();
        }
        if !asked.is_empty() {
            let find = |column| roles.find(path, column);
            roles.targets = asked.iter().map(find).collect::<Result<_>>()?;
        }
        roles.check_targets(path)?;
        if header.is_none() && !by_name {
            let is_number = |place: usize| parse(&first[place]).is_some();
            if !roles.features().any(is_number) {
                roles.header = true;
                roles.names = first.iter().map(str::to_owned).collect();
            }
        }
        Ok(roles)
    }

    /// The same columns in another file of the same roles, from its first row.
    ///
    /// # Errors
    /// It has other columns.
    pub fn matching(&self, path: &Path, first: &::csv::StringRecord) -> Result<Self> {
        if first.len() != self.names.len() {
            let problem = format!(
                "has {} columns, but the training file has {}",
                first.len(),
                self.names.len()
            );
            return Err(Error::data(path, problem));
        }
        if self.header {
            let pairs = first.iter().zip(&self.names).enumerate();
            if let Some((place, (seen, expected))) = pairs.into_iter().find(|(_, (a, b))| a != b) {
                let problem = format!(
                    "column {place} (counted from 0) is `{seen}` in the header, but `{expected}` in \
                     the training file; both files must have the same columns in the same order"
                );
                return Err(Error::data(path, problem));
            }
        }
        Ok(self.clone())
    }

    /// Places of the features, ascending.
    pub fn features(&self) -> impl Iterator<Item = usize> {
        (0..self.names.len()).filter(|place| !self.targets.contains(place))
    }

    /// What a message calls a column.
    pub fn label(&self, place: usize) -> String {
        match self.names.get(place) {
            Some(name) if self.header => format!("column {place} (`{name}`)"),
            _ => format!("column {place}"),
        }
    }

    fn find(&self, path: &Path, column: &Column) -> Result<usize> {
        let unknown = |value: String, accepted: String| {
            let accepted = format!("{} has {accepted}", path.display());
            Err(Error::setting("task.target", value, accepted))
        };
        let last = self.names.len() - 1;
        let name = match column {
            Column::Index(place) if *place <= last => return Ok(*place),
            Column::Index(place) => {
                return unknown(place.to_string(), format!("columns 0 to {last}"));
            }
            Column::Name(name) => name,
        };
        if !self.header {
            let accepted = format!("no header (task.header = false): give a number, 0 to {last}");
            return unknown(format!("{name:?}"), accepted);
        }
        let same = |other: &&String| *other == name;
        match self.names.iter().filter(same).count() {
            0 => {}
            1 => {
                return Ok(self
                    .names
                    .iter()
                    .position(|other| other == name)
                    .unwrap_or(last));
            }
            count => {
                let accepted = format!("{count} columns of that name: give a number, 0 to {last}");
                return unknown(format!("{name:?}"), accepted);
            }
        }
        let listed: Vec<&str> = self
            .names
            .iter()
            .take(MOST_LISTED)
            .map(String::as_str)
            .collect();
        let more = if self.names.len() > MOST_LISTED {
            ", …"
        } else {
            ""
        };
        let near = nearest(name, self.names.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        let accepted = format!("no such column but {}{more}{hint}", listed.join(", "));
        unknown(format!("{name:?}"), accepted)
    }

    fn check_targets(&self, path: &Path) -> Result<()> {
        let mut sorted = self.targets.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let refused = |accepted: String| {
            let value = format!("{:?}", self.targets);
            Err(Error::setting("task.target", value, accepted))
        };
        if sorted.len() < self.targets.len() {
            return refused("names a column twice".to_owned());
        }
        if sorted.len() == self.names.len() {
            let path = path.display();
            return refused(format!("leaves no column of {path} as a feature"));
        }
        Ok(())
    }
}
