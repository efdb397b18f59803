//! Standardised numbers.

use serde::{Deserialize, Serialize};

/// Most deviations from the mean; a field farther out counts as this far.
const MOST: f64 = 1e30;

/// (value − mean) / deviation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standard {
    /// Mean of the training rows.
    pub mean: f64,
    /// Standard deviation of the training rows (divided by n). 1 if all values are equal; never 0.
    pub deviation: f64,
    /// Whether all values are equal; then every point is decoded to this value, wherever it has moved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub constant: bool,
}

impl Standard {
    /// Mean and deviation of these values. If all are equal in double precision, or there are none, the
    /// deviation is 1.
    pub fn fit(values: &[f64]) -> Self {
        let Some(&first) = values.first() else {
            return Self {
                mean: 0.0,
                deviation: 1.0,
                constant: false,
            };
        };
        if values.iter().all(|value| *value == first) {
            return Self {
                mean: first,
                deviation: 1.0,
                constant: true,
            };
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let largest = values
            .iter()
            .fold(0.0_f64, |most, value| most.max((value - mean).abs()));
        // A power of two, so that the squares of tiny and huge differences neither vanish nor overflow.
        let scale = largest.log2().floor().exp2().max(f64::MIN_POSITIVE);
        let square = values
            .iter()
            .map(|value| ((value - mean) / scale).powi(2))
            .sum::<f64>()
            / count;
        Self {
            mean,
            deviation: (square.sqrt() * scale).max(f64::MIN_POSITIVE),
            constant: false,
        }
    }

    /// The encoded value.
    pub fn encode(&self, value: f64) -> f64 {
        ((value - self.mean) / self.deviation).clamp(-MOST, MOST)
    }

    /// The value of any encoded value.
    pub fn decode(&self, encoded: f64) -> f64 {
        if self.constant {
            return self.mean;
        }
        (encoded * self.deviation + self.mean).clamp(f64::MIN, f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_decoded_to_their_value_wherever_a_point_is() {
        let code = Standard::fit(&[5.1, 5.1, 5.1]);
        for point in [0.0, 0.3, -7.0] {
            assert_eq!(code.decode(point).to_bits(), 5.1_f64.to_bits());
        }
        // A new value is told from it.
        assert_eq!(code.encode(6.1), 1.0);
        assert_ne!(Standard::fit(&[5.0, 6.0]).decode(0.3), 5.0);
    }
}
