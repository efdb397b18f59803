//! Codes that are written with digits, such as postal codes: a 0 at their beginning counts.

/// Whether a field has digits alone.
pub fn is_digits(field: &str) -> bool {
    !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether these words are codes rather than numbers: digits of the same length, two or more, of which some begin
/// with 0.
pub fn are_codes<T: AsRef<str>>(words: &[T]) -> bool {
    let length = words.first().map_or(0, |word| word.as_ref().len());
    let even = |word: &T| word.as_ref().len() == length && is_digits(word.as_ref());
    let zero = |word: &T| word.as_ref().starts_with('0');
    length > 1 && words.iter().all(even) && words.iter().any(zero)
}

/// Whether a field is a whole number whose digits a number in double precision does not hold.
pub fn is_too_long(field: &str) -> bool {
    let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
    if digits.len() < 16 || !is_digits(digits) {
        return false;
    }
    let whole: Option<u128> = digits.parse().ok();
    whole.is_none_or(|whole| whole as f64 as u128 != whole)
}

/// Whether words that are numbers must not be read as such: they are codes, or have more digits than a number holds.
pub fn count_as_words<T: AsRef<str>>(words: &[T]) -> bool {
    are_codes(words) || words.iter().any(|word| is_too_long(word.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_too_long_where_a_digit_is_lost() {
        for field in [
            "9007199254740993",
            "-1152921504606846979",
            "1234567890123456803",
        ] {
            assert!(is_too_long(field), "{field}");
        }
        for field in [
            "9007199254740992",
            "1152921504606846976",
            "1.2e18",
            "123",
            "",
        ] {
            assert!(!is_too_long(field), "{field}");
        }
    }

    #[test]
    fn a_superfluous_zero_and_equal_lengths_make_codes() {
        assert!(are_codes(&["00540", "95651"]));
        assert!(are_codes(&["00", "01"]));
        for words in [
            &["0", "1"][..],
            &["10", "11"],
            &["007", "7"],
            &["0.5", "1.5"],
            &["-01", "001"],
            &["001", ""],
            &[],
        ] {
            assert!(!are_codes(words), "{words:?}");
        }
    }
}
