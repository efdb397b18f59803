//! The numbers of pictures as their files have them: one byte for each, or two if a file is deeper.

/// Numbers of pixels, picture by picture and channel by channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// Numbers from 0 to 255.
    Bytes(Vec<u8>),
    /// Numbers from 0 to `most`.
    Words {
        /// The numbers.
        values: Vec<u16>,
        /// The number that stands for white: 2ⁿ − 1 for pictures of n bits.
        most: u16,
    },
}

impl Pixels {
    /// The number that stands for white. Pixels are divided by it.
    pub fn most(&self) -> u16 {
        match self {
            Self::Bytes(_) => u16::from(u8::MAX),
            Self::Words { most, .. } => *most,
        }
    }

    /// Count of numbers.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Words { values, .. } => values.len(),
        }
    }

    /// Writes the numbers from `start` on into `row`, divided by [`Self::most`].
    pub fn scaled(&self, start: usize, row: &mut [f32]) {
        match self {
            Self::Bytes(values) => {
                for (value, &pixel) in row.iter_mut().zip(&values[start..]) {
                    *value = f32::from(pixel) / 255.0;
                }
            }
            Self::Words { values, most } => {
                let most = f32::from(*most);
                for (value, &pixel) in row.iter_mut().zip(&values[start..]) {
                    *value = f32::from(pixel) / most;
                }
            }
        }
    }

    /// Removes the numbers from `start` on and returns them.
    pub fn split_off(&mut self, start: usize) -> Self {
        match self {
            Self::Bytes(values) => Self::Bytes(values.split_off(start)),
            Self::Words { values, most } => Self::Words {
                values: values.split_off(start),
                most: *most,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_words_are_divided_by_white() {
        let mut row = [0.0; 2];
        Pixels::Bytes(vec![9, 51, 255]).scaled(1, &mut row);
        assert_eq!(row, [51.0 / 255.0, 1.0]);
        let mut words = Pixels::Words {
            values: vec![9, 1, 4095],
            most: 4095,
        };
        words.scaled(1, &mut row);
        assert_eq!(row, [1.0 / 4095.0, 1.0]);
        assert_eq!(words.split_off(2).most(), 4095);
    }
}
