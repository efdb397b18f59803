//! The rows of a text as fields, for a reader that knows the columns already.

use std::path::Path;

use super::above;
use super::dialect::Layout;
use super::read::{Asked, Reading};
use super::survey::{self, Seen};
use super::text::Text;
use crate::error::{Error, Result};
use crate::task::table::{Wanted, number_text};

/// The names of the columns, and for each row its place in the file, such as `line 2`, and its fields.
pub type NamedFields = (Vec<String>, Vec<(String, Vec<String>)>);

/// Reads the fields of a file with a header, as they are. The separator, the marks of numbers and the encoding are
/// found as those of a task's table; numbers are written with a decimal point.
///
/// # Errors
/// [`Error::Data`] if the file cannot be read, has another format, or has no rows.
pub fn fields(path: &Path) -> Result<NamedFields> {
    let source = Text::read(path)?;
    let layout = Layout::find(&source, None)?;
    above::check(&source, &layout, None)?;
    let reading = Reading {
        source: &source,
        layout: &layout,
        asked: Asked::default(),
        header: true,
        most: usize::MAX,
    };
    let mut seen = vec![Seen::default(); layout.width];
    let mut rows = Vec::new();
    reading.each(false, |records| {
        let fields: Vec<String> = records.record().iter().map(str::to_owned).collect();
        for (field, seen) in fields.iter().zip(&mut seen) {
            seen.see(field, Wanted::Auto);
        }
        rows.push((format!("line {}", records.line()), fields));
        Ok(())
    })?;
    if rows.is_empty() {
        return Err(Error::data(path, "has no rows below its first line"));
    }
    let comma = layout.delimiter == b',';
    let marks = survey::marks(&seen, comma, None, None, &mut Vec::new())?;
    let numeric: Vec<bool> = seen.iter().map(|seen| seen.is_numeric(marks)).collect();
    for (_, fields) in &mut rows {
        let written = fields.iter_mut().zip(&numeric).filter(|(_, is)| **is);
        for (field, _) in written.filter(|(field, _)| field.parse::<f64>().is_err()) {
            if let Some(number) = marks.parse(field) {
                *field = number_text(number);
            }
        }
    }
    Ok((reading.names(), rows))
}
