//! One file in the IDX format: a magic number and one size for each dimension (32 bits each, most significant
//! byte first), then the bytes.
//!
//! The header is not trusted. Nothing is allocated for bytes that the file does not have, and no byte beyond
//! the announced size is kept.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::task::split::MOST_NUMBERS;

/// Most bytes that Deflate can compress into one byte.
const BEST_PACKING: u64 = 1032;

/// Pictures of one grey channel.
#[derive(Debug)]
pub struct Images {
    /// The file of the pictures.
    pub path: PathBuf,
    /// Number of pictures.
    pub count: usize,
    /// Height and width of a picture.
    pub sides: [usize; 2],
    /// Grey levels, `count · height · width` of them.
    pub pixels: Vec<u8>,
}

/// Labels of pictures.
#[derive(Debug)]
pub struct Labels {
    /// The file of the labels.
    pub path: PathBuf,
    /// The labels, one byte each.
    pub labels: Vec<u8>,
}

impl Images {
    /// Reads the file `<name>-idx3-ubyte`, plain or with the ending `.gz`.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read, has another format or size than its header says, is too
    /// large, or has no pictures.
    pub fn read(folder: &Path, name: &str) -> Result<Self> {
        let path = locate(folder, &format!("{name}-idx3-ubyte"))?;
        let ([count, height, width], pixels) = read(&path, 0x0803)?;
        if pixels.is_empty() {
            let problem =
                format!("has no pixels: its header says {count} pictures of {height}×{width}");
            return Err(Error::data(&path, problem));
        }
        Ok(Self {
            path,
            count,
            sides: [height, width],
            pixels,
        })
    }
}

impl Labels {
    /// Reads the file `<name>-idx1-ubyte`, plain or with the ending `.gz`.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read, has another format or size than its header says, or is too
    /// large.
    pub fn read(folder: &Path, name: &str) -> Result<Self> {
        let path = locate(folder, &format!("{name}-idx1-ubyte"))?;
        let ([_], labels) = read(&path, 0x0801)?;
        Ok(Self { path, labels })
    }
}

/// The path of the plain file if it exists, or else of the compressed file.
fn locate(folder: &Path, name: &str) -> Result<PathBuf> {
    let plain = folder.join(name);
    let packed = folder.join(format!("{name}.gz"));
    if plain.is_file() {
        Ok(plain)
    } else if packed.is_file() {
        Ok(packed)
    } else {
        let problem = format!(
            "has neither {name} nor {name}.gz; task.path must be a folder with the four files of \
            the MNIST layout"
        );
        Err(Error::data(folder, problem))
    }
}

fn read<const D: usize>(path: &Path, magic: u32) -> Result<([usize; D], Vec<u8>)> {
    let unreadable = |error| Error::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if path.extension().is_some_and(|ending| ending == "gz") {
        let most = length.saturating_mul(BEST_PACKING);
        parse(path, MultiGzDecoder::new(file), magic, most)
    } else {
        parse(path, std::io::BufReader::new(file), magic, length)
    }
}

/// Reads header and bytes from a source that can give at most `most` bytes.
fn parse<const D: usize>(
    path: &Path,
    mut source: impl Read,
    magic: u32,
    most: u64,
) -> Result<([usize; D], Vec<u8>)> {
    let failed = |error| Error::unreadable(path, &error);
    let mut word = || {
        let mut bytes = [0; 4];
        source.read_exact(&mut bytes).map_err(failed)?;
        Ok(u32::from_be_bytes(bytes))
    };
    let seen = word()?;
    if seen != magic {
        let hint = if seen >> 16 == 0x1f8b {
            "; the file is compressed: add .gz to its name"
        } else {
            ""
        };
        let problem = format!(
            "starts with the magic number {seen:#010x}, but must start with {magic:#010x}{hint}"
        );
        return Err(Error::data(path, problem));
    }
    let mut sizes = [0; D];
    for size in &mut sizes {
        *size = word()? as usize;
    }
    let header = 4 + 4 * D as u64;
    let announced = sizes
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size as u64));
    let wanted = match announced {
        Some(bytes) if bytes <= most.saturating_sub(header) => bytes,
        _ => {
            let problem = format!(
                "is truncated: its header gives the sizes {sizes:?}, which is more than the file has"
            );
            return Err(Error::data(path, problem));
        }
    };
    if wanted > MOST_NUMBERS as u64 {
        let problem = format!(
            "is too large: its header gives the sizes {sizes:?}, but at most {MOST_NUMBERS} bytes are \
             accepted"
        );
        return Err(Error::data(path, problem));
    }
    // The vector grows as bytes arrive. One byte more than announced shows whether the file is too long.
    let mut bytes = Vec::new();
    source
        .take(wanted + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    match (bytes.len() as u64).cmp(&wanted) {
        std::cmp::Ordering::Equal => Ok((sizes, bytes)),
        std::cmp::Ordering::Less => {
            let problem = format!(
                "is truncated: the sizes {sizes:?} need {wanted} bytes after the header, but there are {}",
                bytes.len()
            );
            Err(Error::data(path, problem))
        }
        std::cmp::Ordering::Greater => {
            let problem = format!(
                "is too long: sizes {sizes:?} mean {wanted} bytes after the header, but there are more"
            );
            Err(Error::data(path, problem))
        }
    }
}
