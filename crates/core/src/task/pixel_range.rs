//! The range of pixels that are not from 0 to 1.

use serde::{Deserialize, Serialize};

use crate::store::numpy::Whole;

/// The range of the pixels in the data, where these are not divided and do not lie from 0 to 1: arrays of floats from
/// −1 to 1, or of integers with a sign. Raw rows have the numbers of the data then.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PixelRange {
    /// The smallest pixel of the training data.
    pub least: f64,
    /// The largest pixel of the training data.
    pub most: f64,
    /// The type of the pixels, if they are integers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integers: Option<Whole>,
}

impl PixelRange {
    /// The range as numbers from 0 to 1.
    pub fn to_unit(self, value: f64) -> f64 {
        (value - self.least) / self.width()
    }

    /// The reverse of [`PixelRange::to_unit`].
    pub fn of_unit(self, value: f64) -> f64 {
        self.least + value * self.width()
    }

    fn width(self) -> f64 {
        let width = self.most - self.least;
        if width > 0.0 { width } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_becomes_0_to_1_and_comes_back() {
        let range = |least, most| PixelRange {
            least,
            most,
            integers: None,
        };
        assert_eq!(range(-1.0, 1.0).to_unit(0.5), 0.75);
        assert_eq!(range(-1.0, 1.0).of_unit(0.75), 0.5);
        assert_eq!(range(7.0, 7.0).to_unit(7.0), 0.0);
    }
}
