//! The text of a file: unpacked and decoded.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::characters;
use super::format::foreign;
use crate::error::{Error, Result};
use crate::task::inspection::Decision;

/// Largest size of an unpacked file, as a multiple of the packed one; [`ALWAYS`] bytes are accepted anyway.
const MOST_TIMES: u64 = 200;
/// A packed file may always be this large when unpacked, in bytes.
const ALWAYS: u64 = 1 << 16;

/// How a first line begins that names the separator.
const SEPARATOR: &str = "sep=";

/// The text of a file.
#[derive(Debug, Clone)]
pub struct Text {
    /// The file, for messages.
    pub path: PathBuf,
    /// The characters, without a byte order mark.
    pub text: String,
    /// Whether the file was packed with gzip.
    pub packed: bool,
    /// The separator that the file names in a first line `sep=;`, as spreadsheets write it.
    pub separator: Option<u8>,
    /// What was found.
    pub decisions: Vec<Decision>,
}

impl Text {
    /// Reads a text file, plain or packed with gzip. The content tells, not the name.
    ///
    /// # Errors
    /// [`Error::Data`] if it cannot be read, is a folder, or has another format, which is named.
    pub fn read(path: &Path) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(Error::data(path, "is not a file: a CSV file is expected"));
        }
        let mut bytes = fs::read(path).map_err(unreadable)?;
        let packed = bytes.starts_with(b"\x1f\x8b");
        if packed {
            bytes = unpack(path, &bytes)?;
        }
        if let Some(format) = foreign(&bytes) {
            let outside = if packed {
                "is packed with gzip, and inside "
            } else {
                ""
            };
            return Err(Error::data(path, format!("{outside}is {format}")));
        }
        let mut decisions = Vec::new();
        let mut text = characters::decode(path, bytes, &mut decisions)?;
        let named = named_separator(&text);
        if let Some((_, length)) = named {
            // The line stays, as a blank one, so that lines are counted right.
            text.replace_range(..length, "");
        }
        Ok(Self {
            path: path.to_owned(),
            text,
            packed,
            separator: named.map(|(separator, _)| separator),
            decisions,
        })
    }

    /// A text that is no file. `path` is its name in messages.
    pub fn of(path: &Path, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            packed: false,
            separator: None,
            decisions: Vec::new(),
        }
    }
}

/// The separator that a first line `sep=;` names, in quotes or not, and the length of this line.
fn named_separator(text: &str) -> Option<(u8, usize)> {
    let (line, _) = text.split_once(['\r', '\n'])?;
    let inner = line
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner.unwrap_or(line).strip_prefix(SEPARATOR)?.as_bytes() {
        [byte] if b",;\t|".contains(byte) => Some((*byte, line.len())),
        _ => None,
    }
}

fn unpack(path: &Path, packed: &[u8]) -> Result<Vec<u8>> {
    let most = (packed.len() as u64).saturating_mul(MOST_TIMES).max(ALWAYS);
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(packed)
        .take(most + 1)
        .read_to_end(&mut bytes);
    let problem = match read {
        Ok(_) if bytes.len() as u64 <= most => return Ok(bytes),
        Ok(_) => {
            format!("is a gzip file of more than {MOST_TIMES} times its size; unpack it first")
        }
        Err(error) => {
            format!("is a gzip file that cannot be unpacked ({error}); download or pack it again")
        }
    };
    Err(Error::data(path, problem))
}
