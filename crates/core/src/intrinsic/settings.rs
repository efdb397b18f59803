//! How the intrinsic dimension is estimated.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::settings::{Check, range};

/// How an estimate is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntrinsicSettings {
    /// Training rows that are looked at; all where there are fewer.
    pub rows: usize,
    /// Fresh starts of the network.
    pub starts: usize,
    /// Shuffles of the targets that make the null, at least 3.
    pub shuffles: usize,
    /// Directions that are looked for at most, 1 to 64.
    pub most: usize,
    /// By how many standard deviations a direction must stand out, of the null and on held-out rows.
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
