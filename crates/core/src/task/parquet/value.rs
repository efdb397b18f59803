//! One field of a column.

use std::borrow::Cow;

use half::f16;
use parquet::data_type::Int96;

use super::meaning::Meaning;
use crate::task::table::{Cell, DateOrder, Dates};

/// The day 1970-01-01 of the Julian calendar.
const EPOCH: f64 = 2_440_588.0;
/// Nanoseconds of a day.
const DAY: f64 = 86_400e9;
/// Whole numbers below this, and powers of ten up to 22, are exact in double precision.
const EXACT: u128 = 1 << 53;

/// One field of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A missing value.
    Missing,
    /// A number; NaN is missing.
    Number(f64),
    /// A whole number beyond those that are all exact in double precision.
    Long(i128),
    /// Days since 1970-01-01.
    Days(f64),
    /// A truth value.
    Truth(bool),
    /// Text.
    Text(&'a str),
    /// Bytes that are no text in UTF-8.
    Odd,
}

impl Value<'_> {
    /// The field as the text that a CSV file would have; empty if it is missing.
    pub fn text(&self) -> Cow<'_, str> {
        match *self {
            Self::Missing | Self::Odd => Cow::Borrowed(""),
            Self::Number(value) if value.is_nan() => Cow::Borrowed(""),
            Self::Number(value) => Cow::Owned(Cell::Number(value).text()),
            Self::Days(days) => {
                let dates = Dates {
                    order: DateOrder::YearFirst,
                    times: days.fract() != 0.0,
                };
                Cow::Owned(dates.text(days))
            }
            Self::Long(value) => Cow::Owned(value.to_string()),
            Self::Truth(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Self::Text(text) => Cow::Borrowed(text.trim()),
        }
    }

    /// A whole number.
    pub fn of_whole(value: i128) -> Self {
        match value.unsigned_abs() > EXACT {
            true => Self::Long(value),
            false => Self::Number(value as f64),
        }
    }

    /// A whole number of a column with this meaning.
    pub fn of_integer(value: i64, meaning: Meaning) -> Self {
        let number = value as f64;
        match meaning {
            Meaning::Nothing => Self::Missing,
            Meaning::Days => Self::Days(number),
            Meaning::Moments(day) => Self::Days(number / day),
            Meaning::Times(second) | Meaning::Durations(second) => Self::Number(number / second),
            Meaning::Whole | Meaning::Natural | Meaning::Decimal(0) => Self::of_whole(value.into()),
            Meaning::Decimal(scale) => Self::Number(decimal(value.into(), scale)),
            _ => Self::Number(number),
        }
    }

    /// A moment of an old timestamp.
    pub fn of_julian(value: &Int96) -> Self {
        match *value.data() {
            [low, high, day] => {
                let nanoseconds = (u64::from(high) << 32 | u64::from(low)) as i64;
                Self::Days(f64::from(day as i32) - EPOCH + nanoseconds as f64 / DAY)
            }
            _ => Self::Missing,
        }
    }

    /// Gives the field of these bytes to `take`.
    pub fn with_bytes<T>(bytes: &[u8], meaning: Meaning, take: impl FnOnce(Value<'_>) -> T) -> T {
        match (meaning, bytes) {
            (Meaning::Nothing, _) => take(Value::Missing),
            (Meaning::Decimal(0), _) if bytes.len() <= 16 => {
                take(Value::of_whole(two_s_complement(bytes)))
            }
            (Meaning::Decimal(scale), _) => take(Value::Number(big_decimal(bytes, scale))),
            (Meaning::Half, &[low, high]) => {
                take(Value::Number(f16::from_le_bytes([low, high]).to_f64()))
            }
            (Meaning::Identifiers, _) => take(Value::Text(&identifier(bytes))),
            _ => take(std::str::from_utf8(bytes).map_or(Value::Odd, Value::Text)),
        }
    }
}

/// value / 10^scale, the nearest number.
fn decimal(value: i128, scale: u32) -> f64 {
    match scale {
        0 => value as f64,
        1..=22 if value.unsigned_abs() < EXACT => value as f64 / 10_f64.powi(scale as i32),
        _ => format!("{value}e-{scale}").parse().unwrap_or(f64::NAN),
    }
}

/// A whole number of at most 16 bytes, the highest first, in two's complement.
fn two_s_complement(bytes: &[u8]) -> i128 {
    let is_negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let start = if is_negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |whole: i128, byte| (whole << 8) | i128::from(*byte))
}

/// The decimal of a whole number with the highest byte first, in two's complement.
fn big_decimal(bytes: &[u8], scale: u32) -> f64 {
    let sign = if bytes.first().is_some_and(|byte| *byte >= 0x80) {
        0xff
    } else {
        0
    };
    if bytes.len() <= 16 {
        return decimal(two_s_complement(bytes), scale);
    }
    // More than 38 digits: those of the size, for the nearest number. A negative number is inverted, plus one.
    let negative = sign != 0;
    let mut size: Vec<u8> = bytes.iter().map(|byte| byte ^ sign).collect();
    for byte in size.iter_mut().rev() {
        let (sum, overflows) = byte.overflowing_add(u8::from(negative));
        *byte = sum;
        if !overflows {
            break;
        }
    }
    let mut digits = vec![0_u8];
    for byte in size {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    let digits: String = digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect();
    let size: f64 = format!("{digits}e-{scale}").parse().unwrap_or(f64::NAN);
    if negative { -size } else { size }
}

/// An identifier as it is usually written, in groups of hexadecimal digits.
fn identifier(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len() + 4);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_the_nearest_numbers() {
        assert_eq!(decimal(1234, 2), 12.34);
        assert_eq!(decimal(-1, 1), -0.1);
        assert_eq!(decimal(7, 0), 7.0);
        let digits = 12_345_678_901_234_567_890_123_456_789_i128;
        assert_eq!(decimal(digits, 10), 1_234_567_890_123_456_789.012_345_678_9);
        assert_eq!(big_decimal(&[0x04, 0xd2], 2), 12.34);
        assert_eq!(big_decimal(&[0xff, 0xfe], 1), -0.2);
        assert_eq!(big_decimal(&[], 1), 0.0);
        let mut long = [0_u8; 32];
        long[0] = 0x40;
        assert_eq!(big_decimal(&long, 0), 2_f64.powi(254));
        long[0] = 0x80;
        assert_eq!(big_decimal(&long, 3), -2_f64.powi(255) / 1e3);
        let mut long = [0xff_u8; 32];
        long[31] = 0xfe;
        assert_eq!(big_decimal(&long, 1), -0.2);
        assert_eq!(big_decimal(&[0xff; 17], 0), -1.0);
    }

    #[test]
    fn fields_have_the_text_of_a_csv_file() {
        for (value, text) in [
            (Value::Missing, ""),
            (Value::Number(f64::NAN), ""),
            (Value::Number(3.0), "3"),
            (Value::Number(-0.0), "0"),
            (Value::Days(1.0), "1970-01-02"),
            (Value::Days(1.5), "1970-01-02T12:00:00"),
            (Value::Truth(true), "true"),
            (Value::Text(" a "), "a"),
        ] {
            assert_eq!(value.text(), text);
        }
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(identifier(&bytes), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }
}
