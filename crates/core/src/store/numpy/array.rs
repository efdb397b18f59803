//! One array: its header and its bytes as they are in the file.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::element::Element;
use super::header::Header;
use crate::error::{Error, Result};

/// Most elements of an array, as many numbers as a task may have.
const MOST_ELEMENTS: usize = 1 << 31;

/// Most bytes of an array: 16 GiB.
const MOST_BYTES: usize = 1 << 34;

/// An array on the host. Elements are converted when they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumpyArray {
    header: Header,
    bytes: Vec<u8>,
}

impl NumpyArray {
    /// Reads a file `.npy`.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read, is not an array of numpy, is truncated or too long, or has
    /// elements other than numbers and texts.
    pub fn load(path: &Path) -> Result<Self> {
        let unreadable = |error| Error::unreadable(path, &error);
        let file = File::open(path).map_err(unreadable)?;
        let status = file.metadata().map_err(unreadable)?;
        if !status.is_file() {
            return Err(Error::data(
                path,
                "is not a file: an array (.npy) is expected",
            ));
        }
        let most = usize::try_from(status.len()).unwrap_or(usize::MAX);
        let array = Self::read(&mut BufReader::new(file), most);
        array.map_err(|problem| Error::data(path, problem))
    }

    /// Reads an array. The file justifies `most` bytes, so that a header that asks for more is refused before
    /// memory is allocated.
    ///
    /// # Errors
    /// A sentence without subject that says what is wrong.
    pub fn read(file: &mut dyn Read, most: usize) -> Result<Self, String> {
        let header = Header::read(file)?;
        let shape = &header.shape;
        let bytes = header.count().filter(|&count| count <= MOST_ELEMENTS);
        let bytes = bytes.and_then(|count| count.checked_mul(header.element.size));
        let Some(expected) = bytes.filter(|&bytes| bytes <= MOST_BYTES) else {
            return Err(format!(
                "has the shape {shape:?}, which is more than {MOST_ELEMENTS} elements or {MOST_BYTES} bytes: \
                 save fewer rows"
            ));
        };
        let truncated = || {
            format!(
                "is truncated: its header announces {expected} bytes for the shape {shape:?}, and there are fewer"
            )
        };
        if expected > most {
            return Err(truncated());
        }
        let mut bytes = Vec::new();
        file.take(expected as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.len() < expected {
            return Err(truncated());
        }
        // At the end of an archive's entry, its checksum is compared.
        match file.read(&mut [0]) {
            Ok(0) => Ok(Self { header, bytes }),
            Ok(_) => Err(format!(
                "has more bytes than the {expected} that its header announces for the shape {shape:?}: it is damaged"
            )),
            Err(error) => Err(format!("cannot be read: {error}")),
        }
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// The type of the elements.
    pub fn element(&self) -> Element {
        self.header.element
    }

    /// Number of bytes of all elements.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// For each axis, the distance in memory between neighbours, counted in elements.
    pub fn strides(&self) -> Vec<usize> {
        let lengths = &self.header.shape;
        let mut strides = vec![1; lengths.len()];
        let mut step = 1;
        let mut put = |axis: usize| {
            strides[axis] = step;
            step *= lengths[axis];
        };
        match self.header.is_fortran {
            true => (0..lengths.len()).for_each(&mut put),
            false => (0..lengths.len()).rev().for_each(&mut put),
        }
        strides
    }

    /// The element at a place in memory as a number, NaN for a text.
    pub fn number(&self, place: usize) -> f64 {
        self.header.element.number(self.at(place))
    }

    /// The element at a place in memory as an integer, or `None` if elements are not integers or booleans.
    pub fn integer(&self, place: usize) -> Option<i128> {
        self.header.element.integer(self.at(place))
    }

    /// The element at a place in memory as a text, or `None` if it is none, or is damaged.
    pub fn text(&self, place: usize) -> Option<String> {
        self.header.element.text(self.at(place))
    }

    fn at(&self, place: usize) -> &[u8] {
        let size = self.header.element.size;
        &self.bytes[place * size..][..size]
    }
}

/// The bytes of a file `.npy` with these elements in C order. `descr` is numpy's name of the type.
pub fn to_npy(descr: &str, shape: &[usize], elements: &[u8]) -> Vec<u8> {
    [Header::bytes(descr, shape), elements.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(bytes: &[u8]) -> Result<NumpyArray, String> {
        NumpyArray::read(&mut &bytes[..], bytes.len())
    }

    #[test]
    fn both_orders_of_axes_are_read() {
        let bytes = to_npy("|u1", &[2, 3], &[1, 2, 3, 4, 5, 6]);
        let array = read(&bytes).unwrap();
        assert_eq!(
            (array.shape(), &array.strides()[..]),
            (&[2, 3][..], &[3, 1][..])
        );
        assert_eq!(array.number(4), 5.0);
        let mut header = array.header.clone();
        header.is_fortran = true;
        let fortran = NumpyArray { header, ..array };
        assert_eq!(fortran.strides(), [1, 2]);
    }

    #[test]
    fn too_few_and_too_many_bytes_are_refused() {
        let bytes = to_npy("<f8", &[2], &[0; 16]);
        read(&bytes).unwrap();
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "{length}");
        }
        assert!(read(&[&bytes[..], &[0]].concat()).is_err());
        assert!(read(&to_npy("<f8", &[1 << 40, 1 << 40], &[])).is_err());
        assert!(read(&to_npy("<f8", &[0, 1 << 40, 1 << 40], &[])).is_err());
        assert!(read(&to_npy("<f8", &[1 << 30], &[])).is_err());
    }
}
