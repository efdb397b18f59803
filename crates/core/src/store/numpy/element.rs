//! The type of the elements of an array.

use half::f16;

/// Kinds of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `b1`: true or false.
    Bool,
    /// `i1`, `i2`, `i4`, `i8`: integers with a sign.
    Int,
    /// `u1`, `u2`, `u4`, `u8`: integers without a sign.
    Uint,
    /// `f2`, `f4`, `f8`: floating-point numbers.
    Float,
    /// `U`: texts in UTF-32.
    Text,
    /// `S`: texts as bytes, which are read as UTF-8.
    Bytes,
}

/// The type of the elements of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Their kind.
    pub kind: Kind,
    /// Bytes of one element, at least 1.
    pub size: usize,
    /// Whether the first byte of a number is its highest.
    pub is_big_endian: bool,
}

impl Element {
    /// Reads numpy's name of a type, such as `<f8`.
    ///
    /// # Errors
    /// A sentence without subject that says why arrays of this type are not read.
    pub fn of(name: &str) -> Result<Self, String> {
        let unknown = || {
            format!(
                "has the type {name:?}, which numpy does not write for numbers or texts: save it with \
                 numpy.save or numpy.savez"
            )
        };
        let mut letters = name.chars();
        let is_big_endian = match letters.next() {
            Some('>') => true,
            Some('<' | '|' | '=') => false,
            _ => return Err(unknown()),
        };
        let letter = letters.next().ok_or_else(unknown)?;
        if let Some(problem) = refused(letter) {
            return Err(problem.to_owned());
        }
        let size: usize = letters.as_str().parse().map_err(|_| unknown())?;
        let (kind, size) = match (letter, size) {
            ('b', 1) => (Kind::Bool, 1),
            ('i', 1 | 2 | 4 | 8) => (Kind::Int, size),
            ('u', 1 | 2 | 4 | 8) => (Kind::Uint, size),
            ('f', 2 | 4 | 8) => (Kind::Float, size),
            ('f', _) => {
                return Err(format!(
                    "has floating-point numbers of {size} bytes; save them as array.astype(\"float64\")"
                ));
            }
            ('U', 1..) => (Kind::Text, size.checked_mul(4).ok_or_else(unknown)?),
            ('S' | 'a', 1..) => (Kind::Bytes, size),
            ('U' | 'S' | 'a', 0) => return Err("has only empty texts".to_owned()),
            _ => return Err(unknown()),
        };
        Ok(Self {
            kind,
            size,
            is_big_endian,
        })
    }

    /// Whether elements are integers or booleans.
    pub fn is_whole(self) -> bool {
        matches!(self.kind, Kind::Bool | Kind::Int | Kind::Uint)
    }

    /// Whether elements are texts.
    pub fn is_text(self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Bytes)
    }

    /// An element as an integer, or `None` if elements are not integers or booleans.
    pub fn integer(self, bytes: &[u8]) -> Option<i128> {
        let unsigned = i128::from(self.word(bytes));
        match self.kind {
            Kind::Bool => Some(i128::from(unsigned != 0)),
            Kind::Uint => Some(unsigned),
            Kind::Int => {
                let bits = 8 * self.size as u32;
                let is_negative = unsigned >> (bits - 1) == 1;
                Some(if is_negative {
                    unsigned - (1 << bits)
                } else {
                    unsigned
                })
            }
            Kind::Float | Kind::Text | Kind::Bytes => None,
        }
    }

    /// An element as a number, NaN for a text.
    pub fn number(self, bytes: &[u8]) -> f64 {
        match (self.kind, self.size) {
            (Kind::Float, 2) => f16::from_bits(self.word(bytes) as u16).to_f64(),
            (Kind::Float, 4) => f64::from(f32::from_bits(self.word(bytes) as u32)),
            (Kind::Float, _) => f64::from_bits(self.word(bytes)),
            (Kind::Text | Kind::Bytes, _) => f64::NAN,
            _ => self.integer(bytes).map_or(f64::NAN, |value| value as f64),
        }
    }

    /// An element as a text, or `None` if it is none, or is damaged. Numpy fills texts with zeros at the end.
    pub fn text(self, bytes: &[u8]) -> Option<String> {
        match self.kind {
            Kind::Bytes => {
                let end = bytes.iter().rposition(|&byte| byte != 0);
                let text = &bytes[..end.map_or(0, |last| last + 1)];
                String::from_utf8(text.to_vec()).ok()
            }
            Kind::Text => {
                let letters = bytes.chunks_exact(4).map(|letter| self.word(letter) as u32);
                let text: Option<String> = letters.map(char::from_u32).collect();
                text.map(|text| text.trim_end_matches('\0').to_owned())
            }
            _ => None,
        }
    }

    /// At most 8 bytes as an unsigned integer.
    fn word(self, bytes: &[u8]) -> u64 {
        let put = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        match self.is_big_endian {
            true => bytes.iter().fold(0, put),
            false => bytes.iter().rev().fold(0, put),
        }
    }
}

/// What is wrong with elements of the type with this letter, and what saves them as numbers or texts. `None` if they
/// are read.
fn refused(letter: char) -> Option<&'static str> {
    match letter {
        'O' => Some(
            "holds Python objects, which are stored as pickles (allow_pickle). A pickle can run any program, so it is \
             not read; save numbers as array.astype(\"float64\"), and words as array.astype(str)",
        ),
        'c' => Some(
            "holds complex numbers; save their two parts as numbers of their own, such as \
             numpy.column_stack([array.real, array.imag])",
        ),
        'm' | 'M' => Some(
            "holds dates or time spans; save them as numbers in their own unit, such as \
             numpy.where(numpy.isnat(array), numpy.nan, array.astype(\"float64\"))",
        ),
        'V' => Some(
            "holds raw bytes, or numbers of a type that is not numpy's own, such as bfloat16; save such numbers as \
             array.astype(\"float32\")",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wording::told;

    #[test]
    fn numbers_are_read_in_both_byte_orders() {
        let of = |name: &str, bytes: &[u8]| Element::of(name).unwrap().number(bytes);
        assert_eq!(of("<f8", &(-2.5_f64).to_le_bytes()), -2.5);
        assert_eq!(of(">f8", &(-2.5_f64).to_be_bytes()), -2.5);
        assert_eq!(of(">f4", &0.1_f32.to_be_bytes()), f64::from(0.1_f32));
        assert_eq!(of("<f2", &f16::from_f64(-0.5).to_le_bytes()), -0.5);
        assert_eq!(of("<i2", &(-300_i16).to_le_bytes()), -300.0);
        assert_eq!(of(">u4", &4_000_000_000_u32.to_be_bytes()), 4e9);
        assert_eq!(of("|i1", &[0x80]), -128.0);
        assert_eq!(of("|b1", &[1]), 1.0);
        let least = Element::of("<i8").unwrap();
        assert_eq!(
            least.integer(&i64::MIN.to_le_bytes()),
            Some(i64::MIN.into())
        );
    }

    #[test]
    fn texts_end_before_their_padding() {
        let text = |name: &str, bytes: &[u8]| Element::of(name).unwrap().text(bytes);
        assert_eq!(text("|S4", b"ab\0\0").unwrap(), "ab");
        let wide: Vec<u8> = "é\0"
            .chars()
            .flat_map(|c| (c as u32).to_be_bytes())
            .collect();
        assert_eq!(text(">U2", &wide).unwrap(), "é");
        assert_eq!(text("<U1", &[0, 0, 0x11, 0]), None);
        assert_eq!(text("|S1", &[0xff]), None);
    }

    #[test]
    fn other_types_are_refused() {
        for name in [
            "|O", "<c8", "<M8[ns]", "|V8", "<f16", "<U0", "f8", "<", "", "<i3", "<ü8",
        ] {
            assert!(Element::of(name).is_err(), "{name}");
        }
        for (name, remedy) in [
            ("|O", "astype(str)"),
            ("<c8", "array.imag"),
            ("<M8[s]", "isnat"),
            ("<m8[D]", "float64"),
        ] {
            assert!(told(Element::of(name).unwrap_err()).contains(remedy));
        }
    }
}
