//! The encoding of one column.

use serde::{Deserialize, Serialize};

use super::{Boolean, OneHot, PiecewiseLinear, Quantile, Standard};

/// The encoding of one column, with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Code {
    /// Standardised numbers.
    Standard(Standard),
    /// Normal scores of ranks.
    Quantile(Quantile),
    /// A column for each bin between quantiles.
    PiecewiseLinear(PiecewiseLinear),
    /// A column for each category.
    OneHot(OneHot),
    /// Words of two kinds.
    Boolean(Boolean),
}

impl Code {
    /// Number of encoded columns, without an indicator of missing values.
    pub fn width(&self) -> usize {
        match self {
            Self::Standard(_) | Self::Quantile(_) | Self::Boolean(_) => 1,
            Self::PiecewiseLinear(code) => code.width(),
            Self::OneHot(code) => code.width(),
        }
    }

    /// Its name, as settings and reports have it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Standard(_) => "standard",
            Self::Quantile(_) => "quantile",
            Self::PiecewiseLinear(_) => "piecewise-linear",
            Self::OneHot(_) => "one-hot",
            Self::Boolean(_) => "boolean",
        }
    }

    /// Writes an encoded number. Of a boolean, the number is 0 or 1.
    pub fn encode_number(&self, value: f64, out: &mut [f64]) {
        match self {
            Self::Standard(code) => out[0] = code.encode(value),
            Self::Quantile(code) => out[0] = code.encode(value),
            Self::PiecewiseLinear(code) => code.encode(value, out),
            Self::Boolean(_) => out[0] = value,
            Self::OneHot(code) => code.encode(None, out),
        }
    }

    /// The mean and deviation of each encoded column such that column · deviation + mean is in the units of the
    /// table, or 0 and 1 where the encoding has units of its own.
    pub fn scale(&self) -> (f64, f64) {
        match self {
            Self::Standard(code) => (code.mean, code.deviation),
            _ => (0.0, 1.0),
        }
    }
}
