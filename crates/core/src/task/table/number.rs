//! Numbers in the fields of a table.

use serde::{Deserialize, Serialize};

/// Largest absolute value of a number in a table. The difference of two such numbers is far within the range
/// of f32.
pub const LARGEST: f64 = 1e30;

/// Currencies before or after a number, and the per cent sign after it. They are left out.
const UNITS: &[char] = &['%', '$', '€', '£', '¥'];

/// The marks of numbers in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The mark before the decimals: a point or a comma.
    pub decimal: char,
    /// The mark between groups of three digits, if there is one: `,`, `.`, a space, `'` or `_`.
    pub thousands: Option<char>,
}

impl Default for Marks {
    fn default() -> Self {
        Self::of('.', None)
    }
}

impl Marks {
    /// These marks.
    pub const fn of(decimal: char, thousands: Option<char>) -> Self {
        Self { decimal, thousands }
    }

    /// A trimmed field as a number, which may be infinite. `None` if it is not a number: a sign, digits with a
    /// decimal mark, a power of ten after `e`; groups of exactly three digits if they are marked; a currency or
    /// a per cent sign, which is left out; `inf` and `infinity`.
    pub fn parse(self, field: &str) -> Option<f64> {
        let bytes = field.as_bytes();
        let plain = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
        if self.decimal == '.' && bytes.iter().all(plain) {
            return field.parse().ok();
        }
        let (body, _) = without_unit(field);
        if body.len() > 64 {
            return None;
        }
        let (negative, body) = match body.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, body.strip_prefix('+').unwrap_or(body)),
        };
        // A currency may stand between the sign and the digits.
        let (body, _) = without_unit(body);
        let size = match body.bytes().next()? {
            b'0'..=b'9' | b'.' | b',' => self.digits(body)?.parse().ok()?,
            _ if is_infinite(body) => f64::INFINITY,
            _ => return None,
        };
        Some(if negative { -size } else { size })
    }

    /// A number without sign, with a point and without groups.
    fn digits(self, body: &str) -> Option<String> {
        let (mantissa, power) = match body.find(['e', 'E']) {
            Some(place) => body.split_at(place),
            None => (body, ""),
        };
        let (whole, decimals) = match mantissa.split_once(self.decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (mantissa, None),
        };
        let mut text = String::with_capacity(body.len() + 1);
        match self.thousands {
            Some(mark) if whole.contains(|c| same_mark(c, mark)) => {
                let groups = whole.split(|c| same_mark(c, mark)).enumerate();
                for (place, group) in groups {
                    let fits = match place {
                        0 => (1..=3).contains(&group.len()) && !group.starts_with('0'),
                        _ => group.len() == 3,
                    };
                    if !fits {
                        return None;
                    }
                    text.push_str(group);
                }
            }
            _ => text.push_str(whole),
        }
        let some = !text.is_empty() || decimals.is_some_and(|decimals| !decimals.is_empty());
        if let Some(decimals) = decimals {
            text.push('.');
            text.push_str(decimals);
        }
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        if !some || !text.chars().all(digits) {
            return None;
        }
        text.push_str(power);
        Some(text)
    }
}

/// A field without a currency or a per cent sign, and that sign.
pub fn without_unit(field: &str) -> (&str, Option<char>) {
    for &unit in UNITS {
        if let Some(rest) = field.strip_suffix(unit) {
            return (rest.trim_end(), Some(unit));
        }
        if unit != '%'
            && let Some(rest) = field.strip_prefix(unit)
        {
            return (rest.trim_start(), Some(unit));
        }
    }
    (field, None)
}

/// Whether a character is this mark of groups; all kinds of spaces and of apostrophes are one.
fn same_mark(c: char, mark: char) -> bool {
    match mark {
        ' ' => matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'),
        '\'' => matches!(c, '\'' | '’'),
        _ => c == mark,
    }
}

fn is_infinite(body: &str) -> bool {
    body.eq_ignore_ascii_case("inf") || body.eq_ignore_ascii_case("infinity")
}

/// A number as the shortest text that reads back as the same number.
pub fn text(value: f64) -> String {
    // Adding 0 turns -0 into 0.
    let value = value + 0.0;
    match value.abs() {
        size if size != 0.0 && !(1e-5..1e17).contains(&size) => format!("{value:e}"),
        _ => value.to_string(),
    }
}

/// The value of a field, if it is neither infinite nor too large.
///
/// # Errors
/// What is wrong with it.
pub fn bounded(value: f64, field: &str) -> Result<f64, String> {
    match value.abs() <= LARGEST {
        true => Ok(value),
        false => Err(format!(
            "`{}` is not a finite number from -{LARGEST:e} to {LARGEST:e}; correct it, or empty it if the value is \
             missing",
            shorten(field)
        )),
    }
}

/// A field, shortened to at most 60 characters for a message.
pub fn shorten(field: &str) -> String {
    if field.chars().count() <= 60 {
        return field.to_owned();
    }
    field.chars().take(57).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_by_their_marks() {
        let point = Marks::default();
        let comma = Marks::of(',', Some('.'));
        for (marks, field, value) in [
            (point, "1.5e3", 1500.0),
            (point, "-.5", -0.5),
            (point, "+3.", 3.0),
            (point, "−2", -2.0),
            (point, "$12.50", 12.5),
            (point, "-$12.50", -12.5),
            (point, "12.5 %", 12.5),
            (point, "-inf", f64::NEG_INFINITY),
            (comma, "1.234,5", 1234.5),
            (comma, "0,5", 0.5),
            (comma, "1.234 €", 1234.0),
            (Marks::of('.', Some(',')), "1,163.50", 1163.5),
            (
                Marks::of('.', Some(' ')),
                "1\u{a0}163\u{202f}000",
                1_163_000.0,
            ),
            (Marks::of('.', Some('\'')), "1’163.5", 1163.5),
            (Marks::of('.', Some('_')), "1_000", 1000.0),
        ] {
            assert_eq!(marks.parse(field), Some(value), "{field}");
        }
        for field in [
            "", ".", "-", "1,5", "0x1F", "nan", "1e", "1.2.3", "5 km", "1d5", "e5", "--1", "(5)",
        ] {
            assert_eq!(point.parse(field), None, "{field}");
        }
        for field in ["1.23", "0.123", "1234.567", "1,234,5", "1.23,4"] {
            assert_eq!(comma.parse(field), None, "{field}");
        }
    }

    proptest! {
        #[test]
        fn text_reads_back(value in prop_oneof![any::<f64>(), -1e6..1e6_f64].prop_filter("finite", |v| v.is_finite())) {
            prop_assert_eq!(Marks::default().parse(&text(value)), Some(value));
        }

        #[test]
        fn any_text_is_parsed_without_a_panic(field in "[-+0-9.,eE $%'_a-z\u{a0}−]{0,12}") {
            for marks in [Marks::default(), Marks::of(',', Some('.')), Marks::of('.', Some(' '))] {
                let _ = marks.parse(&field);
            }
        }
    }
}
