//! Dates of a table, as days since 1970-01-01, and how they are written.

use serde::{Deserialize, Serialize};

use super::calendar::date_text;
use super::date_field::{DAY, DateOrder, parse};

/// How the dates of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// The order of day, month and year in the file that the column was fitted on. ISO dates are always read.
    pub order: DateOrder,
    /// Whether there are times of the day.
    pub times: bool,
}

impl Dates {
    /// A trimmed field as days since 1970-01-01, with the time of the day as a fraction, in the forms that
    /// `docs/preprocessing.md` lists. ISO dates are read in any order.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    }
}
