//! A parquet file: opened, checked, and read column by column.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use parquet::basic::{Compression, Repetition};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::decode::{Trouble, decode};
use super::footer::{self, Fault};
use super::meaning::Meaning;
use super::pages::{self, Sound};
use super::value::Value;
use crate::error::{Error, Result};
use crate::task::csv::foreign;

/// How a file begins and ends.
const MAGIC: &[u8; 4] = b"PAR1";
/// How an encrypted file ends.
const ENCRYPTED: &[u8; 4] = b"PARE";

/// What to do about an encrypted file.
const IS_ENCRYPTED: &str = "is an encrypted parquet file: write it without encryption";

/// A parquet file.
pub struct ParquetFile {
    path: PathBuf,
    file: fs::File,
    size: u64,
    reader: SerializedFileReader<fs::File>,
    /// The columns.
    pub columns: Vec<FileColumn>,
    /// The number of rows.
    pub rows: usize,
}

/// A column of a file.
#[derive(Debug, Clone)]
pub struct FileColumn {
    /// Its name.
    pub name: String,
    /// The place of its values in the file, and what they mean; or what its fields are, if they cannot be read.
    pub values: std::result::Result<(usize, Meaning), &'static str>,
}

impl ParquetFile {
    /// Opens a file and checks its description.
    ///
    /// # Errors
    /// [`Error::Data`] if it cannot be read, is no parquet file, is damaged, cut off or encrypted, or has no columns or
    /// no rows.
    pub fn open(path: &Path) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        if fs::metadata(path).map_err(unreadable)?.is_dir() {
            let problem = "is a folder: give one parquet file; pandas joins those of a folder by \
                           pandas.read_parquet(FOLDER).to_parquet(FILE)";
            return Err(Error::data(path, problem));
        }
        let mut file = fs::File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        check_ends(path, &mut file, size)?;
        let second = file.try_clone().map_err(unreadable)?;
        let reader =
            SerializedFileReader::new(second).map_err(|error| damaged(path, plain(&error)))?;
        let data = reader.metadata();
        let schema = data.file_metadata().schema_descr();
        let groups = data.row_groups().iter();
        let rows = groups.map(|group| usize::try_from(group.num_rows()).ok());
        let rows = rows.sum::<Option<usize>>();
        let rows = rows.filter(|rows| *rows as i64 == data.file_metadata().num_rows());
        let Some(rows) = rows else {
            return Err(damaged(path, "its parts have other rows than the whole"));
        };
        let mut leaves = vec![0; schema.root_schema().get_fields().len()];
        for leaf in (0..schema.num_columns()).rev() {
            if let Some(place) = leaves.get_mut(schema.get_column_root_idx(leaf)) {
                *place = leaf;
            }
        }
        let fields = schema.root_schema().get_fields().iter().zip(leaves);
        let columns = fields.map(|(field, leaf)| FileColumn {
            name: field.name().trim().to_owned(),
            values: Meaning::of(field).map(|meaning| (leaf, meaning)),
        });
        let columns: Vec<FileColumn> = columns.collect();
        if columns.is_empty() || rows == 0 {
            let what = if columns.is_empty() {
                "columns"
            } else {
                "rows"
            };
            return Err(Error::data(
                path,
                format!("is a parquet file without {what}"),
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            size,
            reader,
            columns,
            rows,
        })
    }

    /// What the program that wrote the file says about it.
    pub fn notes(&self) -> &[KeyValue] {
        let notes = self.reader.metadata().file_metadata().key_value_metadata();
        notes.map_or(&[], Vec::as_slice)
    }

    /// Gives the fields of a column to `take`, row by row.
    ///
    /// # Errors
    /// [`Error::Data`] if the file is damaged, or with the row what `take` says about it.
    pub fn each(
        &self,
        column: &FileColumn,
        label: &str,
        mut take: impl FnMut(Value<'_>) -> std::result::Result<(), String>,
    ) -> Result<()> {
        let Ok((leaf, meaning)) = column.values else {
            return Ok(());
        };
        let mut row = 0;
        for group in 0..self.reader.num_row_groups() {
            let part = self.part(leaf, group)?;
            let rows = self.reader.metadata().row_group(group).num_rows() as usize;
            let read = decode(part, meaning, rows, &mut |value| {
                take(value)?;
                row += 1;
                Ok(())
            });
            read.map_err(|trouble| match trouble {
                Trouble::Library(error) => damaged(&self.path, plain(&error)),
                Trouble::Field(problem) => {
                    let problem = format!("row {}: {label}: {problem}", row + 1);
                    Error::data(&self.path, problem)
                }
            })?;
        }
        Ok(())
    }

    /// The values of a column in a group of rows.
    fn part(&self, leaf: usize, group: usize) -> Result<ColumnReader> {
        let failed = |error: ParquetError| damaged(&self.path, plain(&error));
        let data = self.reader.metadata().row_group(group);
        let part = data.column(leaf);
        if part.compression() == Compression::LZO {
            let problem = "is a parquet file that is packed by LZO, which is not read: write it with snappy, gzip, zstd, \
                           brotli, lz4 or none";
            return Err(Error::data(&self.path, problem));
        }
        pages::check(&self.file, self.size, part).map_err(|what| damaged(&self.path, what))?;
        let group = self.reader.get_row_group(group).map_err(failed)?;
        let pages = group.get_column_page_reader(leaf).map_err(failed)?;
        let column = part.column_descr_ptr();
        let levels = column.self_type().get_basic_info().repetition() != Repetition::REQUIRED;
        let pages = Sound::new(pages, data.num_rows() as u64, levels);
        Ok(get_column_reader(column, Box::new(pages)))
    }
}

/// Checks how a file begins and ends, and the description at its end.
fn check_ends(path: &Path, file: &mut fs::File, size: u64) -> Result<()> {
    let unreadable = |error| Error::unreadable(path, &error);
    let mut head = [0; 1 << 10];
    let count = head.len().min(usize::try_from(size).unwrap_or(usize::MAX));
    let head = &mut head[..count];
    file.read_exact(head).map_err(unreadable)?;
    if head.starts_with(ENCRYPTED) {
        return Err(Error::data(path, IS_ENCRYPTED));
    }
    if !head.starts_with(MAGIC) {
        let problem = match foreign(head) {
            _ if size == 0 => "is empty: a parquet file is expected".to_owned(),
            Some(format) => format!("is no parquet file, but {format}"),
            None => "is no parquet file: it does not begin as one; for a table of text use task.kind = \"csv\""
                .to_owned(),
        };
        return Err(Error::data(path, problem));
    }
    let cut_off = || damaged(path, "its end is missing");
    if size < 12 {
        return Err(cut_off());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8)).map_err(unreadable)?;
    file.read_exact(&mut tail).map_err(unreadable)?;
    let [a, b, c, d, magic @ ..] = tail;
    if magic == *ENCRYPTED {
        return Err(Error::data(path, IS_ENCRYPTED));
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if magic != *MAGIC || length > size - 12 {
        return Err(cut_off());
    }
    file.seek(SeekFrom::Start(size - 8 - length))
        .map_err(unreadable)?;
    let mut footer = vec![0; length as usize];
    file.read_exact(&mut footer).map_err(unreadable)?;
    footer::check(&footer).map_err(|fault| match fault {
        Fault::Encrypted => Error::data(path, IS_ENCRYPTED),
        Fault::Damaged => damaged(path, "its description contradicts itself"),
    })
}

/// What is wrong with a file that the library cannot read.
fn plain(error: &ParquetError) -> &'static str {
    match error {
        ParquetError::EOF(_) => "it ends early",
        ParquetError::NYI(_) => "a part of it is of a kind that is not read",
        _ => "its bytes contradict each other",
    }
}

/// An error about a damaged file, or one that the library cannot read.
pub fn damaged(path: &Path, what: impl ToString) -> Error {
    let problem = format!(
        "is a parquet file that cannot be read ({}); it may be damaged: download it again, or write it again, such as by \
         pandas",
        what.to_string()
    );
    Error::data(path, problem)
}
