//! A table of numbers with target columns, read from CSV text.

use std::path::Path;
use std::sync::Arc;

use ndarray::Array2;

use super::layout::Layout;
use super::number::{finite, shorten};
use crate::error::{Error, Result};

/// A CSV file's text and where it came from.
#[derive(Debug)]
pub struct Source<'a> {
    /// The file, for messages.
    pub path: &'a Path,
    /// What it holds.
    pub text: &'a str,
    /// What stands between two fields: one ASCII character.
    pub delimiter: u8,
}

/// A table: its features as numbers, its targets as they were written.
#[derive(Debug)]
pub struct Table<'a> {
    /// What it was read from.
    pub source: &'a Source<'a>,
    /// Which column is what.
    pub layout: Layout,
    /// `[n, features]`, which rows made of the table share.
    pub features: Arc<Array2<f32>>,
    /// Target fields, row by row, `layout.targets.len()` each.
    targets: Vec<String>,
    /// Where each row starts in the text.
    starts: Vec<u64>,
}

impl<'a> Table<'a> {
    /// Reads text. `resolve` tells the columns from the first row.
    ///
    /// # Errors
    /// An empty file, no rows, rows of different lengths, a feature that is not a finite number;
    /// with file and line.
    pub fn read(
        source: &'a Source<'a>,
        resolve: impl FnOnce(&::csv::StringRecord) -> Result<Layout>,
    ) -> Result<Self> {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(::csv::Trim::All)
            .delimiter(source.delimiter)
            .from_reader(source.text.as_bytes());
        let mut record = ::csv::StringRecord::new();
        let mut read = |record: &mut ::csv::StringRecord| {
            let more = reader.read_record(record);
            more.map_err(|error| Error::data(source.path, error.to_string()))
        };
        if !read(&mut record)? {
            return Err(Error::data(
                source.path,
                "is empty: rows of numbers are expected",
            ));
        }
        let layout = resolve(&record)?;
        let places: Vec<usize> = layout.features().collect();
        let (mut features, mut targets, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut more = !layout.header || read(&mut record)?;
        while more {
            let start = record.position().map_or(0, ::csv::Position::byte);
            if record.len() != layout.names.len() {
                let problem = format!(
                    "has {} fields, but the first line has {}",
                    record.len(),
                    layout.names.len()
                );
                return Err(source.error(start, &problem));
            }
            for &place in &places {
                let value = finite(&record[place]).map_err(|problem| {
                    let hint = if starts.is_empty() && !layout.header {
                        "; if this line is a header, set task.header = true"
                    } else {
                        "; all features must be finite numbers"
                    };
                    let label = layout.label(place);
                    source.error(start, &format!("{label}: {problem}{hint}"))
                })?;
                features.push(value);
            }
            for &place in &layout.targets {
                targets.push(record[place].to_owned());
            }
            starts.push(start);
            more = read(&mut record)?;
        }
        if starts.is_empty() {
            return Err(Error::data(
                source.path,
                "has a header, but no rows below it",
            ));
        }
        let features = Array2::from_shape_vec((starts.len(), places.len()), features)
            .map_err(|error| Error::data(source.path, error.to_string()))?;
        Ok(Self {
            source,
            layout,
            features: Arc::new(features),
            targets,
            starts,
        })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The target fields of each row.
    pub fn targets(&self) -> impl Iterator<Item = &[String]> {
        self.targets.chunks(self.layout.targets.len())
    }

    /// What is wrong with a row's target, with file, line and column.
    pub fn target_error(&self, row: usize, target: usize, problem: &str) -> Error {
        let label = self.layout.label(self.layout.targets[target]);
        let problem = format!("{label}: {}", shorten(problem));
        self.source.error(self.starts[row], &problem)
    }
}

impl Source<'_> {
    /// The line of the row that starts at, or after blank lines at, this byte.
    fn line(&self, start: u64) -> usize {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes[start..].iter().take_while(blank).count();
        let breaks = bytes[..start + skipped]
            .iter()
            .filter(|&&byte| byte == b'\n');
        1 + breaks.count()
    }

    fn error(&self, start: u64, problem: &str) -> Error {
        Error::data(self.path, format!("line {}: {problem}", self.line(start)))
    }
}
