//! What is known of a table's columns: how rows are encoded, and points decoded.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::date::Dates;
use super::encoding::Code;
use super::number::{self, Marks};
use super::raw::Cell;
use crate::error::{Error, Result};
use crate::task::Columns;

/// Most rounds until a projected point no longer changes.
const ROUNDS: usize = 16;

/// The columns of a table in the order of its file. It is fitted on the training rows, and stored in the artefact.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TableSchema {
    /// The columns.
    pub columns: Vec<ColumnSchema>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnSchema {
    /// Its name, or `column 3` if it has none.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// How it is used.
    #[serde(rename = "use")]
    pub role: Role,
    /// Why it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How its dates are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
    /// The encoding of an input column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Code>,
    /// What a missing number counts as: the median of the training rows, or of a boolean the more frequent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imputed: Option<f64>,
    /// Whether a 0/1 column after the encoded ones says where values are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub indicator: bool,
    /// Whether only an empty field is missing, because the settings call the column a category.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub every_word: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Numbers.
    Number,
    /// Dates.
    Date,
    /// Words of two kinds.
    Boolean,
    /// Categories.
    Category,
    /// Free text, or names.
    Words,
    /// Only missing values, or it was not read.
    Empty,
}

/// How a column is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An input.
    Input,
    /// A target.
    Target,
    /// Not at all.
    LeftOut,
}

/// A field of a row that is to be encoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// A missing value.
    Missing,
    /// A number; of a date, days since 1970-01-01.
    Number(f64),
    /// A word.
    Word(&'a str),
}

impl<'a> From<&'a Cell> for Field<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Missing => Self::Missing,
            Cell::Number(value) => Self::Number(*value),
            Cell::Word(word) => Self::Word(word),
        }
    }
}

/// What a field has that no training row had, so that its encoding cannot tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// Another category, or a word that is none of a boolean's two.
    Word,
    /// No value.
    Missing,
}

impl ColumnSchema {
    /// What a field of an input column has that the encoding cannot tell, if there is anything.
    pub fn unseen(&self, field: Field<'_>) -> Option<Unseen> {
        match (self.encoding.as_ref()?, field) {
            (Code::OneHot(code), Field::Missing) => code.is_unseen(None).then_some(Unseen::Missing),
            (Code::OneHot(code), Field::Word(word)) => {
                code.is_unseen(Some(word)).then_some(Unseen::Word)
            }
            (Code::Boolean(code), Field::Word(word)) => {
                code.encode(word).is_none().then_some(Unseen::Word)
            }
            (_, Field::Missing) if !self.indicator => Some(Unseen::Missing),
            _ => None,
        }
    }

    /// Number of encoded columns, with the indicator. 0 if it is no input.
    pub fn width(&self) -> usize {
        let code = self.encoding.as_ref().map_or(0, Code::width);
        code + usize::from(self.indicator)
    }

    /// Writes an encoded field, [`Self::width`] numbers.
    ///
    /// A category that the training rows do not have is encoded as a rare one, or without any if there is no column
    /// for rare ones. A word that is neither of a boolean's two is missing. If the training rows had no missing
    /// values, there is no indicator, and a missing number is encoded as their median.
    ///
    /// # Errors
    /// What is wrong with a word in a column of numbers or dates.
    pub fn encode(&self, field: Field<'_>, out: &mut [f64]) -> std::result::Result<(), String> {
        let Some(code) = &self.encoding else {
            return Ok(());
        };
        let (place, indicator) = out.split_at_mut(code.width());
        indicator.fill(0.0);
        let number = match (code, field) {
            (Code::OneHot(code), Field::Missing) => {
                code.encode(None, place);
                return Ok(());
            }
            (Code::OneHot(code), Field::Word(word)) => {
                code.encode(Some(word), place);
                return Ok(());
            }
            (Code::OneHot(code), Field::Number(value)) => {
                code.encode(Some(&number::text(value)), place);
                return Ok(());
            }
            (Code::Boolean(code), Field::Word(word)) => code.encode(word),
            (Code::Boolean(_), _) | (_, Field::Missing) => None,
            (_, Field::Number(value)) => Some(value),
            (_, Field::Word(word)) => Some(self.number(word)?),
        };
        if number.is_none() {
            indicator.fill(1.0);
        }
        code.encode_number(number.or(self.imputed).unwrap_or_default(), place);
        Ok(())
    }

    /// The field of any point, [`Self::width`] numbers: missing if the indicator is more than 1/2; otherwise of a
    /// number the value whose encoding is nearest, of categories that with the largest number.
    pub fn decode(&self, encoded: &[f64]) -> Cell {
        let Some(code) = &self.encoding else {
            return Cell::Missing;
        };
        let (place, indicator) = encoded.split_at(code.width());
        if indicator.iter().any(|value| *value > 0.5) {
            return Cell::Missing;
        }
        let number = match code {
            Code::Standard(code) => code.decode(place[0]),
            Code::Quantile(code) => code.decode(place[0]),
            Code::PiecewiseLinear(code) => code.decode(place),
            Code::Boolean(code) => return Cell::Word(code.decode(place[0]).to_owned()),
            Code::OneHot(code) => {
                let word = code.decode(place);
                return word.map_or(Cell::Missing, |word| Cell::Word(word.to_owned()));
            }
        };
        match self.dates {
            Some(dates) => Cell::Word(dates.text(number)),
            None => Cell::Number(number),
        }
    }

    fn number(&self, word: &str) -> std::result::Result<f64, String> {
        let (value, what) = match self.dates {
            Some(dates) => (dates.parse(word), "date"),
            None => (Marks::default().parse(word), "number"),
        };
        let fits = |value: &f64| value.abs() <= number::LARGEST;
        let word = number::shorten(word);
        value
            .filter(fits)
            .ok_or_else(|| format!("column `{}`: `{word}` is no {what}", self.name))
    }
}

impl TableSchema {
    /// The input columns, in order.
    pub fn inputs(&self) -> impl Iterator<Item = &ColumnSchema> {
        self.columns
            .iter()
            .filter(|column| column.encoding.is_some())
    }

    /// Whether each encoded column holds a number. The others are 0/1: categories, booleans and indicators.
    pub fn are_numbers(&self) -> Vec<bool> {
        let of_column = |column: &ColumnSchema| {
            let is_number = column.encoding.as_ref().is_some_and(Code::is_number);
            let code = column.width() - usize::from(column.indicator);
            (0..column.width()).map(move |place| is_number && place < code)
        };
        self.inputs().flat_map(of_column).collect()
    }

    /// Number of input columns that are numbers or dates.
    pub fn number_columns(&self) -> usize {
        let is_number =
            |column: &&ColumnSchema| column.encoding.as_ref().is_some_and(Code::is_number);
        self.inputs().filter(is_number).count()
    }

    /// Number of encoded columns.
    pub fn width(&self) -> usize {
        self.columns.iter().map(ColumnSchema::width).sum()
    }

    /// Encodes rows `[n, width]`. A row has one field for each input column.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if a row has another number of fields, or a word in a column of numbers or dates.
    pub fn encode(&self, rows: &[Vec<Cell>]) -> Result<Array2<f64>> {
        let mut encoded = Array2::zeros((rows.len(), self.width()));
        let inputs = self.inputs().count();
        for (row, mut out) in rows.iter().zip(encoded.rows_mut()) {
            if row.len() != inputs {
                let problem = format!(
                    "a row has {} fields, but the table has {inputs} input columns",
                    row.len()
                );
                return Err(Error::Mismatch(problem));
            }
            let Some(mut out) = out.as_slice_mut() else {
                continue;
            };
            for (column, cell) in self.inputs().zip(row) {
                let (place, rest) = out.split_at_mut(column.width());
                column.encode(cell.into(), place).map_err(Error::Mismatch)?;
                out = rest;
            }
        }
        Ok(encoded)
    }

    /// Decodes points `[n, width]` to rows with one field for each input column.
    pub fn decode(&self, points: ArrayView2<'_, f64>) -> Vec<Vec<Cell>> {
        points
            .rows()
            .into_iter()
            .map(|point| {
                let point = point.to_vec();
                let mut rest = point.as_slice();
                let decoded = self.inputs().map(|column| {
                    let (place, after) = rest.split_at(column.width().min(rest.len()));
                    rest = after;
                    column.decode(place)
                });
                decoded.collect()
            })
            .collect()
    }

    /// Replaces points `[n, width]` by the encoding of the rows that they are decoded to. What comes out does not
    /// change, to the bit, if it is written as text, read and encoded again.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the points have another width.
    pub fn project(&self, points: &Array2<f32>) -> Result<Array2<f32>> {
        if points.ncols() != self.width() {
            let problem = format!(
                "points have {} numbers, but the table is encoded as {}",
                points.ncols(),
                self.width()
            );
            return Err(Error::Mismatch(problem));
        }
        let mut points = points.clone();
        for _ in 0..ROUNDS {
            let rows = self.decode(points.mapv(f64::from).view());
            let next = self.encode(&rows)?.mapv(|value| value as f32);
            if next == points {
                break;
            }
            points = next;
        }
        Ok(points)
    }

    /// The scale of each encoded column: raw = x · std + mean is in the units of the table where the encoding is
    /// `standard`. Elsewhere the encoding has units of its own, and the scale is that of these.
    pub fn scale(&self) -> Columns {
        let mut scale = Columns::default();
        for column in self.inputs() {
            let code = column.encoding.as_ref().map_or((0.0, 1.0), Code::scale);
            for place in 0..column.width() {
                let indicator = column.indicator && place + 1 == column.width();
                let (mean, std) = if indicator { (0.0, 1.0) } else { code };
                scale.push(mean, std);
            }
        }
        scale
    }

    /// Checks that a stored schema does not contradict itself, and encodes rows of this many numbers.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, features: usize) -> std::result::Result<(), String> {
        let ascends = |values: &[f64]| {
            values.iter().all(|value| value.is_finite())
                && values.windows(2).all(|pair| pair[0] < pair[1])
        };
        for column in &self.columns {
            let sane = match &column.encoding {
                None => !column.indicator && column.role != Role::Input,
                Some(Code::Standard(code)) => {
                    code.mean.is_finite() && code.deviation.is_finite() && code.deviation > 0.0
                }
                Some(Code::Quantile(code)) => {
                    !code.values.is_empty()
                        && code.values.len() == code.scores.len()
                        && ascends(&code.values)
                        && ascends(&code.scores)
                }
                Some(Code::PiecewiseLinear(code)) => code.edges.len() > 1 && ascends(&code.edges),
                Some(Code::OneHot(code)) => code.width() > 0,
                Some(Code::Boolean(_)) => true,
            };
            let imputed = column.imputed.is_none_or(f64::is_finite);
            if !sane || !imputed || (column.encoding.is_some() && column.role != Role::Input) {
                return Err(format!(
                    "the encoding of the column {:?} contradicts itself",
                    column.name
                ));
            }
        }
        match self.width() {
            width if width == features => Ok(()),
            width => Err(format!(
                "its columns are encoded as {width} numbers, but points have {features}"
            )),
        }
    }
}
