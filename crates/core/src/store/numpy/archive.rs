//! An archive `.npz`: a zip file of arrays.

use std::fs::File;
use std::io::{BufReader, Cursor, Write};
use std::path::{Path, PathBuf};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::array::NumpyArray;
use crate::error::{Error, Result};

/// The ending of the entries, which is not part of the names of arrays.
const ENDING: &str = ".npy";

/// Deflated data are at most this many times smaller than the data themselves.
const MOST_DEFLATED: u64 = 1032;

/// An archive of arrays that is open for reading.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    /// Opens an archive and reads the list of its arrays.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read, or is not a complete zip archive.
    pub fn open(path: &Path) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        let file = File::open(path).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(Error::data(
                path,
                "is not a file: an archive (.npz) is expected",
            ));
        }
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| {
            let problem = format!(
                "is not a complete archive of numpy ({}); save it again with numpy.savez",
                plain(&error)
            );
            Error::data(path, problem)
        })?;
        let path = path.to_owned();
        Ok(Self { path, zip })
    }

    /// The names of the arrays, in the order of the archive.
    pub fn names(&self) -> Vec<String> {
        let names = self
            .zip
            .file_names()
            .filter_map(|name| name.strip_suffix(ENDING));
        names.map(str::to_owned).collect()
    }

    /// Reads the array with this name.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, if it is damaged, encrypted or compressed in another way than numpy
    /// does, and for the reasons of [`NumpyArray::read`].
    pub fn array(&mut self, name: &str) -> Result<NumpyArray> {
        let path = &self.path;
        let refused = |problem: String| Error::data(path, format!("the array {name:?} {problem}"));
        let entry = self.zip.by_name(&format!("{name}{ENDING}"));
        let mut entry =
            entry.map_err(|error| refused(format!("cannot be read: {}", plain(&error))))?;
        let justified = entry
            .compressed_size()
            .saturating_mul(MOST_DEFLATED)
            .saturating_add(1 << 10);
        let most = usize::try_from(justified).unwrap_or(usize::MAX);
        NumpyArray::read(&mut entry, most).map_err(refused)
    }
}

/// What is wrong with an archive.
fn plain(error: &ZipError) -> &'static str {
    match error {
        ZipError::Io(_) => "it ends early, or the disk fails",
        ZipError::InvalidArchive(_) => "its list of contents, at its end, is missing or damaged",
        ZipError::UnsupportedArchive(_) => "it is packed or encrypted in a way that is not read",
        ZipError::FileNotFound => "it is not in the archive",
        ZipError::InvalidPassword => "it is encrypted",
        _ => "it is damaged",
    }
}

/// The bytes of an archive of files `.npy`, compressed. Equal arrays give equal bytes.
///
/// # Errors
/// [`Error::Mismatch`] if the archive is too large for the format.
pub fn archive_bytes(arrays: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let failed = |error: String| Error::Mismatch(format!("no archive: {error}"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The date is that of the format's first day.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in arrays {
        let options = options.large_file(bytes.len() >= 1 << 31);
        zip.start_file(format!("{name}{ENDING}"), options)
            .map_err(|error| failed(error.to_string()))?;
        zip.write_all(bytes)
            .map_err(|error| failed(error.to_string()))?;
    }
    let done = zip.finish().map_err(|error| failed(error.to_string()))?;
    Ok(done.into_inner())
}
