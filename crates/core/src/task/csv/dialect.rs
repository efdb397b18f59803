//! The separator of a file, found from the whole file.

use std::borrow::Cow;
use std::path::Path;

use super::blanks;
use super::characters::line_breaks;
use super::quotes::Standard;
use super::records::Records;
use super::text::Text;
use crate::error::{Error, Result};
use crate::task::inspection::Decision;
use crate::task::table::{Marks, ORDERS, is_missing, parse_date};

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

impl Fit {
    /// That of a separator beside which there is no other.
    const ONLY: Self = Self {
        same: 1.0,
        told: 0.0,
        width: 2,
    };
}

impl<'a> Layout<'a> {
    /// Finds the separator, or takes the one that is asked for. Of the separators `,` `;` tab and `|`, that wins by
    /// which most records have equally many fields; of several, that by which most fields are numbers, dates or
    /// missing; then the one with more fields. Runs of blanks separate fields if none divides the lines, or if commas
    /// stand only within numbers and more columns are numbers so; and if by them all lines have equally many fields.
    ///
    /// # Errors
    /// [`Error::Data`] if the file is empty, a quote never ends, or text follows a closing quote.
    pub fn find(source: &'a Text, asked: Option<u8>) -> Result<Self> {
        let Divided {
            text,
            delimiter,
            is_blank,
            mut decisions,
        } = divided(source, asked)?;
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
        if asked.is_none() && width > 1 {
            let name = match delimiter {
                _ if is_blank => "runs of blanks".to_owned(),
                b'\t' => "a tab".to_owned(),
                byte => format!("`{}`", char::from(byte)),
            };
            let other = if delimiter == b',' { ";" } else { "," };
            let named = match source.separator {
                Some(_) => ", as the first line says",
                None => "",
            };
            let text = format!("fields are separated by {name}{named}");
            let found = Decision::new(text, format!("task.delimiter = {other:?}"));
            decisions.insert(0, found);
        }
        drop(records);
        Ok(Self {
            text,
            delimiter,
            is_blank,
            width,
            first,
            decisions,
        })
    }
}

/// A text that is divided by a separator.
struct Divided<'a> {
    text: Cow<'a, str>,
    delimiter: u8,
    is_blank: bool,
    /// What was found of quotes.
    decisions: Vec<Decision>,
}

/// The text with quotes in their usual form, and its separator.
fn divided(source: &Text, asked: Option<u8>) -> Result<Divided<'_>> {
    let text = source.text.as_str();
    let present = |byte: &u8| text.as_bytes().contains(byte);
    let named = asked.or(source.separator);
    let tried: Vec<u8> = match named {
        Some(byte) => vec![byte],
        None => SEPARATORS.iter().copied().filter(present).collect(),
    };
    let only = tried.len() == 1;
    let mut best: Option<(Fit, u8, Standard)> = None;
    for byte in tried {
        let standard = Standard::of(text, byte);
        let fit = match only {
            true => Some(Fit::ONLY),
            false => fit(&source.path, standard.text.as_deref().unwrap_or(text), byte)?,
        };
        if let Some(fit) = fit
            && best.as_ref().is_none_or(|(other, ..)| fit > *other)
        {
            best = Some((fit, byte, standard));
        }
    }
    let by_comma = match &best {
        None => Some(None),
        Some((_, b',', standard)) if named.is_none() => {
            Some(standard.text.as_deref().or(Some(text)))
        }
        Some(_) => None,
    };
    if let Some(tabs) = by_comma.and_then(|other| by_blanks(source, other)) {
        let standard = Standard::of(&tabs, b'\t');
        check(source, &tabs, &standard)?;
        return Ok(Divided {
            text: Cow::Owned(standard.text.unwrap_or(tabs)),
            delimiter: b'\t',
            is_blank: true,
            decisions: standard.decisions,
        });
    }
    let (delimiter, standard) = match best {
        Some((_, byte, standard)) => {
            check(source, text, &standard)?;
            (byte, standard)
        }
        None => (b',', Standard::default()),
    };
    Ok(Divided {
        text: standard.text.map_or(Cow::Borrowed(text), Cow::Owned),
        delimiter,
        is_blank: false,
        decisions: standard.decisions,
    })
}

/// The text with a tab for each run of blanks, if they separate its fields: by them all lines fit, and if the text can
/// be divided by commas too, these stand only within numbers, and a larger share of the columns holds nothing but
/// numbers.
fn by_blanks(source: &Text, by_comma: Option<&str>) -> Option<String> {
    let tabs = blanks::tabbed(&source.text)?;
    let Some(other) = by_comma else {
        return Some(tabs);
    };
    let share = |text: &str, delimiter| numeric_share(&source.path, text, delimiter);
    let better =
        blanks::has_commas_in_numbers(&tabs, is_number) && share(&tabs, b'\t') > share(other, b',');
    better.then_some(tabs)
}

/// The share of the columns that hold nothing but numbers below the first record. 0 if the records do not fit.
fn numeric_share(path: &Path, text: &str, delimiter: u8) -> f64 {
    let mut records = Records::of(path, text, delimiter);
    let mut numeric: Option<Vec<bool>> = None;
    for count in 0..LOOKED_AT {
        let Ok(Some(record)) = records.next() else {
            break;
        };
        if count == 0 {
            continue;
        }
        let numeric = numeric.get_or_insert_with(|| vec![true; record.len()]);
        if record.len() != numeric.len() {
            return 0.0;
        }
        for (field, is) in record.iter().zip(numeric) {
            *is &= is_missing(field) || is_number(field);
        }
    }
    let numeric = numeric.unwrap_or_default();
    let count = numeric.iter().filter(|is| **is).count();
    count as f64 / numeric.len().max(1) as f64
}

/// Refuses a text with a fault in its quotes.
fn check(source: &Text, text: &str, standard: &Standard) -> Result<()> {
    let Some((place, problem)) = standard.fault else {
        return Ok(());
    };
    let line = 1 + line_breaks(&text.as_bytes()[..place]);
    Err(Error::data(&source.path, format!("line {line}: {problem}")))
}

/// How well a separator fits, or `None` if it does not divide the records.
fn fit(path: &Path, text: &str, delimiter: u8) -> Result<Option<Fit>> {
    let mut records = Records::of(path, text, delimiter);
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
    is_missing(field)
        || is_number(field)
        || ORDERS
            .iter()
            .any(|order| parse_date(field, *order).is_some())
}

/// Whether a field is a number by usual marks.
fn is_number(field: &str) -> bool {
    let marks = [
        Marks::of('.', Some(',')),
        Marks::of(',', Some('.')),
        Marks::of(',', Some(' ')),
        Marks::of('.', Some(' ')),
    ];
    marks.iter().any(|marks| marks.parse(field).is_some())
}
