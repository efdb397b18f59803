//! Reads the columns of a text: first what they look like, then their fields.

use std::path::Path;

use super::above::{self, fields};
use super::dialect::Layout;
use super::header;
use super::records::Records;
use super::survey::{self, Seen};
use super::text::Text;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::task::inspection::{Decision, Dialect};
use crate::task::table::{
    Cells, Marks, Note, RawColumn, RawTable, Wanted, constants, label, renamed, sentences, titles,
    type_setting,
};

/// Most records from which it is told whether the first one is a header.
const FOR_HEADER: usize = 20_000;

/// Most distinct numbers that are categories if they have no common scale.
const FEW_WORDS: usize = 20;

/// How a text is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// The separator.
    pub delimiter: Option<u8>,
    /// The decimal mark.
    pub decimal: Option<char>,
    /// The mark of thousands, or that there is none.
    pub thousands: Option<Option<char>>,
    /// Whether the first record names the columns.
    pub header: Option<bool>,
    /// Whether a setting gives a column by its name, so that the first record must name them.
    pub names_columns: bool,
}

/// Reads a table, and tells how it is written. `wanted` says how each column is to be read, given whether there is a header, and the names.
///
/// # Errors
/// [`Error::Data`], with the line, if records have different lengths, the header comes again, a title stands above it,
/// or a field is not what its column wants. The errors of `wanted`.
pub fn read(
    source: &Text,
    asked: Asked,
    wanted: impl Fn(bool, &[String]) -> Result<Vec<Wanted>>,
) -> Result<(RawTable, Dialect)> {
    let layout = Layout::find(source, asked.delimiter)?;
    above::check(source, &layout, asked.delimiter)?;
    let is_named = asked.header.is_none() && asked.names_columns;
    let mut decisions = source.decisions.clone();
    decisions.extend(layout.decisions.iter().cloned());
    let mut reading = Reading {
        source,
        layout: &layout,
        asked,
        header: true,
        most: usize::MAX,
    };
    let header = match asked.header {
        Some(header) => header,
        None if is_named || layout.first.len() < layout.width => {
            let why = match is_named {
                true => "a setting gives a column by its name",
                false => "it has a field less than the lines below",
            };
            let text = format!("the first line names the columns: {why}");
            decisions.push(Decision::fact(text));
            true
        }
        None => reading.has_header(&mut decisions)?,
    };
    reading.header = header;
    let names = reading.names();
    let wanted = wanted(header, &names)?;
    let (mut columns, lines, marks) = reading.columns(&wanted, false, &mut decisions)?;
    if lines.is_empty() {
        return Err(Error::data(
            &source.path,
            "has a header, but no rows below it; if the first line is data, set task.header = false",
        ));
    }
    for (column, name) in columns.iter_mut().zip(&names) {
        column.name.clone_from(name);
    }
    if layout.first.len() < layout.width && !columns.first().is_some_and(is_row_name) {
        return Err(shifted(&source.path, &layout));
    }
    let titles = titles(&names);
    decisions.extend(renamed(&names, &titles));
    decisions.extend(constants(&columns, &titles));
    let dialect = Dialect {
        delimiter: match layout.is_blank {
            true => " ".to_owned(),
            false => char::from(layout.delimiter).to_string(),
        },
        decimal: marks.decimal.to_string(),
        thousands: marks.thousands.map(String::from),
        header,
    };
    let table = RawTable {
        path: source.path.clone(),
        format: match source.packed {
            true => "CSV, packed with gzip".to_owned(),
            false => "CSV".to_owned(),
        },
        header,
        columns,
        titles,
        lines,
        marks,
        bytes: source.text.len(),
        decisions,
    };
    Ok((table, dialect))
}

/// Whether a column can name or number the rows: its fields are distinct, and none is a number with decimals. A column
/// that is not read is not in the way.
fn is_row_name(column: &RawColumn) -> bool {
    match &column.cells {
        Cells::Numbers(values) | Cells::Dates(values, _) => {
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let is_date = matches!(column.cells, Cells::Dates(..));
            let is_whole = values.iter().all(|value| value.fract() == 0.0);
            (is_date || is_whole) && sorted.windows(2).all(|pair| pair[0] < pair[1])
        }
        Cells::Words { words, codes } => words.len() == codes.len(),
        Cells::TooMany | Cells::Skipped => true,
    }
}

/// The error if the first record has a field less than the others, and the first column does not name the rows.
fn shifted(path: &Path, layout: &Layout<'_>) -> Error {
    let separator = char::from(layout.delimiter).escape_default();
    let problem = format!(
        "the first line has {}, but the lines below have {}, and their first fields do not name the rows: if a field \
         has `{separator}` in it, put this field in quotes; if the first column has no name, give it one in the first \
         line",
        fields(layout.first.len()),
        layout.width,
    );
    Error::data(path, problem)
}

/// How the records of a text are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The text.
    pub source: &'a Text,
    /// How its records are divided.
    pub layout: &'a Layout<'a>,
    /// What settings say.
    pub asked: Asked,
    /// Whether the first record names the columns.
    pub header: bool,
    /// Most records that are read.
    pub most: usize,
}

impl Reading<'_> {
    /// Whether the first record names the columns, from a part of the others.
    fn has_header(self, decisions: &mut Vec<Decision>) -> Result<bool> {
        let sample = Self {
            most: FOR_HEADER,
            header: true,
            ..self
        };
        let all = vec![Wanted::Auto; self.layout.width];
        let (columns, lines, marks) = sample.columns(&all, true, &mut Vec::new())?;
        let first = &self.layout.first;
        if lines.is_empty() {
            return Ok(first.iter().all(|field| marks.parse(field).is_none()));
        }
        let (header, decision) = header::decide(first, &columns, marks);
        decisions.push(decision);
        Ok(header)
    }

    /// The names of the columns: those of the header, or none. A header with one field less than the rows lacks a
    /// name for the row names before the first column.
    pub fn names(&self) -> Vec<String> {
        let (width, first) = (self.layout.width, &self.layout.first);
        match self.header {
            true if first.len() + 1 == width => [vec![String::new()], first.clone()].concat(),
            true => first.clone(),
            false => vec![String::new(); width],
        }
    }

    /// Gives each record below the header to `take`. A record that repeats the header is refused, or passed over if
    /// it is not sure that the first record is a header.
    pub fn each(
        &self,
        unsure: bool,
        mut take: impl FnMut(&mut Records<'_>) -> Result<()>,
    ) -> Result<()> {
        let (first, width) = (&self.layout.first, self.layout.width);
        let mut records = Records::of(&self.source.path, &self.layout.text, self.layout.delimiter);
        let named = first.iter().any(|field| !field.is_empty());
        let (mut count, mut begins) = (0_usize, true);
        while records.next()?.is_some() {
            let top = std::mem::take(&mut begins);
            let record = records.record();
            if top && self.header {
                if first.len() != width && first.len() + 1 != width {
                    let problem = format!(
                        "has {}, but the next line has {width}",
                        fields(record.len())
                    );
                    return Err(records.error(&problem));
                }
                continue;
            }
            if record.len() != width {
                let separator = char::from(self.layout.delimiter).escape_default();
                let remedy = match record.len() < width {
                    _ if above::is_comment(record) => {
                        "it begins with `#`: remove lines of comments".to_owned()
                    }
                    true => "fill in what is missing, or remove the line".to_owned(),
                    false => format!("a field with `{separator}` in it needs quotes"),
                };
                let count = fields(record.len());
                let problem = format!("has {count}, but other lines have {width}; {remedy}");
                return Err(records.error(&problem));
            }
            if self.header && named && record.len() == first.len() && record.iter().eq(first) {
                if unsure {
                    continue;
                }
                return Err(records.error("repeats the header; remove this line"));
            }
            take(&mut records)?;
            count += 1;
            if count >= self.most {
                break;
            }
        }
        Ok(())
    }

    /// The columns, the line of each row, and the marks of numbers.
    fn columns(
        &self,
        wanted: &[Wanted],
        unsure: bool,
        decisions: &mut Vec<Decision>,
    ) -> Result<(Vec<RawColumn>, Vec<u32>, Marks)> {
        let mut seen = vec![Seen::default(); self.layout.width];
        let mut rows = 0;
        self.each(unsure, |records| {
            rows += 1;
            let fields = records.record().iter();
            for ((field, seen), wanted) in fields.zip(&mut seen).zip(wanted) {
                seen.see(field, *wanted);
            }
            Ok(())
        })?;
        let comma = self.layout.delimiter == b',';
        let marks = survey::marks(
            &seen,
            comma,
            self.asked.decimal,
            self.asked.thousands,
            decisions,
        )?;
        let names = self.names();
        let label = |place: usize| label(place, names.get(place).map_or("", String::as_str));
        let of = |(seen, wanted): (&Seen, &Wanted)| Writer::of(seen, *wanted, marks, comma, rows);
        let (mut writers, notes): (Vec<Writer>, Vec<Option<Note>>) =
            seen.iter().zip(wanted).map(of).unzip();
        let notes = (0..).zip(notes);
        let notes: Vec<(usize, Note)> = notes
            .filter_map(|(place, note)| Some((place, note?)))
            .collect();
        decisions.extend(sentences(&notes, &titles(&names), &names));
        let mut lines = Vec::with_capacity(rows);
        self.each(unsure, |records| {
            let fields = records.record().iter().zip(&mut writers).zip(0..);
            let mut problem = None;
            for ((field, writer), place) in fields {
                if let Err(wrong) = writer.push(field, marks) {
                    problem = Some(format!("{}: {wrong}", label(place)));
                    break;
                }
            }
            if let Some(problem) = problem {
                let hint = match lines.is_empty() && !self.header {
                    true => "; if this line is a header, set task.header = true",
                    false => "",
                };
                return Err(records.error(&format!("{problem}{hint}")));
            }
            lines.push(u32::try_from(records.line()).unwrap_or(u32::MAX));
            Ok(())
        })?;
        let mixed = writers
            .iter()
            .zip(&seen)
            .zip(wanted)
            .position(|((writer, seen), wanted)| {
                let counts = *wanted == Wanted::Auto && writer.distinct() > FEW_WORDS;
                counts && seen.mixture(marks).is_some()
            });
        let mixture = mixed.and_then(|place| Some((place, seen[place].mixture(marks)?)));
        if let (Some((place, (signs, row))), false) = (mixture, unsure) {
            let line = lines.get(row).copied().unwrap_or_default();
            let (label, number, category) = (
                label(place),
                type_setting(&names, place, "number"),
                type_setting(&names, place, "category"),
            );
            let problem = format!(
                "line {line}: {label}: the field has another sign than the fields above it, and so the numbers of this \
                 column have no common scale: {signs}; correct them, or set {number} to leave the signs out, or {category}"
            );
            return Err(Error::data(&self.source.path, problem));
        }
        let column = |(mut writer, seen): (Writer, &Seen)| RawColumn {
            name: String::new(),
            gaps: writer.gaps(),
            cells: writer.cells(),
            quantities: seen.has_quantities(marks),
            left_out: None,
        };
        let columns = writers.into_iter().zip(&seen).map(column).collect();
        Ok((columns, lines, marks))
    }
}
