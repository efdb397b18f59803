//! Ranges that several settings share.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};

/// Most steps, runs and the like: more than anyone can wait for, and sums of them can be counted.
pub const MOST: usize = 1_000_000_000;

/// Standard deviations: their squares, and squares of those, are numbers of single precision still.
pub const SPREADS: RangeInclusive<f64> = 1e-9..=1e9;

/// Step sizes and learning rates of trainings on the points.
pub const STEP_SIZES: RangeInclusive<f64> = 1e-12..=1e6;

/// Refuses what is not a positive number of single precision.
pub fn positive(key: &str, value: f64) -> Result<()> {
    if is_positive(value) {
        return Ok(());
    }
    let accepted = format!(
        "must be a positive number, from {:e} to {:e}",
        f32::MIN_POSITIVE,
        f32::MAX
    );
    Err(Error::setting(key, format!("{value:?}"), accepted))
}

/// Refuses a list that is empty or has an entry that is not a positive number of single precision.
pub fn all_positive(key: &str, values: &[f64]) -> Result<()> {
    if !values.is_empty() && values.iter().all(|&value| is_positive(value)) {
        return Ok(());
    }
    let accepted = "must be a list of positive numbers";
    Err(Error::setting(key, format!("{values:?}"), accepted))
}

/// Refuses a number outside of a range.
pub fn within(key: &str, value: f64, range: RangeInclusive<f64>) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    let accepted = format!(
        "must be a number from {:?} to {:?}",
        range.start(),
        range.end()
    );
    Err(Error::setting(key, format!("{value:?}"), accepted))
}

/// Refuses what is neither 0 nor a positive number of single precision.
pub fn zero_or_positive(key: &str, value: f64) -> Result<()> {
    if value == 0.0 || is_positive(value) {
        return Ok(());
    }
    let accepted = "must be 0 or a positive number";
    Err(Error::setting(key, format!("{value:?}"), accepted))
}

/// Refuses a momentum, or first-moment coefficient, outside of [0, 1).
pub fn momentum(key: &str, value: f64) -> Result<()> {
    if (0.0..1.0).contains(&value) {
        return Ok(());
    }
    let accepted = "must be at least 0 and less than 1";
    Err(Error::setting(key, format!("{value:?}"), accepted))
}

/// Refuses a count outside of a range.
pub fn count(key: &str, value: usize, range: RangeInclusive<usize>) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    let accepted = if value < *range.start() {
        format!("must be at least {}", range.start())
    } else {
        format!("must be at most {}", range.end())
    };
    Err(Error::setting(key, value, accepted))
}

fn is_positive(value: f64) -> bool {
    let single = value as f32;
    single.is_normal() && single > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_survives_single_precision_is_positive() {
        for good in [1e-37, 0.1, 1.0, 3e38] {
            assert!(positive("", good).is_ok(), "{good}");
        }
        for bad in [0.0, -1.0, 1e-300, 1e-40, 1e39, f64::INFINITY, f64::NAN] {
            assert!(positive("", bad).is_err(), "{bad}");
            assert!(all_positive("", &[1.0, bad]).is_err(), "{bad}");
        }
        assert!(all_positive("", &[]).is_err());
        assert!(zero_or_positive("", 0.0).is_ok());
        assert!(zero_or_positive("", 1e-300).is_err());
        assert!(momentum("", 1.0).is_err() && momentum("", f64::NAN).is_err());
        assert!(within("", f64::NAN, SPREADS).is_err());
        assert!(count("", 0, 1..=MOST).is_err() && count("", MOST + 1, 1..=MOST).is_err());
    }
}
