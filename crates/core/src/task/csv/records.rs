//! The records of a text: lines of fields, where a field in quotes may hold line breaks.

use std::path::Path;

use csv::{Position, Reader, ReaderBuilder, StringRecord, Trim};

use super::characters::line_breaks;
use super::quotes::NEVER_ENDS;
use crate::error::{Error, Result};

/// The records of a text, one after the other.
pub struct Records<'a> {
    path: &'a Path,
    text: &'a str,
    delimiter: u8,
    reader: Reader<&'a [u8]>,
    record: StringRecord,
    /// A byte up to which lines were counted, and the line there.
    counted: (usize, usize),
}

impl<'a> Records<'a> {
    /// The records of a text with fields between these separators.
    pub fn of(path: &'a Path, text: &'a str, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        Self {
            path,
            text,
            delimiter,
            reader,
            record: StringRecord::new(),
            counted: (0, 1),
        }
    }

    /// The next record that is not blank. Its fields have no blanks around them.
    ///
    /// # Errors
    /// [`Error::Data`] with the line where a quote opens that never ends.
    pub fn next(&mut self) -> Result<Option<&StringRecord>> {
        loop {
            let more = self.reader.read_record(&mut self.record);
            let more = more.map_err(|error| Error::data(self.path, error.to_string()))?;
            if !more {
                return Ok(None);
            }
            let last =
                self.reader.is_done() || self.reader.position().byte() as usize >= self.text.len();
            if last {
                self.check_quotes()?;
            }
            if self.record.len() != 1 || !self.record[0].is_empty() {
                return Ok(Some(&self.record));
            }
        }
    }

    /// The record that [`Self::next`] gave.
    pub fn record(&self) -> &StringRecord {
        &self.record
    }

    /// The line of the record, from 1.
    pub fn line(&mut self) -> usize {
        let start = self.start();
        let (byte, line) = self.counted;
        let from = if byte <= start { byte } else { 0 };
        let line = if byte <= start { line } else { 1 };
        let line = line + line_breaks(&self.text.as_bytes()[from..start]);
        self.counted = (start, line);
        line
    }

    /// An error about the record.
    pub fn error(&mut self, problem: &str) -> Error {
        let line = self.line();
        Error::data(self.path, format!("line {line}: {problem}"))
    }

    /// The byte at which the record starts, after blank lines.
    fn start(&self) -> usize {
        let bytes = self.text.as_bytes();
        let start = self.record.position().map_or(0, Position::byte) as usize;
        let start = start.min(bytes.len());
        let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        start + bytes[start..].iter().take_while(blank).count()
    }

    /// Checks that no quote of the last record is open at the end of the text.
    fn check_quotes(&mut self) -> Result<()> {
        let bytes = self.text.as_bytes();
        let mut place = self.start();
        let mut begins = true;
        let mut open = None;
        while let Some(&byte) = bytes.get(place) {
            match open {
                Some(_) if byte == b'"' && bytes.get(place + 1) == Some(&b'"') => place += 1,
                Some(_) if byte == b'"' => open = None,
                Some(_) => {}
                None if byte == b'"' && begins => open = Some(place),
                None => {}
            }
            begins = open.is_none() && (byte == self.delimiter || matches!(byte, b'\r' | b'\n'));
            place += 1;
        }
        let Some(open) = open else {
            return Ok(());
        };
        let line = 1 + line_breaks(&bytes[..open]);
        Err(Error::data(self.path, format!("line {line}: {NEVER_ENDS}")))
    }
}
