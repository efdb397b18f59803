//! Dates in the fields of a table: day, month, year and the time of the day.

use serde::{Deserialize, Serialize};

use super::calendar::{days, days_of};

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

/// The orders of dates that are tried.
pub const ORDERS: [DateOrder; 3] = [
    DateOrder::YearFirst,
    DateOrder::DayFirst,
    DateOrder::MonthFirst,
];

/// Milliseconds of a day.
pub const DAY: f64 = 86_400_000.0;

/// Names of the months, of which the first three letters or more count.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Most characters of a date with a time.
const MOST: usize = 40;

/// A field as days since 1970-01-01, in this order of day, month and year, with the time of the day as a fraction.
///
/// Day, month and year are numbers with `-`, `/` or `.` between them, with blanks after the points or not. A year has
/// four digits, or two if it is the last: 69 to 99 are of the 20th century, 00 to 68 of the 21st. The month may be an
/// English name, whole or shortened, in any case; then the order does not matter. A month without a day, as `2024-03`
/// or `Mar 2024`, is its first day.
///
/// A time is `T` or a blank after the date, then `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`, then nothing, `AM` or `PM`, `Z`
/// or an offset as `+02:00`.
pub fn parse(field: &str, order: DateOrder) -> Option<f64> {
    let first = field.as_bytes().first()?;
    if !(6..=MOST).contains(&field.len()) || !first.is_ascii_alphanumeric() || !field.is_ascii() {
        return None;
    }
    let (date, time) = match field.find(':') {
        None => (field, None),
        Some(colon) => {
            let before = field[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
            let date = before.strip_suffix(['T', 't', ' '])?;
            (
                date.trim_end_matches([' ', ',']),
                Some(&field[before.len()..]),
            )
        }
    };
    let day = whole_day(date, order)?;
    let time = match time {
        None => 0.0,
        Some(time) => time_of_day(time)?,
    };
    Some(day as f64 + time / DAY)
}

/// Whether a date has a time of the day.
pub fn has_time(field: &str) -> bool {
    field.contains(':')
}

/// The day of a date without a time.
fn whole_day(date: &str, order: DateOrder) -> Option<i64> {
    let (parts, marks) = parts(date)?;
    let month = |text: &str| named_month(text);
    let number = |text: &str, lengths: &[usize]| -> Option<i64> {
        let fits = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse().ok())?
    };
    let small = |text: &str| number(text, &[1, 2]);
    let year = |text: &str| {
        let value = number(text, &[2, 4])?;
        Some(match text.len() {
            4 => value,
            _ if value >= 69 => 1900 + value,
            _ => 2000 + value,
        })
    };
    let long_year = |text: &str| number(text, &[4]);
    let named = parts.iter().any(|part| month(part).is_some());
    let (year, month, day) = match (&parts[..], &marks[..]) {
        (&[a, b], _) if named => match month(a) {
            Some(name) => (long_year(b)?, name, 1),
            None => (long_year(a)?, month(b)?, 1),
        },
        (&[a, b], ["-" | "/"]) if order == DateOrder::YearFirst => {
            (long_year(a)?, number(b, &[2])?, 1)
        }
        (&[a, b, c], _) if named => match (month(a), month(b)) {
            (Some(name), _) => (year(c)?, name, small(b)?),
            (_, Some(name)) if a.len() == 4 => (long_year(a)?, name, small(c)?),
            (_, name) => (year(c)?, name?, small(a)?),
        },
        (&[a, b, c], &[one, other]) if one == other && matches!(one, "-" | "/" | ".") => {
            match order {
                DateOrder::YearFirst => (long_year(a)?, small(b)?, small(c)?),
                DateOrder::DayFirst => (year(c)?, small(b)?, small(a)?),
                DateOrder::MonthFirst => (year(c)?, small(a)?, small(b)?),
            }
        }
        _ => return None,
    };
    let fits = (1..=12).contains(&month) && day >= 1 && day <= days_of(year, month);
    fits.then(|| days(year, month, day))
}

/// The runs of digits and of letters of a date, at most three, and the marks between them without their blanks.
/// `None` if there are other marks, or blanks before a mark.
fn parts(date: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let (mut parts, mut marks) = (Vec::with_capacity(3), Vec::with_capacity(2));
    let mut rest = date;
    loop {
        let digits = rest.bytes().next()?.is_ascii_digit();
        let same = |c: char| match digits {
            true => c.is_ascii_digit(),
            false => c.is_ascii_alphabetic(),
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if part.is_empty() || parts.len() == 3 || (!digits && named_month(part).is_none()) {
            return None;
        }
        parts.push(part);
        if after.is_empty() {
            return Some((parts, marks));
        }
        let end = after.find(|c: char| c.is_ascii_alphanumeric())?;
        let (mark, next) = after.split_at(end);
        // A blank may follow a point or a comma, or stand alone.
        let known = matches!(mark, "" | "-" | "/" | "." | "," | " " | ". " | ", ");
        if !known {
            return None;
        }
        let bare = mark.trim_end();
        marks.push(bare);
        rest = next;
    }
}

/// The month of an English name, of which three letters or more are given.
fn named_month(text: &str) -> Option<i64> {
    let known = |name: &&str| {
        let start = name.get(..text.len());
        text.len() >= 3 && start.is_some_and(|start| start.eq_ignore_ascii_case(text))
    };
    let place = MONTHS.iter().position(known)?;
    i64::try_from(place + 1).ok()
}

/// Milliseconds since midnight, in UTC if there is an offset.
fn time_of_day(text: &str) -> Option<f64> {
    let half = match text.as_bytes() {
        [.., half, b'M' | b'm'] => Some(half.to_ascii_uppercase()),
        _ => None,
    };
    let text = match half {
        Some(b'A' | b'P') => text[..text.len() - 2].trim_end(),
        Some(_) => return None,
        None => text,
    };
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(place) => text.split_at(place),
        None => (text, ""),
    };
    let pair = |text: &str, most: u32| -> Option<u32> {
        let value = (text.len() == 2).then(|| text.parse().ok())??;
        (value <= most).then_some(value)
    };
    let mut parts = clock.trim_end().split(':');
    let hour = match parts.next()? {
        one if one.len() == 1 => pair(&format!("0{one}"), 9)?,
        two => pair(two, 23)?,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + if half == b'P' { 12 } else { 0 },
    };
    let minute = pair(parts.next()?, 59)?;
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

    #[test]
    fn months_with_names_short_years_and_halves_of_days_are_read() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        let leap = 19_782.0;
        for order in [DayFirst, MonthFirst, YearFirst] {
            for field in [
                "29-Feb-2024",
                "29 February 2024",
                "Feb 29, 2024",
                "FEB 29 2024",
                "february 29,2024",
                "29. Feb. 2024",
                "29FEB2024",
                "29-feb-24",
                "2024-Feb-29",
            ] {
                assert_eq!(parse(field, order), Some(leap), "{field}");
            }
            for field in [
                "30-Feb-2024",
                "29-Fe-2024",
                "29-Febr-",
                "29 Fob 2024",
                "May",
                "29 Feb",
            ] {
                assert_eq!(parse(field, order), None, "{field}");
            }
        }
        for (field, order, days) in [
            ("29. 2. 2024", DayFirst, leap),
            ("29/2/24", DayFirst, leap),
            ("2/29/24", MonthFirst, leap),
            ("2/29/68", MonthFirst, leap + 44.0 * 365.25),
            ("1/1/70", DayFirst, 0.0),
            ("1/1/69", DayFirst, -365.0),
            ("2024-02", YearFirst, leap - 28.0),
            ("Feb 2024", YearFirst, leap - 28.0),
            ("2/29/2024 6:00:00 AM", MonthFirst, leap + 0.25),
            ("2/29/2024 6:00 pm", MonthFirst, leap + 0.75),
            ("2/29/2024 12:00 AM", MonthFirst, leap),
            ("2/29/2024, 12:00PM", MonthFirst, leap + 0.5),
            ("Oct 1, 2024 6:00", YearFirst, leap + 215.25),
        ] {
            assert_eq!(parse(field, order), Some(days), "{field}");
        }
        for field in [
            "2/29/2024 13:00 PM",
            "2/29/2024 0:00 AM",
            "2/29-2024",
            "2/29/024",
            "2 29 2024",
            "1.2.3.24",
        ] {
            assert_eq!(parse(field, MonthFirst), None, "{field}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_a_panic(field in "([0-9TZ:+./é, -]|Mar|PM){0,20}") {
            for order in [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst] {
                let _ = parse(&field, order);
            }
        }
    }
}
