//! The separator of a file, found from the whole file.

use std::borrow::Cow;

use super::records::Records;
use super::text::Text;
use crate::error::{Error, Result};
use crate::task::inspection::Decision;
use crate::task::table::{Marks, is_missing, parse_date};

/// The separators that are tried, the usual ones first.
pub const SEPARATORS: &[u8] = b",;\t|";

/// Most records whose fields are looked at to choose between separators that all fit.
const LOOKED_AT: usize = 1000;

/// The records of a text: what is between their fields, and how many fields they have.
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    /// The text; if its fields are separated by runs of blanks, with a tab for each run.
    pub text: Cow<'a, str>,
    /// The ASCII character between two fields.
    pub delimiter: u8,
    /// Whether runs of blanks separate fields.
    pub is_blank: bool,
    /// The number of fields in all records but the first.
    pub width: usize,
    /// The first record.
    pub first: Vec<String>,
    /// What was found.
    pub decisions: Vec<Decision>,
}

/// How well a separator fits.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Fit {
    /// Share of the records that have as many fields as the second.
    same: f64,
    /// Share of the fields that are numbers, dates or missing.
    told: f64,
    width: usize,
}

impl<'a> Layout<'a> {
    /// Finds the separator, or takes the one that is asked for. Of the separators `,` `;` tab and `|`, that wins by
    /// which most records have equally many fields; of several, that by which most fields are numbers, dates or
    /// missing; then the one with more fields. If none divides the lines, runs of blanks do, if by them all lines have equally
    /// many fields.
    ///
    /// # Errors
    /// [`Error::Data`] if the file is empty or a quote never ends.
    pub fn find(source: &'a Text, asked: Option<u8>) -> Result<Self> {
        let text = source.text.as_str();
        let mut best: Option<(u8, Fit)> = None;
        let present = |byte: &u8| text.as_bytes().contains(byte);
        let tried: Vec<u8> = match asked.or(source.separator) {
            Some(byte) => vec![byte],
            None => SEPARATORS.iter().copied().filter(present).collect(),
        };
        let only = tried.len() == 1;
        for byte in tried {
            let fit = if only {
                Some(Fit {
                    same: 1.0,
                    told: 0.0,
                    width: 2,
                })
            } else {
                fit(source, byte)?
            };
            if let Some(fit) = fit
                && best.is_none_or(|(_, other)| fit > other)
            {
                best = Some((byte, fit));
            }
        }
        let mut blanks = false;
        let (text, delimiter) = match best {
            Some((byte, _)) => (Cow::Borrowed(text), byte),
            None => match aligned(text) {
                Some(tabs) => {
                    blanks = true;
                    (Cow::Owned(tabs), b'\t')
                }
                None => (Cow::Borrowed(text), b','),
            },
        };
        let mut records = Records::of(&source.path, &text, delimiter);
        let mut next = || {
            Ok::<_, Error>(
                records
                    .next()?
                    .map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>()),
            )
        };
        let Some(mut first) = next()? else {
            return Err(Error::data(
                &source.path,
                "is empty, but a table has lines of fields",
            ));
        };
        let second = next()?.unwrap_or_else(|| first.clone());
        let width = second.len();
        // A separator at the end of the first line alone, or of all lines but the first.
        let ends = |record: &[String]| record.last().is_some_and(String::is_empty);
        if first.len() == width + 1 && ends(&first) {
            first.pop();
        } else if first.len() + 1 == width && ends(&second) {
            first.push(String::new());
        }
        let mut decisions = Vec::new();
        if asked.is_none() && width > 1 {
            let name = match delimiter {
                _ if blanks => "runs of blanks".to_owned(),
                b'\t' => "a tab".to_owned(),
                byte => format!("`{}`", char::from(byte)),
            };
            let other = if delimiter == b',' { ";" } else { "," };
            let named = match source.separator {
                Some(_) => ", as the first line says",
                None => "",
            };
            let text = format!("fields are separated by {name}{named}");
            decisions.push(Decision::new(text, format!("task.delimiter = {other:?}")));
        }
        drop(records);
        Ok(Self {
            text,
            delimiter,
            is_blank: blanks,
            width,
            first,
            decisions,
        })
    }
}

/// How well a separator fits, or `None` if it does not divide the records.
fn fit(source: &Text, delimiter: u8) -> Result<Option<Fit>> {
    let mut records = Records::of(&source.path, &source.text, delimiter);
    let Some(first) = records.next()?.map(|record| record.len()) else {
        return Ok(None);
    };
    let (mut width, mut count, mut same) = (first, 0_usize, 0_usize);
    let (mut fields, mut told) = (0_usize, 0_usize);
    while let Some(record) = records.next()? {
        if count == 0 {
            width = record.len();
        }
        count += 1;
        same += usize::from(record.len() == width);
        if count <= LOOKED_AT {
            fields += record.len();
            told += record.iter().filter(|field| is_told(field)).count();
        }
        // Hopeless: it divides less than half of many lines.
        if count == LOOKED_AT && 2 * same < count {
            return Ok(None);
        }
    }
    // The names of columns may lack one for the row names.
    let header = first.abs_diff(width) < 2;
    if width < 2 || first < 2 {
        return Ok(None);
    }
    let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
    Ok(Some(Fit {
        same: share(same + usize::from(header), count + 1),
        told: share(told, fields),
        width,
    }))
}

/// Whether a field is a number, a date or missing.
fn is_told(field: &str) -> bool {
    use crate::task::table::DateOrder::{DayFirst, MonthFirst, YearFirst};
    let marks = [
        Marks::of('.', Some(',')),
        Marks::of(',', Some('.')),
        Marks::of(',', Some(' ')),
        Marks::of('.', Some(' ')),
    ];
    is_missing(field)
        || marks.iter().any(|marks| marks.parse(field).is_some())
        || [YearFirst, DayFirst, MonthFirst]
            .iter()
            .any(|order| parse_date(field, *order).is_some())
}

/// The text with a tab for each run of blanks within a line, if so all lines have equally many fields, at least two.
fn aligned(text: &str) -> Option<String> {
    let mut width = None;
    let mut tabs = String::with_capacity(text.len());
    if text.contains('"') {
        return None;
    }
    for line in text.lines() {
        let mut count = 0;
        for field in line.split_ascii_whitespace() {
            if count > 0 {
                tabs.push('\t');
            }
            tabs.push_str(field);
            count += 1;
        }
        tabs.push('\n');
        if count > 0 && *width.get_or_insert(count) != count {
            return None;
        }
    }
    (width >= Some(2)).then_some(tabs)
}
