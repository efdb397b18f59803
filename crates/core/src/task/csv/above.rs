//! Lines that are no rows: titles above a table, and comments.

use csv::StringRecord;

use super::dialect::{Layout, SEPARATORS};
use super::records::Records;
use super::text::Text;
use crate::error::{Error, Result};
use crate::task::table::{Marks, cut, is_missing};

/// How a line of a comment begins.
const COMMENT: char = '#';

/// Most lines above a table that are told from its rows.
const MOST_ABOVE: usize = 100;

/// Rows below names that are looked at.
const ROWS: usize = 20;

/// Most characters of a line in a sentence.
const SHOWN: usize = 40;

/// A record with its line.
type Line = (usize, StringRecord);

/// Refuses a title above the table, and comments, where they keep it from being read.
///
/// A title has fewer fields than all lines below, or is one field and nothing where the names of the columns have
/// numbers below them. A comment begins with `#` and has another number of fields than the other lines, so that a
/// header such as `#id,x,y` is none.
///
/// # Errors
/// [`Error::Data`] with the line.
pub fn check(source: &Text, layout: &Layout<'_>, asked: Option<u8>) -> Result<()> {
    let head = head(source, layout)?;
    let problem = match titled(source, &head, layout.width) {
        None if !fits(&head, layout) => unfit(source, layout, asked)?,
        problem => problem,
    };
    problem.map_or(Ok(()), |problem| Err(Error::data(&source.path, problem)))
}

/// Whether a record begins as a comment.
pub fn is_comment(record: &StringRecord) -> bool {
    record
        .get(0)
        .is_some_and(|field| field.starts_with(COMMENT))
}

/// This many fields, in words.
pub fn fields(count: usize) -> String {
    match count {
        1 => "1 field".to_owned(),
        _ => format!("{count} fields"),
    }
}

/// The first records.
fn head(source: &Text, layout: &Layout<'_>) -> Result<Vec<Line>> {
    let mut records = Records::of(&source.path, &layout.text, layout.delimiter);
    let mut head = Vec::new();
    while head.len() < MOST_ABOVE + ROWS && records.next()?.is_some() {
        let line = records.line();
        // A clone would keep the room that the longest record needed.
        head.push((line, records.record().iter().collect()));
    }
    Ok(head)
}

/// Whether the first records have as many fields as the layout says.
fn fits(head: &[Line], layout: &Layout<'_>) -> bool {
    let (first, width) = (layout.first.len(), layout.width);
    let Some(((_, names), rows)) = head.split_first() else {
        return true;
    };
    // A header may lack the name of the first column.
    let is_named = first == width || (first + 1 == width && !is_comment(names));
    width > 1 && is_named && rows.iter().all(|(_, row)| row.len() == width)
}

/// What is wrong if the first records are a title, and those below are names and rows.
///
/// A title may have a separator for each column of the table, as spreadsheets write it, or one field less than the
/// table.
fn titled(source: &Text, head: &[Line], width: usize) -> Option<String> {
    let is_title = |(place, (_, record)): (usize, &Line)| match filled(record) {
        0 => record.len() <= width,
        1 if record.len() == width => width > 2,
        _ => place == 0 && record.len() + 1 == width && !is_comment(record),
    };
    let above = head.iter().enumerate();
    let above = above.take_while(|it| is_title(*it)).count();
    let (line, names) = head.get(above).filter(|_| above > 0)?;
    if names.len() != width || !name_numbers(names, &head[above + 1..]) {
        return None;
    }
    let (first, _) = head[0];
    Some(format!(
        "{} stands above the names of the columns in line {line}; remove what stands above them",
        shown(source, first)
    ))
}

/// Number of fields that are not empty.
fn filled(record: &StringRecord) -> usize {
    record.iter().filter(|field| !field.is_empty()).count()
}

/// Whether a record has words alone, and the rows below have numbers in one of its columns.
fn name_numbers(names: &StringRecord, below: &[Line]) -> bool {
    let below = &below[..below.len().min(ROWS)];
    let numbers = |place: usize| {
        let fields = below.iter().filter_map(|(_, row)| row.get(place));
        let mut present = fields.filter(|field| !is_missing(field)).peekable();
        present.peek().is_some() && present.all(is_number)
    };
    let is_word = |field: &str| !is_missing(field) && !is_number(field);
    let mut words = names.iter().filter(|field| !field.is_empty());
    below.len() > 1
        && filled(names) > 1
        && filled(names) + 1 >= names.len()
        && words.all(is_word)
        && (0..names.len()).any(|place| !names[place].is_empty() && numbers(place))
}

fn is_number(field: &str) -> bool {
    let marks = [Marks::default(), Marks::of(',', None)];
    marks.iter().any(|marks| marks.parse(field).is_some())
}

/// What is wrong with a text whose first records have different lengths, if it is a title or a comment.
fn unfit(source: &Text, layout: &Layout<'_>, asked: Option<u8>) -> Result<Option<String>> {
    let tried = match asked.or(source.separator) {
        Some(byte) => vec![byte],
        None if layout.width < 2 || layout.first.len() < 2 => SEPARATORS.to_vec(),
        None => vec![layout.delimiter],
    };
    let mut runs = Vec::new();
    for delimiter in tried {
        runs.push(Run::between(source, delimiter)?);
    }
    if asked.is_none() && layout.width < 2 && !source.text.contains('"') {
        runs.push(Run::between_blanks(source));
    }
    let told = runs
        .iter()
        .filter_map(|run| Some((run.above, run.problem(source)?)));
    Ok(told.min_by_key(|(above, _)| *above).map(|(_, text)| text))
}

/// The line of a text in a sentence.
fn shown(source: &Text, line: usize) -> String {
    let text = source.text.lines().nth(line - 1).unwrap_or_default();
    format!("line {line} (`{}`)", cut(text.trim(), SHOWN))
}

/// A line of a text.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// Its number, from 1.
    line: usize,
    /// Its number of fields.
    width: usize,
}

/// The last records of a text that have equally many fields, and what is above them. Comments do not count.
#[derive(Debug, Default)]
struct Run {
    /// The first record of the text.
    first: Place,
    /// The first record of the run.
    begin: Place,
    /// Number of records in the run.
    count: usize,
    /// Number of records above the run.
    above: usize,
    /// Most fields of a record above the run.
    most: usize,
    /// The first comment of each number of fields.
    comments: Vec<Place>,
}

impl Run {
    /// The run by this separator.
    fn between(source: &Text, delimiter: u8) -> Result<Self> {
        let mut records = Records::of(&source.path, &source.text, delimiter);
        let mut run = Self::default();
        while records.next()?.is_some() {
            let line = records.line();
            let record = records.record();
            let width = record.len();
            run.add(Place { line, width }, is_comment(record));
        }
        Ok(run)
    }

    /// The run by runs of blanks.
    fn between_blanks(source: &Text) -> Self {
        let mut run = Self::default();
        for (line, text) in (1..).zip(source.text.lines()) {
            let width = text.split_ascii_whitespace().count();
            if width > 0 {
                let is_comment = text.trim_start().starts_with(COMMENT);
                run.add(Place { line, width }, is_comment);
            }
        }
        run
    }

    fn add(&mut self, place: Place, is_comment: bool) {
        if is_comment {
            let mut known = self.comments.iter();
            if !known.any(|other| other.width == place.width) {
                self.comments.push(place);
            }
            return;
        }
        if self.count == 0 {
            self.first = place;
            self.begin = place;
        } else if place.width != self.begin.width {
            self.above += self.count;
            self.most = self.most.max(self.begin.width);
            self.begin = place;
            self.count = 0;
        }
        self.count += 1;
    }

    /// What is above the run, or which comment is among the records, if that alone is wrong.
    fn problem(&self, source: &Text) -> Option<String> {
        let Place { line, width } = self.begin;
        if width < 2 {
            return None;
        }
        // A header may lack the name of the first column.
        let is_header = self.above == 1 && self.first.width > 1 && self.first.width + 1 == width;
        let is_short = self.most < width && self.above <= MOST_ABOVE;
        // Of lines with several fields, some may be rows with a field too few.
        let is_title = match self.most {
            0 => false,
            1 => self.count > 1,
            _ => self.count > self.above,
        };
        if is_title && is_short && !is_header {
            return Some(format!(
                "{} has {}, but the lines from {line} on have {width}; remove what stands above the header or the \
                first row",
                shown(source, self.first.line),
                fields(self.first.width),
            ));
        }
        let is_whole = self.above == 0 || is_header;
        let mut comments = self.comments.iter().filter(|_| is_whole);
        let comment = comments.find(|comment| comment.width != width)?;
        Some(format!(
            "{} begins with `{COMMENT}` and has {}, but the other lines have {width}; remove lines of comments",
            shown(source, comment.line),
            fields(comment.width),
        ))
    }
}
