//! Thrift's compact protocol, in which parquet describes its data, as far as it must be checked before it is read.
//!
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

use std::io::{self, Read};

/// Deepest nesting that is passed over.
const DEEPEST: usize = 32;

/// A type of the protocol, as fields and lists name it.
pub type Kind = u8;

/// A list.
pub const LIST: Kind = 9;
/// A struct.
pub const STRUCT: Kind = 12;

/// Reads values one after the other. Every method returns `None` where the bytes end or are no values.
#[derive(Debug)]
pub struct Thrift<R> {
    source: R,
    /// The number of bytes that were read.
    pub consumed: u64,
}

impl<R: Read> Thrift<R> {
    /// Reads from here.
    pub fn new(source: R) -> Self {
        Self {
            source,
            consumed: 0,
        }
    }

    /// Gives each field of a struct, by its number and type, to `take`, which must read its value, or pass over it
    /// by [`Self::skip`].
    pub fn fields(
        &mut self,
        mut take: impl FnMut(&mut Self, i64, Kind) -> Option<()>,
    ) -> Option<()> {
        let mut number = 0;
        loop {
            let head = self.byte()?;
            let (step, kind) = (head >> 4, head & 0x0f);
            if kind == 0 {
                return Some(());
            }
            number = match step {
                0 => self.integer()?,
                step => number + i64::from(step),
            };
            take(self, number, kind)?;
        }
    }

    /// The length of a list, and the type of its elements.
    pub fn list(&mut self) -> Option<(u64, Kind)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.varint()?,
            length => u64::from(length),
        };
        Some((length, head & 0x0f))
    }

    /// A whole number.
    pub fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Passes over a value of a field.
    pub fn skip(&mut self, kind: Kind) -> Option<()> {
        // A boolean is told by its type.
        match kind {
            1 | 2 => Some(()),
            _ => self.pass(kind, 0),
        }
    }

    fn pass(&mut self, kind: Kind, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            1..=3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.bytes(8),
            8 => {
                let length = self.varint()?;
                self.bytes(length)
            }
            9 | 10 => {
                let (length, kind) = self.list()?;
                (0..length).try_for_each(|_| self.pass(kind, depth + 1))
            }
            11 => {
                let length = self.varint()?;
                let kinds = if length > 0 { self.byte()? } else { 0 };
                (0..length).try_for_each(|_| {
                    self.pass(kinds >> 4, depth + 1)?;
                    self.pass(kinds & 0x0f, depth + 1)
                })
            }
            12 => self.fields(|values, _, kind| match kind {
                1 | 2 => Some(()),
                _ => values.pass(kind, depth + 1),
            }),
            13 => self.bytes(16),
            _ => None,
        }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for place in 0..10 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.source.read_exact(&mut byte).ok()?;
        self.consumed += 1;
        Some(byte[0])
    }

    fn bytes(&mut self, count: u64) -> Option<()> {
        let mut rest = (&mut self.source).take(count);
        let passed = io::copy(&mut rest, &mut io::sink()).ok()?;
        self.consumed += passed;
        (passed == count).then_some(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn values_are_read_and_passed_over() {
        // Field 1: 150. Field 2: true. Field 4: a list of two texts. Field 5: a struct with a double. Field 21: 1.
        let mut bytes = vec![0x15, 0xac, 0x02, 0x11, 0x28 | 1];
        bytes[4] = 0x29;
        bytes.extend([0x28, 1, b'a', 2, b'b', b'c']);
        bytes.extend([0x1c, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([0x05, 42, 2, 0]);
        let mut values = Thrift::new(bytes.as_slice());
        let mut seen = Vec::new();
        values
            .fields(|values, number, kind| {
                let value = match kind {
                    5 => values.integer()?,
                    _ => {
                        values.skip(kind)?;
                        -1
                    }
                };
                seen.push((number, value));
                Some(())
            })
            .unwrap();
        assert_eq!(seen, [(1, 150), (2, -1), (4, -1), (5, -1), (21, 1)]);
        assert_eq!(values.consumed, bytes.len() as u64);
        for end in 0..bytes.len() {
            let mut values = Thrift::new(&bytes[..end]);
            assert_eq!(values.fields(|values, _, kind| values.skip(kind)), None);
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let bytes = vec![0x1c; 100_000];
        let mut values = Thrift::new(bytes.as_slice());
        assert_eq!(values.fields(|values, _, kind| values.skip(kind)), None);
    }
}
