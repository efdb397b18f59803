//! The roles of a table's columns: whether there is a header, and which columns are targets.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::number::parse;
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

/// The roles of a table's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRoles {
    /// Whether the first row is a header with the names of the columns.
    pub header: bool,
    /// Names of the columns. Without a header, `column 0`, `column 1`, ….
    pub names: Vec<String>,
    /// Indices of the target columns, in the order of the setting.
    pub targets: Vec<usize>,
}

impl ColumnRoles {
    /// Determines the roles from a table's first row. If `header` is `None`, this row is a header if a
    /// target is given by name, or if no field outside of the targets is a number.
    ///
    /// # Errors
    /// [`Error::Data`] if there is only one column. [`Error::Setting`] if a target does not exist or is named
    /// twice, if several columns have its name, or if no column is left as a feature.
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
                "has only one column, but at least one feature and a target are needed; check \
                task.delimiter",
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

    /// Returns the same roles for another file, after comparing its first row.
    ///
    /// # Errors
    /// [`Error::Data`] if the file has other columns.
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

    /// The indices of the feature columns, in ascending order.
    pub fn features(&self) -> impl Iterator<Item = usize> {
        (0..self.names.len()).filter(|place| !self.targets.contains(place))
    }

    /// The text for a column in messages.
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
            let accepted = format!("no header (task.header = false): give an index, 0 to {last}");
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
                let accepted =
                    format!("{count} columns with this name: give an index, 0 to {last}");
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
        let accepted = format!("only the columns {}{more}{hint}", listed.join(", "));
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
