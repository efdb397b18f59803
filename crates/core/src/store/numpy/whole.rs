//! Types of integers that are written as they were read.

use serde::{Deserialize, Serialize};

use super::element::{Element, Kind};

/// A type of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Whole {
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
}

impl Whole {
    /// The type of an array's elements, if they are integers.
    pub fn of(element: Element) -> Option<Self> {
        Some(match (element.kind, element.size) {
            (Kind::Int, 1) => Self::Int8,
            (Kind::Int, 2) => Self::Int16,
            (Kind::Int, 4) => Self::Int32,
            (Kind::Int, _) => Self::Int64,
            (Kind::Uint, 1) => Self::Uint8,
            (Kind::Uint, 2) => Self::Uint16,
            (Kind::Uint, 4) => Self::Uint32,
            (Kind::Uint, _) => Self::Uint64,
            _ => return None,
        })
    }

    /// Bytes of one integer.
    pub fn size(self) -> usize {
        match self {
            Self::Int8 | Self::Uint8 => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 | Self::Uint32 => 4,
            Self::Int64 | Self::Uint64 => 8,
        }
    }

    /// Numpy's name of the type, with the lowest byte first.
    pub(super) fn descr(self) -> String {
        let order = if self.size() == 1 { '|' } else { '<' };
        let letter = if self.is_signed() { 'i' } else { 'u' };
        format!("{order}{letter}{}", self.size())
    }

    /// The nearest integer of this type.
    pub fn nearest(self, value: f64) -> i128 {
        let bits = 8 * self.size() as u32;
        let (least, most) = match self.is_signed() {
            true => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
            false => (0, (1_i128 << bits) - 1),
        };
        (value.round() as i128).clamp(least, most)
    }

    fn is_signed(self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_within_their_type() {
        assert_eq!(Whole::Int8.nearest(-128.6), -128);
        assert_eq!(Whole::Int8.nearest(1.5), 2);
        assert_eq!(Whole::Uint16.nearest(1e9), 65_535);
        assert_eq!(Whole::Uint64.nearest(-3.0), 0);
        assert_eq!(Whole::Int64.nearest(1e30), i64::MAX.into());
    }
}
