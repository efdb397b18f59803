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

#[cfg(test)]
mod tests {
    use super::*;

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
