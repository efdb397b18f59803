//! Dates in the fields of a table, as days since 1970-01-01.

use serde::{Deserialize, Serialize};

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// `2024-01-31`, `2024/01/31`, `2024.01.31`, as ISO 8601 has it.
    YearFirst,
    /// `31.01.2024`, `31/01/2024`, `31-01-2024`.
    DayFirst,
    /// `01/31/2024`, `01-31-2024`.
    MonthFirst,
}

/// How the dates of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// The order of day, month and year in the file that the column was fitted on. ISO dates are always read.
    pub order: DateOrder,
    /// Whether there are times of the day.
    pub times: bool,
}

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

impl Dates {
    /// A trimmed field as days since 1970-01-01, with the time of the day as a fraction. A time is `T` or a space
    /// after the date, then `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`, then nothing, `Z` or an offset as `+02:00`.
    pub fn parse(self, field: &str) -> Option<f64> {
        parse(field, self.order).or_else(|| parse(field, DateOrder::YearFirst))
    }

    /// Days since 1970-01-01 as an ISO date: `2024-01-31`, or `2024-01-31T12:30:00` if the column has times. It is
    /// rounded to the day, or to the millisecond.
    pub fn text(self, days: f64) -> String {
        // The years 0 to 9999.
        let days = days.clamp(-719_528.0, 2_932_896.0);
        if !self.times {
            return date_text(days.round() as i64);
        }
        let stamp = (days * DAY).round() as i64;
        let (day, rest) = (stamp.div_euclid(DAY as i64), stamp.rem_euclid(DAY as i64));
        let (seconds, millis) = (rest / 1000, rest % 1000);
        let date = date_text(day);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = match millis {
            0 => String::new(),
            _ => format!(".{millis:03}"),
        };
        format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}")
    }
}

/// A field as days since 1970-01-01, in this order of day, month and year.
pub fn parse(field: &str, order: DateOrder) -> Option<f64> {
    let bytes = field.as_bytes();
    if !(8..=40).contains(&bytes.len()) || !bytes[0].is_ascii_digit() || !field.is_ascii() {
        return None;
    }
    let end = field.find(['T', ' ', 't']).unwrap_or(field.len());
    let (date, time) = field.split_at(end);
    let mark = date.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, '-' | '/' | '.') {
        return None;
    }
    let mut parts = date.split(mark);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match order {
        DateOrder::YearFirst => (a, b, c),
        DateOrder::DayFirst => (c, b, a),
        DateOrder::MonthFirst => (c, a, b),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
    if !fits || ![year, month, day].into_iter().all(digits) {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let time = match time.get(1..) {
        None => 0.0,
        Some(time) => time_of_day(time.trim())?,
    };
    Some(days(year, month, day) as f64 + time / DAY)
}

/// Whether a date has a time of the day.
pub fn has_time(field: &str) -> bool {
    field.contains(':')
}

/// Milliseconds since midnight, in UTC if there is an offset.
fn time_of_day(text: &str) -> Option<f64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(place) => text.split_at(place),
        None => (text, ""),
    };
    let pair = |text: &str, most: u32| -> Option<u32> {
        let value = (text.len() == 2).then(|| text.parse().ok())??;
        (value <= most).then_some(value)
    };
    let mut parts = clock.trim_end().split(':');
    let (hour, minute) = (pair(parts.next()?, 23)?, pair(parts.next()?, 59)?);
    let seconds: f64 = match parts.next() {
        None => 0.0,
        Some(text) => {
            let (whole, rest) = text.split_at_checked(2)?;
            let fraction = match rest.strip_prefix('.') {
                Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                    format!("0.{digits}0").parse().ok()?
                }
                Some(_) => return None,
                None if rest.is_empty() => 0.0,
                None => return None,
            };
            f64::from(pair(whole, 60)?) + fraction
        }
    };
    if parts.next().is_some() {
        return None;
    }
    let shift = match offset {
        "" | "Z" | "z" => 0.0,
        _ => {
            let (sign, rest) = offset.split_at(1);
            let rest = rest.replace(':', "");
            let (hours, minutes) = rest.split_at_checked(2)?;
            let minutes = if minutes.is_empty() { "00" } else { minutes };
            let minutes = f64::from(pair(hours, 23)? * 60 + pair(minutes, 59)?);
            if sign == "-" { -minutes } else { minutes }
        }
    };
    let minutes = f64::from(hour * 60 + minute) - shift;
    Some(((minutes * 60.0 + seconds) * 1000.0).round())
}

fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
/// algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day since 1970-01-01; the inverse of [`days`].
fn date_text(days: i64) -> String {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_days_since_1970() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for (field, order, days) in [
            ("1970-01-01", YearFirst, 0.0),
            ("2024-02-29", YearFirst, 19_782.0),
            ("2024/2/29", YearFirst, 19_782.0),
            ("29.02.2024", DayFirst, 19_782.0),
            ("02/29/2024", MonthFirst, 19_782.0),
            ("1969-12-31", YearFirst, -1.0),
            ("1970-01-02T12:00", YearFirst, 1.5),
            ("1970-01-02 12:00:00.000Z", YearFirst, 1.5),
            ("1970-01-02T12:00:00+12:00", YearFirst, 1.0),
        ] {
            assert_eq!(parse(field, order), Some(days), "{field}");
        }
        for field in [
            "2023-02-29",
            "2024-13-01",
            "2024-1",
            "2024-01-01-01",
            "24-01-01",
            "2024-01-01x",
            "2024-01-01T25:00",
        ] {
            assert_eq!(parse(field, YearFirst), None, "{field}");
        }
    }

    proptest! {
        #[test]
        fn text_reads_back(stamp in -60_000_000_000_000_i64..200_000_000_000_000) {
            let dates = Dates { order: DateOrder::YearFirst, times: true };
            let days = stamp as f64 / DAY;
            let read = dates.parse(&dates.text(days));
            prop_assert!(read.is_some_and(|read| ((read - days) * DAY).abs() < 0.01));
            let dates = Dates { times: false, ..dates };
            prop_assert_eq!(dates.parse(&dates.text(days)), Some(days.round()));
        }

        #[test]
        fn any_text_is_parsed_without_a_panic(field in "[0-9TZ:+./é -]{0,30}") {
            for order in [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst] {
                let _ = parse(&field, order);
            }
        }
    }
}
