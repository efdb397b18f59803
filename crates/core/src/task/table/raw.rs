//! A table as a container yields it: columns of numbers with gaps, or of words.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::date::Dates;
use super::number::{self, Marks};
use crate::error::{Error, Result};
use crate::task::inspection::Decision;

/// The code of a missing word.
pub const MISSING: u32 = u32::MAX;

/// Most lines that a message lists.
const MOST_LISTED: usize = 5;

/// A table as a container yields it, column by column.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// The file, for messages.
    pub path: PathBuf,
    /// The format of the file, such as `CSV` or `parquet`.
    pub format: String,
    /// Whether the file names the columns.
    pub header: bool,
    /// The columns, all of the same length.
    pub columns: Vec<RawColumn>,
    /// A distinct title for each column, see [`titles`].
    pub titles: Vec<String>,
    /// The line of each row, from 1. Empty if the format has no lines; then rows are counted from 1.
    pub lines: Vec<u32>,
    /// The marks of numbers in words.
    pub marks: Marks,
    /// Size of the unpacked file in bytes.
    pub bytes: usize,
    /// What was decided while the file was read.
    pub decisions: Vec<Decision>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct RawColumn {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its fields.
    pub cells: Cells,
    /// The distinct words that count as missing, if its fields are words.
    pub gaps: Vec<String>,
    /// Whether numbers were written as quantities: with a mark of thousands, a currency or a per cent sign.
    pub quantities: bool,
    /// Why the container leaves the column out, unless settings give it a type. `None` if it does not.
    pub left_out: Option<String>,
}

/// The fields of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Finite numbers of at most [`number::LARGEST`]; NaN is missing.
    Numbers(Vec<f64>),
    /// Days since 1970-01-01; NaN is missing.
    Dates(Vec<f64>, Dates),
    /// Words, as places in a dictionary of distinct words in the order they came.
    Words {
        /// The distinct words.
        words: Vec<String>,
        /// The place of each row's word, or [`MISSING`].
        codes: Vec<u32>,
    },
    /// More distinct words than a dictionary holds, [`Cells::MOST_WORDS`].
    TooMany,
    /// A column that was not read.
    Skipped,
}

/// A field of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A missing value.
    Missing,
    /// A number.
    Number(f64),
    /// A word. A date is a word.
    Word(String),
}

impl Cells {
    /// Most distinct words in a column that is read.
    pub const MOST_WORDS: usize = 1 << 16;

    /// Whether the field of a row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Numbers(values) | Self::Dates(values, _) => values[row].is_nan(),
            Self::Words { codes, .. } => codes[row] == MISSING,
            Self::TooMany | Self::Skipped => false,
        }
    }

    /// The numbers of a column of numbers or dates.
    pub fn numbers(&self) -> Option<&[f64]> {
        match self {
            Self::Numbers(values) | Self::Dates(values, _) => Some(values),
            _ => None,
        }
    }

    /// The value of a column of numbers or dates that is the same in all rows, of which there are two or more.
    pub fn constant(&self) -> Option<f64> {
        let values = self.numbers()?;
        let first = *values.first()?;
        (values.len() > 1 && values.iter().all(|value| *value == first)).then_some(first)
    }

    /// Whether the fields of some rows differ.
    pub fn varies(&self) -> bool {
        match self {
            Self::Numbers(values) | Self::Dates(values, _) => values
                .windows(2)
                .any(|pair| pair[0] != pair[1] && !(pair[0].is_nan() && pair[1].is_nan())),
            Self::Words { codes, .. } => codes.windows(2).any(|pair| pair[0] != pair[1]),
            Self::TooMany => true,
            Self::Skipped => false,
        }
    }

    /// The number of missing fields.
    pub fn missing(&self) -> usize {
        match self {
            Self::Numbers(values) | Self::Dates(values, _) => {
                values.iter().filter(|value| value.is_nan()).count()
            }
            Self::Words { codes, .. } => codes.iter().filter(|&&code| code == MISSING).count(),
            Self::TooMany | Self::Skipped => 0,
        }
    }
}

impl Cell {
    /// The field as text that reads back as the same field.
    pub fn text(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Number(value) => number::text(*value),
            Self::Word(word) => word.clone(),
        }
    }
}

/// Distinct titles for columns of these names: a column without a name is `column 3`, and a name that came before
/// gets `.1`, `.2` and so on.
pub fn titles(names: &[String]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let title = |(place, name): (usize, &String)| {
        let base = match name.as_str() {
            "" => format!("column {place}"),
            name => name.to_owned(),
        };
        let count = seen.entry(base.clone()).or_insert(0);
        let mut title = base.clone();
        while *count > 0 || (name.is_empty() && taken.contains(&title)) {
            title = format!("{base}.{count}");
            *count += 1;
            if !taken.contains(&title) {
                break;
            }
        }
        *count = (*count).max(1);
        taken.insert(title.clone());
        title
    };
    names.iter().enumerate().map(title).collect()
}

/// The text for a column of this name and index in messages.
pub fn label(place: usize, name: &str) -> String {
    match name {
        "" => format!("column {place}"),
        name => format!("column {place} (`{name}`)"),
    }
}

impl RawColumn {
    /// How often each word of a column of words occurs in these rows.
    pub fn counts(&self, rows: impl Iterator<Item = usize>) -> Vec<usize> {
        let Cells::Words { words, codes } = &self.cells else {
            return Vec::new();
        };
        let mut counts = vec![0; words.len()];
        for row in rows {
            if let Some(count) = counts.get_mut(codes[row] as usize) {
                *count += 1;
            }
        }
        counts
    }
}

impl RawTable {
    /// Number of rows.
    pub fn len(&self) -> usize {
        let length = |column: &RawColumn| match &column.cells {
            Cells::Numbers(values) | Cells::Dates(values, _) => Some(values.len()),
            Cells::Words { codes, .. } => Some(codes.len()),
            Cells::TooMany | Cells::Skipped => None,
        };
        let lengths = self.columns.iter().find_map(length);
        lengths.unwrap_or(self.lines.len())
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }

    /// The title of a column, by which the schema and reports name it.
    pub fn title(&self, place: usize) -> String {
        self.titles[place].clone()
    }

    /// The text for a column in messages, with its index.
    pub fn label(&self, place: usize) -> String {
        label(place, &self.columns[place].name)
    }

    /// The place in this table of each column of another file, whose columns have these names. Columns are matched by
    /// their names if these are distinct, and else must have the same order.
    ///
    /// # Errors
    /// [`Error::Data`] for the other file if it has other columns.
    pub fn places_of(&self, path: &Path, names: &[String]) -> Result<Vec<usize>> {
        let expected = self.names();
        let is_distinct = expected.iter().collect::<HashSet<_>>().len() == expected.len();
        let place = |name: &String| expected.iter().position(|other| other == name);
        let places: Option<Vec<usize>> = names.iter().map(place).collect();
        if let Some(places) = places
            && is_distinct
            && places.iter().collect::<HashSet<_>>().len() == expected.len()
            && names.len() == expected.len()
        {
            return Ok(places);
        }
        self.check_same(path, names, &expected)?;
        Ok((0..names.len()).collect())
    }

    /// The table with its columns at these places of a training table.
    pub fn reordered(mut self, training: &Self, places: &[usize]) -> Self {
        let mut columns: Vec<(usize, RawColumn)> =
            places.iter().copied().zip(self.columns).collect();
        columns.sort_by_key(|(place, _)| *place);
        self.columns = columns.into_iter().map(|(_, column)| column).collect();
        self.titles.clone_from(&training.titles);
        self
    }

    fn check_same(&self, path: &Path, names: &[String], expected: &[String]) -> Result<()> {
        if names.len() != expected.len() {
            let (seen, expected) = (names.len(), expected.len());
            let problem = format!("has {seen} columns, but the training file has {expected}");
            return Err(Error::data(path, problem));
        }
        let mut pairs = names.iter().zip(expected).enumerate();
        let other = pairs
            .clone()
            .find(|(_, (seen, _))| !expected.contains(seen));
        match other.or_else(|| pairs.find(|(_, (seen, expected))| seen != expected)) {
            None => Ok(()),
            Some((place, (seen, expected))) => {
                let problem = format!(
                    "column {place} (counted from 0) is called `{seen}`, but `{expected}` in the \
                     training file; both files must have the same columns in the same order"
                );
                Err(Error::data(path, problem))
            }
        }
    }

    /// Where a row is in the file, such as `line 7`.
    pub fn place(&self, row: usize) -> String {
        match self.lines.get(row) {
            Some(line) => format!("line {line}"),
            None => format!("row {}", row + 1),
        }
    }

    /// What a row is called in messages.
    pub fn row_name(&self) -> &'static str {
        if self.lines.is_empty() { "row" } else { "line" }
    }

    /// Where the first few of these rows are, and how many more there are.
    pub fn places(&self, rows: &[usize]) -> String {
        let listed: Vec<String> = rows
            .iter()
            .take(MOST_LISTED)
            .map(|&row| self.place(row))
            .collect();
        match rows.len().saturating_sub(MOST_LISTED) {
            0 => listed.join(", "),
            more => format!("{} and {more} more", listed.join(", ")),
        }
    }

    /// An error about a row.
    pub fn row_error(&self, row: usize, problem: &str) -> Error {
        Error::data(&self.path, format!("{}: {problem}", self.place(row)))
    }
}
