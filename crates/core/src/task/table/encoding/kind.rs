//! The setting that chooses the encoding of numbers.

use serde::{Deserialize, Serialize};

/// The encoding of numbers, `task.encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// (value − mean) / deviation.
    #[default]
    Standard,
    /// The normal score of the value's rank among the training rows.
    Quantile,
    /// A column for each bin between two quantiles, which rises from 0 to 1 within the bin.
    PiecewiseLinear,
}

impl Encoding {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Quantile => "quantile",
            Self::PiecewiseLinear => "piecewise-linear",
        }
    }
}
