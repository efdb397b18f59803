//! The number of rows to hold out, as a count or as a fraction.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A number of rows to hold out, as a count or as a fraction. In TOML, a whole number is a count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a number of rows, such as 500, or a fraction of them, such as 0.15"
)]
pub enum RowsOrFraction {
    /// This number of rows, at least 1.
    Rows(usize),
    /// This fraction of all rows, more than 0 and less than 1. It is rounded, and at least one row.
    Fraction(f64),
}

impl RowsOrFraction {
    /// The number of rows to hold out, of `rows` rows.
    pub fn of(self, rows: usize) -> usize {
        match self {
            Self::Rows(count) => count,
            Self::Fraction(fraction) => ((fraction * rows as f64).round() as usize).max(1),
        }
    }

    /// Checks that a count is at least 1, and that a fraction is strictly between 0 and 1.
    ///
    /// # Errors
    /// [`Error::Setting`] for the setting `key` if it is not.
    pub fn check(self, key: &str) -> Result<()> {
        match self {
            Self::Rows(1..) => Ok(()),
            Self::Fraction(fraction) if fraction > 0.0 && fraction < 1.0 => Ok(()),
            _ => {
                let accepted = "must be a number of rows, at least 1, or a fraction of them \
                                between 0 and 1, such as 0.15";
                Err(Error::setting(key, self, accepted))
            }
        }
    }
}

impl fmt::Display for RowsOrFraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(count) => count.fmt(f),
            Self::Fraction(fraction) => fraction.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(text: &str) -> RowsOrFraction {
        let table: toml::Table = format!("share = {text}").parse().unwrap();
        table["share"].clone().try_into().unwrap()
    }

    #[test]
    fn whole_numbers_are_counts_and_others_are_fractions() {
        assert_eq!(read("500"), RowsOrFraction::Rows(500));
        assert_eq!(read("0.2"), RowsOrFraction::Fraction(0.2));
        assert_eq!(read("500").of(7), 500);
        assert_eq!(read("0.2").of(13), 3);
        assert_eq!(read("0.001").of(13), 1);
        for good in ["1", "500", "0.2", "1e-9"] {
            assert!(read(good).check("task.test").is_ok(), "{good}");
        }
        for bad in ["0", "-3", "0.0", "1.0", "7.5", "nan", "-0.1"] {
            let error = read(bad).check("task.test").unwrap_err().to_string();
            assert!(error.starts_with("task.test = "), "{error}");
        }
    }
}
