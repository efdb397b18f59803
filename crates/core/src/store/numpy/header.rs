//! The header of an array: type, order of the axes and shape.
//!
//! It is a Python dictionary, such as `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`. Crates
//! that read it parse any Python literal, by recursion without a limit; a damaged file could overflow the
//! stack. This reader knows the three keys alone.

use std::io::Read;

use super::element::Element;

/// The first bytes of every file.
const MAGIC: &[u8] = b"\x93NUMPY";

/// Most bytes of a header. Numpy itself reads at most 10,000 by default.
const MOST: usize = 1 << 14;

/// The header of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The type of the elements.
    pub element: Element,
    /// Whether the first axis is the fastest (Fortran order). Otherwise the last one is (C order).
    pub is_fortran: bool,
    /// Lengths of the axes.
    pub shape: Vec<usize>,
}

impl Header {
    /// Reads the header from the start of a file.
    ///
    /// # Errors
    /// A sentence without subject that says what is wrong.
    pub fn read(file: &mut dyn Read) -> Result<Self, String> {
        let mut bytes = |count: usize| {
            let mut bytes = vec![0; count];
            file.read_exact(&mut bytes)
                .map(|()| bytes)
                .map_err(|_| "is truncated: it ends within its header".to_owned())
        };
        let start = bytes(8).unwrap_or_default();
        if !start.starts_with(MAGIC) {
            return Err("is not an array of numpy (.npy): its first bytes are others".to_owned());
        }
        let length = match start[6] {
            1 => bytes(2)?,
            2 | 3 => bytes(4)?,
            version => {
                return Err(format!(
                    "has version {version} of the format, and versions 1 to 3 are read: save it with another \
                     release of numpy"
                ));
            }
        };
        let length = length
            .iter()
            .rev()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        if length > MOST {
            return Err(format!(
                "is damaged: its header has {length} bytes, and at most {MOST} are read"
            ));
        }
        let text = bytes(length)?;
        let text = String::from_utf8_lossy(&text);
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let damaged = || "is damaged: its header is not one that numpy writes".to_owned();
        let mut rest = Words(text);
        let (mut element, mut is_fortran, mut shape) = (None, None, None);
        rest.skip("{").ok_or_else(damaged)?;
        while rest.skip("}").is_none() {
            let key = rest.quoted().ok_or_else(damaged)?;
            rest.skip(":").ok_or_else(damaged)?;
            match key {
                "descr" if rest.skip("[").is_some() => {
                    return Err(
                        "holds records with named fields; save its columns as a plain array of numbers, such as \
                         numpy.lib.recfunctions.structured_to_unstructured(array)"
                            .to_owned(),
                    );
                }
                "descr" => element = Some(Element::of(rest.quoted().ok_or_else(damaged)?)?),
                "fortran_order" => is_fortran = Some(rest.boolean().ok_or_else(damaged)?),
                "shape" => shape = Some(rest.lengths().ok_or_else(damaged)?),
                _ => return Err(damaged()),
            }
            if rest.skip(",").is_none() {
                rest.skip("}").ok_or_else(damaged)?;
                break;
            }
        }
        match (element, is_fortran, shape) {
            (Some(element), Some(is_fortran), Some(shape)) => Ok(Self {
                element,
                is_fortran,
                shape,
            }),
            _ => Err(damaged()),
        }
    }

    /// Count of elements, or `None` if it, or the distance between neighbours on an axis, is too large for a
    /// `usize`.
    pub fn count(&self) -> Option<usize> {
        let mut lengths = self.shape.iter().map(|&length| length.max(1));
        let count = lengths.try_fold(1_usize, usize::checked_mul)?;
        Some(if self.shape.contains(&0) { 0 } else { count })
    }

    /// The bytes of a header in C order, version 1. `descr` is numpy's name of the type.
    pub fn bytes(descr: &str, shape: &[usize]) -> Vec<u8> {
        let lengths: String = shape.iter().map(|length| format!("{length}, ")).collect();
        let lengths = if shape.len() > 1 {
            lengths.trim_end_matches(", ")
        } else {
            lengths.trim_end()
        };
        let mut text =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({lengths}), }}");
        // The data begin at a multiple of 64 bytes.
        let whole = (10 + text.len() + 1).next_multiple_of(64);
        text.extend(std::iter::repeat_n(' ', whole - 10 - text.len() - 1));
        text.push('\n');
        let length = (text.len() as u16).to_le_bytes();
        [MAGIC, &[1, 0], &length, text.as_bytes()].concat()
    }
}

/// What is left of a header.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// Passes over a mark and the blanks before it, if it comes next.
    fn skip(&mut self, mark: &str) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(mark)?;
        Some(())
    }

    /// A text in quotes, without escapes.
    fn quoted(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start();
        let quote = rest.chars().next().filter(|quote| "'\"".contains(*quote))?;
        let (text, rest) = rest[1..].split_once(quote)?;
        self.0 = rest;
        Some(text)
    }

    fn boolean(&mut self) -> Option<bool> {
        match self.skip("True") {
            Some(()) => Some(true),
            None => self.skip("False").map(|()| false),
        }
    }

    /// Lengths in parentheses. Python 2 writes an `L` behind them.
    fn lengths(&mut self) -> Option<Vec<usize>> {
        self.skip("(")?;
        let (inside, rest) = self.0.split_once(')')?;
        self.0 = rest;
        let words = inside
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        words
            .map(|word| word.trim_end_matches('L').parse().ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::element::Kind;
    use super::*;

    #[test]
    fn headers_of_numpy_are_read_and_written() {
        for (shape, text) in [(vec![], "()"), (vec![3], "(3,)"), (vec![3, 4], "(3, 4)")] {
            let bytes = Header::bytes("<f8", &shape);
            assert_eq!(bytes.len() % 64, 0);
            assert!(String::from_utf8_lossy(&bytes).contains(&format!("'shape': {text}, }}")));
            let header = Header::read(&mut &bytes[..]).unwrap();
            assert_eq!((header.shape, header.is_fortran), (shape, false));
            assert_eq!((header.element.kind, header.element.size), (Kind::Float, 8));
        }
        let old = "{'shape': (2L, 3L), 'fortran_order': True, 'descr': '>i2'}";
        let header = Header::parse(old).unwrap();
        assert_eq!((header.shape, header.is_fortran), (vec![2, 3], true));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "{}",
            "{'descr': '<f8'}",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1,",
            "{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}",
            "{'é",
            "((((((((((((",
        ] {
            assert!(Header::parse(text).is_err(), "{text}");
        }
    }
}
