//! Ranges that several settings share.
//!
//! A setting is read in double precision and used in single: what is accepted must lie in its range
//! there too, where 1e-300 is 0, 1e39 is endless and 0.999999999 is 1.

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

/// Refuses a number outside of a range, and one that single precision holds as 0 though it is not.
pub fn within(key: &str, value: f64, range: RangeInclusive<f64>) -> Result<()> {
    if range.contains(&value) && is_held(value) {
        return Ok(());
    }
    let accepted = if range.contains(&value) {
        format!(
            "must be 0 or of a size from {:e} on, as single precision holds numbers",
            f32::MIN_POSITIVE
        )
    } else {
        format!(
            "must be a number from {:?} to {:?}",
            range.start(),
            range.end()
        )
    };
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

/// Refuses a momentum, or first-moment coefficient, outside of [0, 1) or that single precision holds
/// as 1: Adam would divide by 1 − 1.
pub fn momentum(key: &str, value: f64) -> Result<()> {
    if (0.0..1.0).contains(&(value as f32)) && value >= 0.0 && is_held(value) {
        return Ok(());
    }
    let accepted = if (0.0..1.0).contains(&value) {
        format!(
            "is {:?} in single precision, in which networks are trained: must be 0, or from {:e} to {:?}",
            value as f32,
            f32::MIN_POSITIVE,
            1.0 - f32::EPSILON / 2.0
        )
    } else {
        "must be at least 0 and less than 1".to_owned()
    };
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

/// Whether single precision has the number with all its digits: 0, or neither too small nor endless.
fn is_held(value: f64) -> bool {
    value == 0.0 || (value as f32).is_normal()
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
        for good in [0.0, 0.9, 0.999_999_9, f64::from(1.0 - f32::EPSILON / 2.0)] {
            assert!(momentum("", good).is_ok(), "{good}");
        }
        // The last but one is halfway between the two single numbers.
        let halfway = 1.0 - f64::from(f32::EPSILON) / 4.0;
        for bad in [
            -1e-9,
            -1e-300,
            1e-300,
            halfway,
            0.999_999_999,
            1.0,
            f64::NAN,
        ] {
            assert!(momentum("", bad).is_err(), "{bad}");
        }
        for bad in [1e-300, -1e-300, f64::NAN] {
            assert!(within("", bad, -1.0..=1.0).is_err(), "{bad}");
        }
        assert!(within("", 0.0, -1.0..=1.0).is_ok());
        assert!(within("", f64::NAN, SPREADS).is_err());
        assert!(count("", 0, 1..=MOST).is_err() && count("", MOST + 1, 1..=MOST).is_err());
    }
}
