//! Elements of an array to be written.

use super::header::Header;
use super::whole::Whole;

/// Elements of an array to be written, in C order.
#[derive(Debug, Clone, PartialEq)]
pub enum Elements {
    /// `u1`.
    Bytes(Vec<u8>),
    /// `i8`.
    Integers(Vec<i64>),
    /// Integers of another type.
    Whole(Whole, Vec<i128>),
    /// `f8`.
    Numbers(Vec<f64>),
    /// `U`, as wide as the longest text.
    Texts(Vec<String>),
}

impl Elements {
    /// The bytes of a file `.npy` of this shape.
    pub fn to_npy(&self, shape: &[usize]) -> Vec<u8> {
        let mut bytes = Header::bytes(&self.descr(), shape);
        bytes.extend(self.to_bytes());
        bytes
    }

    /// Numpy's name of the type.
    fn descr(&self) -> String {
        match self {
            Self::Bytes(_) => "|u1".to_owned(),
            Self::Integers(_) => "<i8".to_owned(),
            Self::Whole(kind, _) => kind.descr(),
            Self::Numbers(_) => "<f8".to_owned(),
            Self::Texts(texts) => format!("<U{}", width(texts)),
        }
    }

    /// The elements as bytes, the lowest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Integers(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Whole(kind, values) => {
                let of_one = |value: &i128| value.to_le_bytes().into_iter().take(kind.size());
                values.iter().flat_map(of_one).collect()
            }
            Self::Numbers(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Texts(texts) => {
                let width = width(texts);
                let letters = |text: &String| {
                    let letters = text.chars().chain(std::iter::repeat('\0'));
                    letters.take(width).collect::<Vec<char>>()
                };
                let letters = texts.iter().flat_map(letters);
                letters
                    .flat_map(|letter| u32::from(letter).to_le_bytes())
                    .collect()
            }
        }
    }
}

/// Letters of the longest text, at least 1.
fn width(texts: &[String]) -> usize {
    let lengths = texts.iter().map(|text| text.chars().count());
    lengths.max().unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::NumpyArray;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let read = |elements: Elements, shape: &[usize]| {
            let bytes = elements.to_npy(shape);
            NumpyArray::read(&mut &bytes[..], bytes.len()).unwrap()
        };
        let texts = ["é", "", "three"].map(str::to_owned).to_vec();
        let array = read(Elements::Texts(texts.clone()), &[3]);
        assert_eq!(
            (0..3).map(|n| array.text(n).unwrap()).collect::<Vec<_>>(),
            texts
        );
        assert_eq!(
            read(Elements::Integers(vec![-7]), &[1]).integer(0),
            Some(-7)
        );
        for (kind, value) in [
            (Whole::Int8, -128),
            (Whole::Int16, -300),
            (Whole::Uint64, u64::MAX.into()),
        ] {
            let array = read(Elements::Whole(kind, vec![1, value]), &[2]);
            assert_eq!(array.integer(1), Some(value));
            assert_eq!(Whole::of(array.element()), Some(kind));
        }
        assert_eq!(
            read(Elements::Numbers(vec![0.1, -2.0]), &[1, 2]).number(1),
            -2.0
        );
        assert_eq!(read(Elements::Bytes(vec![255]), &[1]).number(0), 255.0);
    }
}
