//! Codes that are written with digits, such as postal codes: a 0 at their beginning counts.

use std::collections::HashMap;

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

/// Finds whole numbers that differ, but are one number in double precision.
#[derive(Debug, Clone, Default)]
pub struct Alike {
    /// The first whole number of each number in double precision, by its bits.
    first: HashMap<u64, i128>,
    found: bool,
}

impl Alike {
    /// Sees a field, which need not be a whole number.
    pub fn see_field(&mut self, field: &str) {
        let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
        if digits.len() < EXACT_DIGITS || !is_digits(digits) {
            return;
        }
        match field.parse() {
            Ok(whole) => self.see(whole),
            Err(_) => self.found = true,
        }
    }

    /// Sees a whole number.
    pub fn see(&mut self, whole: i128) {
        if self.found || whole.unsigned_abs() < 1 << 53 {
            return;
        }
        let bits = (whole as f64).to_bits();
        self.found = *self.first.entry(bits).or_insert(whole) != whole;
        if self.found {
            self.first = HashMap::new();
        }
    }

    /// Whether there were two such numbers.
    pub fn found(&self) -> bool {
        self.found
    }
}

/// Whole numbers of fewer digits are exact in double precision.
const EXACT_DIGITS: usize = 16;

/// Whether words that are numbers must not be read as such: they are codes, or as numbers some would be equal that
/// differ.
pub fn count_as_words<T: AsRef<str>>(words: &[T]) -> bool {
    let mut alike = Alike::default();
    words.iter().for_each(|word| alike.see_field(word.as_ref()));
    alike.found() || are_codes(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_whole_numbers_are_alike_where_a_digit_is_lost() {
        let found = |fields: &[&str]| {
            let mut alike = Alike::default();
            fields.iter().for_each(|field| alike.see_field(field));
            alike.found()
        };
        for fields in [
            &["9007199254740992", "9007199254740993"][..],
            &["7", "-1152921504606846977", "-1152921504606846978"],
            &["1", "1000000000000000000000000000000000000000000"],
        ] {
            assert!(found(fields), "{fields:?}");
        }
        for fields in [
            // Moments in nanoseconds.
            &["1700000000123456789", "1700000001123456789"][..],
            &["9007199254740993", "9007199254740993"],
            &["9007199254740991", "9007199254740992"],
            &["1.2e18", "123", "", "x"],
        ] {
            assert!(!found(fields), "{fields:?}");
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
