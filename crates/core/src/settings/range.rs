//! Ranges that several settings share.
//!
//! A setting is read in double precision and used in single precision, where 1e-300 is 0, 1e39 is infinite
//! and 0.999999999 is 1. So an accepted value must be in its range in single precision too.
//!
//! Every function here checks the `value` of the setting `key`, and returns [`Error::Setting`] with both
//! if the value is not accepted.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};

/// Largest number of steps, of runs and of similar things. It is larger than anyone needs, and sums of such
/// numbers do not overflow.
pub const MOST: usize = 1_000_000_000;

/// Range of standard deviations. Their second and fourth powers are still normal numbers of single precision.
pub const SPREADS: RangeInclusive<f64> = 1e-9..=1e9;

/// Range of step sizes and learning rates of trainings on the points.
pub const STEP_SIZES: RangeInclusive<f64> = 1e-12..=1e6;

/// Checks that a number is positive, finite and normal in single precision.
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

/// Checks that a list is not empty and that [`positive`] accepts each of its numbers.
pub fn all_positive(key: &str, values: &[f64]) -> Result<()> {
    if !values.is_empty() && values.iter().all(|&value| is_positive(value)) {
        return Ok(());
    }
    let accepted = "must be a list of at least one number, each positive";
    Err(Error::setting(key, format!("{values:?}"), accepted))
}

/// Checks that a number is in a range, and is 0 or a normal number in single precision.
pub fn within(key: &str, value: f64, range: RangeInclusive<f64>) -> Result<()> {
    if range.contains(&value) && is_held(value) {
        return Ok(());
    }
    let accepted = if range.contains(&value) {
        format!(
            "must be 0, or at least {:e} in absolute value, so that single precision can represent it",
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

/// Checks that a number is 0 or that [`positive`] accepts it.
pub fn zero_or_positive(key: &str, value: f64) -> Result<()> {
    if value == 0.0 || is_positive(value) {
        return Ok(());
    }
    let accepted = "must be 0 or a positive number";
    Err(Error::setting(key, format!("{value:?}"), accepted))
}

/// Checks that a momentum, or a coefficient of first moments, is in [0, 1) in single precision too. If it
/// rounded to 1, Adam would divide by 1 − 1.
pub fn momentum(key: &str, value: f64) -> Result<()> {
    if (0.0..1.0).contains(&(value as f32)) && value >= 0.0 && is_held(value) {
        return Ok(());
    }
    let accepted = if (0.0..1.0).contains(&value) {
        format!(
            "is {:?} in single precision, in which networks are trained; must be 0, or from {:e} to {:?}",
            value as f32,
            f32::MIN_POSITIVE,
            1.0 - f32::EPSILON / 2.0
        )
    } else {
        "must be at least 0 and less than 1".to_owned()
    };
    Err(Error::setting(key, format!("{value:?}"), accepted))
}

/// Checks that a count is in a range.
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

/// Whether single precision can represent the number: it is 0, or neither too small nor too large.
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
        // Halfway between 1 and the largest number of single precision below it.
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
