//! Which numbers of arrays are accepted, and what to do about others.

/// Largest absolute value of a number, as in a table.
const LARGEST: f64 = 1e30;

/// Numbers from here on are written with an exponent.
const LONG: f64 = 1e16;

/// Whether a number is finite and not too large.
pub fn is_accepted(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// A number for people. A long one has two digits and an exponent: `1.8e308`.
pub fn shown(value: f64) -> String {
    match value.is_finite() && value.abs() >= LONG {
        true => format!("{value:.1e}"),
        false => value.to_string(),
    }
}

/// What to do about a number that is not accepted, as the end of a sentence.
pub fn remedy(value: f64) -> &'static str {
    match value.is_nan() {
        true => "fill it in, such as by numpy.nan_to_num(array, nan=0.0), or remove the row",
        false => {
            "numbers must be finite, from -1e30 to 1e30: limit them to what suits the data, such as by \
             numpy.clip(array, -1e6, 1e6), or remove the row"
        }
    }
}

/// What to do about a row whose target is not accepted, as the end of a sentence: a target that is filled in would be
/// a wrong one. `axes` is the number of axes of the targets.
pub fn target_remedy(value: f64, axes: usize) -> String {
    let (kept, problem) = match value.is_nan() {
        true => ("~numpy.isnan(y)", "a target cannot be filled in"),
        false => (
            "abs(y) <= 1e30",
            "numbers must be finite, from -1e30 to 1e30",
        ),
    };
    let kept = match axes {
        0 | 1 => kept.to_owned(),
        _ => format!("({kept}).all(axis=1)"),
    };
    format!("{problem}: remove such rows, such as by keep = {kept}; X, y = X[keep], y[keep]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_what_to_do_helps() {
        assert_eq!(shown(f64::MAX), "1.8e308");
        assert_eq!(shown(-2e30), "-2.0e30");
        assert_eq!(shown(0.1), "0.1");
        assert_eq!(shown(f64::NEG_INFINITY), "-inf");
        assert!(is_accepted(-1e30) && !is_accepted(1.1e30) && !is_accepted(f64::NAN));
        assert!(remedy(f64::NAN).contains("nan_to_num"));
        for (value, axes, kept) in [
            (f64::NAN, 1, "~numpy.isnan(y);"),
            (f64::NAN, 2, "(~numpy.isnan(y)).all(axis=1);"),
            (f64::INFINITY, 1, "abs(y) <= 1e30;"),
        ] {
            let remedy = target_remedy(value, axes);
            assert!(
                remedy.contains(kept) && !remedy.contains("nan_to_num"),
                "{remedy}"
            );
        }
        for value in [f64::INFINITY, f64::MAX] {
            assert!(remedy(value).contains("clip") && !remedy(value).contains("nan_to_num"));
        }
    }
}
