//! Settings of the estimate of the intrinsic dimension.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::settings::{Check, range};

/// Settings of the estimate of the intrinsic dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntrinsicSettings {
    /// Number of training rows that are used, at least 100; all rows if there are fewer. Default: 20,000.
    pub rows: usize,
    /// Number of fresh networks, 1 to 1000. Default: 4.
    pub starts: usize,
    /// Number of shuffles of the targets that make the null, 3 to 1000. Default: 12.
    pub shuffles: usize,
    /// Largest number of directions that are searched, 1 to 64. Default: 10.
    pub most: usize,
    /// How far a direction must stand out: in standard deviations above shuffled targets, and in standard
    /// errors on held-out rows. Default: 3.
    pub threshold: f64,
}

impl Default for IntrinsicSettings {
    fn default() -> Self {
        Self {
            rows: 20_000,
            starts: 4,
            shuffles: 12,
            most: 10,
            threshold: 3.0,
        }
    }
}

impl Check for IntrinsicSettings {
    fn check(&self) -> Result<()> {
        range::count("rows", self.rows, 100..=range::MOST)?;
        range::count("starts", self.starts, 1..=1000)?;
        range::count("shuffles", self.shuffles, 3..=1000)?;
        range::count("most", self.most, 1..=64)?;
        range::positive("threshold", self.threshold)
    }
}
