//! The fields of a column, as numbers, dates or words.

use super::file::{FileColumn, ParquetFile};
use super::meaning::Meaning;
use super::value::Value;
use crate::error::Result;
use crate::task::csv::{Seen, TOO_LONG, Writer};
use crate::task::table::{Alike, Cells, DateOrder, Marks, Note, Wanted, bounded};

/// Most fields for which memory is reserved before they come.
const RESERVED: usize = 1 << 12;

/// What is wrong with bytes that should be text.
pub const ODD: &str = "the bytes are no text in UTF-8";

/// Why a column of bytes that are no text is left out.
pub const NO_TEXT: &str = "its fields are bytes, not text";

/// What the fields of a column of text look like. `None` if they are bytes and no text.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) if the file is damaged, or if text is not in UTF-8.
pub fn survey(
    file: &ParquetFile,
    column: &FileColumn,
    label: &str,
    wanted: Wanted,
) -> Result<Option<Seen>> {
    let mut seen = Seen::default();
    let bytes = matches!(column.values, Ok((_, Meaning::Bytes))) && wanted == Wanted::Auto;
    let mut odd = false;
    file.each(column, label, |value| {
        match value {
            Value::Odd if bytes => odd = true,
            Value::Odd => return Err(ODD.to_owned()),
            value => seen.see(&value.text(), wanted),
        }
        Ok(())
    })?;
    Ok((!odd).then_some(seen))
}

/// Reads a column. `seen` says what text looks like; `category` says that the file calls the column a category.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data), with the row, if a field is not what is wanted.
pub fn read(
    file: &ParquetFile,
    column: &FileColumn,
    label: &str,
    wanted: Wanted,
    (seen, marks): (&Seen, Marks),
    category: bool,
    notes: &mut Vec<Note>,
) -> Result<(Cells, Vec<String>)> {
    let Ok((_, meaning)) = column.values else {
        return Ok((Cells::Skipped, Vec::new()));
    };
    let mut say = |before: &str, after, kind| {
        let before = before.to_owned();
        notes.push(Note {
            before,
            after,
            kind,
        });
    };
    let auto = wanted == Wanted::Auto;
    let wanted = match meaning {
        Meaning::Truth if auto => Wanted::Words,
        Meaning::Identifiers if auto => Wanted::Words,
        _ if auto && category => {
            if !meaning.is_text() || (seen.present > 0 && seen.is_numeric(marks)) {
                say(
                    "categories of ",
                    " are told by pandas in the file",
                    "number",
                );
            }
            Wanted::Words
        }
        Meaning::Days | Meaning::Moments(_) | Meaning::Julian if auto => {
            say("dates of ", " become days since 1970-01-01", "category");
            Wanted::Date(Some(DateOrder::YearFirst))
        }
        Meaning::Text | Meaning::Bytes => wanted,
        Meaning::Whole | Meaning::Natural | Meaning::Decimal(0)
            if auto && is_too_long(file, column, label)? =>
        {
            say("fields of ", TOO_LONG, "number");
            Wanted::Words
        }
        _ if auto => {
            match meaning {
                Meaning::Times(_) => {
                    say("times of ", " become seconds since midnight", "category");
                }
                Meaning::Durations(_) => say("durations of ", " become seconds", "category"),
                _ => {}
            }
            Wanted::Number
        }
        _ => wanted,
    };
    let rows = file.rows.min(RESERVED);
    let (mut writer, note) = Writer::of(seen, wanted, marks, true, rows);
    if auto && meaning.is_text() && matches!(writer, Writer::Numbers(_)) {
        say(
            "text of ",
            " becomes numbers, which all of its fields are",
            "category",
        );
    }
    notes.extend(note);
    file.each(column, label, |value| put(&mut writer, value, marks))?;
    let gaps = writer.gaps();
    let mut cells = writer.cells();
    match &mut cells {
        Cells::Dates(values, dates) => {
            values.shrink_to_fit();
            dates.times |= values
                .iter()
                .any(|value| value.fract() != 0.0 && !value.is_nan());
        }
        Cells::Numbers(values) => values.shrink_to_fit(),
        Cells::Words { codes, .. } => codes.shrink_to_fit(),
        Cells::TooMany | Cells::Skipped => {}
    }
    Ok((cells, gaps))
}

/// Whether some fields of a column of whole numbers differ in digits that a number does not hold.
fn is_too_long(file: &ParquetFile, column: &FileColumn, label: &str) -> Result<bool> {
    let mut alike = Alike::default();
    file.each(column, label, |value| {
        match value {
            Value::Long(whole) => alike.see(whole),
            Value::Number(value) if value.is_finite() => alike.see(value as i128),
            _ => {}
        }
        Ok(())
    })?;
    Ok(alike.found())
}

/// Puts a field to those that came before.
fn put(writer: &mut Writer, value: Value<'_>, marks: Marks) -> std::result::Result<(), String> {
    match (writer, value) {
        (Writer::Numbers(values) | Writer::Dates(values, _), Value::Missing) => {
            values.push(f64::NAN);
        }
        (Writer::Numbers(values), Value::Number(value)) => values.push(match value.is_nan() {
            true => f64::NAN,
            false => bounded(value, &value.to_string())?,
        }),
        (Writer::Numbers(values), Value::Long(value)) => {
            values.push(bounded(value as f64, &value.to_string())?);
        }
        (Writer::Numbers(values), Value::Truth(value)) => values.push(f64::from(u8::from(value))),
        (Writer::Dates(values, _), Value::Days(days)) => values.push(days),
        (_, Value::Odd) => return Err(ODD.to_owned()),
        (Writer::TooMany | Writer::Nothing, _) => {}
        // Numbers and dates in text have the marks of text; others have a decimal point.
        (writer, value @ Value::Text(_)) => writer.push(&value.text(), marks)?,
        (writer, value) => writer.push(&value.text(), Marks::default())?,
    }
    Ok(())
}
