//! The fields of a column as they come: read as numbers, dates or words.

use std::collections::HashMap;

use super::survey::{Seen, Unit};
use crate::task::table::{
    Cells, DateOrder, Dates, MISSING, Marks, Note, Wanted, bounded, is_missing, parse_date, shorten,
};

/// What is said of whole numbers that would be equal in double precision.
pub const TOO_LONG: &str =
    " are codes, not numbers: whole numbers that differ in digits which a number does not hold";

/// The fields of a column as they come.
#[derive(Debug)]
pub enum Writer {
    /// Numbers; NaN is missing.
    Numbers(Vec<f64>),
    /// Days since 1970-01-01; NaN is missing.
    Dates(Vec<f64>, Dates),
    /// Words.
    Words {
        /// The code of each distinct word.
        words: HashMap<String, u32>,
        /// The code of each row's word.
        codes: Vec<u32>,
        /// Whether only an empty field is missing.
        all: bool,
        /// The distinct words that count as missing.
        gaps: Vec<String>,
    },
    /// More distinct words than a dictionary holds.
    TooMany,
    /// Fields that are not read.
    Nothing,
}

impl Writer {
    /// A writer of what was seen of a column, in the way that is wanted, and what is to be said of it.
    pub fn of(
        seen: &Seen,
        wanted: Wanted,
        marks: Marks,
        comma: bool,
        rows: usize,
    ) -> (Self, Option<Note>) {
        let mut note = None;
        let numbers = || Vec::with_capacity(rows);
        let words = |all| Self::Words {
            words: HashMap::new(),
            codes: Vec::with_capacity(rows),
            all,
            gaps: Vec::new(),
        };
        let writer = match wanted {
            Wanted::Nothing => Self::Nothing,
            Wanted::Words => words(false),
            Wanted::AllWords => words(true),
            Wanted::Number => {
                note = seen.mixture(marks).map(|(signs, _)| Note {
                    before: format!("signs beside numbers ({signs}) are left out of "),
                    after: "",
                    kind: "category",
                });
                Self::Numbers(numbers())
            }
            Wanted::Date(Some(order)) => Self::Dates(
                numbers(),
                Dates {
                    order,
                    times: seen.times,
                },
            ),
            Wanted::Auto if seen.present == 0 => words(false),
            Wanted::Auto if seen.is_codes() => {
                note = Some(Note {
                    before: "fields of ".to_owned(),
                    after: " are codes, not numbers: digits of equal length, of which some begin with 0",
                    kind: "number",
                });
                words(false)
            }
            Wanted::Auto if seen.is_too_long() => {
                note = Some(Note {
                    before: "fields of ".to_owned(),
                    after: TOO_LONG,
                    kind: "number",
                });
                words(false)
            }
            Wanted::Auto if seen.is_numeric(marks) => {
                if let [Unit { sign, count, .. }] = seen.units[..] {
                    let beside = match count < seen.present {
                        true => format!("{count} of {} numbers", seen.present),
                        false => "the numbers".to_owned(),
                    };
                    note = Some(Note {
                        before: format!("`{sign}` beside {beside} of "),
                        after: " is left out",
                        kind: "category",
                    });
                }
                Self::Numbers(numbers())
            }
            Wanted::Auto | Wanted::Date(None) => {
                let [year, day, month] = seen.dates;
                let most = year.max(day).max(month);
                if wanted == Wanted::Auto && most < seen.present {
                    let note = seen.mixture(marks).map(|(signs, _)| Note {
                        before: format!("numbers without a common scale ({signs}) are words in "),
                        after: "",
                        kind: "number",
                    });
                    return (words(false), note);
                }
                // Where both orders fit, day first is usual where the comma is not the separator.
                let order = match (day == most, month == most) {
                    _ if year == most => DateOrder::YearFirst,
                    (true, true) if comma => DateOrder::MonthFirst,
                    (true, _) => DateOrder::DayFirst,
                    (false, _) => DateOrder::MonthFirst,
                };
                let after = match order {
                    DateOrder::YearFirst => " become days since 1970-01-01",
                    DateOrder::DayFirst if day == month => {
                        " become days since 1970-01-01; the day is read first, which cannot be told here"
                    }
                    DateOrder::DayFirst => " become days since 1970-01-01; the day is first",
                    DateOrder::MonthFirst if day == month => {
                        " become days since 1970-01-01; the month is read first, which cannot be told here"
                    }
                    DateOrder::MonthFirst => " become days since 1970-01-01; the month is first",
                };
                if wanted == Wanted::Auto {
                    note = Some(Note {
                        before: "dates of ".to_owned(),
                        after,
                        kind: "category",
                    });
                }
                Self::Dates(
                    numbers(),
                    Dates {
                        order,
                        times: seen.times,
                    },
                )
            }
        };
        (writer, note)
    }

    /// Takes a trimmed field.
    pub fn push(&mut self, field: &str, marks: Marks) -> std::result::Result<(), String> {
        match self {
            Self::Numbers(values) => values.push(number(field, marks)?),
            Self::Dates(values, dates) => values.push(match is_missing(field) {
                true => f64::NAN,
                false => date(field, *dates)?,
            }),
            Self::Words {
                words,
                codes,
                all,
                gaps,
            } => {
                if field.is_empty() || (!*all && is_missing(field)) {
                    codes.push(MISSING);
                    if !field.is_empty() && !gaps.iter().any(|gap| gap == field) {
                        gaps.push(field.to_owned());
                    }
                } else if let Some(code) = words.get(field) {
                    codes.push(*code);
                } else if words.len() < Cells::MOST_WORDS {
                    let code = words.len() as u32;
                    words.insert(field.to_owned(), code);
                    codes.push(code);
                } else {
                    *self = Self::TooMany;
                }
            }
            Self::TooMany | Self::Nothing => {}
        }
        Ok(())
    }

    /// The number of distinct words that came, if they are words.
    pub fn distinct(&self) -> usize {
        match self {
            Self::Words { words, .. } => words.len(),
            Self::TooMany => Cells::MOST_WORDS + 1,
            _ => 0,
        }
    }

    /// The distinct words that count as missing, if fields are words.
    pub fn gaps(&mut self) -> Vec<String> {
        match self {
            Self::Words { gaps, .. } => std::mem::take(gaps),
            _ => Vec::new(),
        }
    }

    /// The fields that came.
    pub fn cells(self) -> Cells {
        match self {
            Self::Numbers(values) => Cells::Numbers(values),
            Self::Dates(values, dates) => Cells::Dates(values, dates),
            Self::Words { words, codes, .. } => {
                let mut sorted: Vec<(u32, String)> =
                    words.into_iter().map(|(word, code)| (code, word)).collect();
                sorted.sort_unstable_by_key(|(code, _)| *code);
                Cells::Words {
                    words: sorted.into_iter().map(|(_, word)| word).collect(),
                    codes,
                }
            }
            Self::TooMany => Cells::TooMany,
            Self::Nothing => Cells::Skipped,
        }
    }
}

/// A field as a finite number; NaN if it is missing.
fn number(field: &str, marks: Marks) -> std::result::Result<f64, String> {
    if is_missing(field) {
        return Ok(f64::NAN);
    }
    match marks.parse(field) {
        Some(value) => bounded(value, field),
        None => Err(no_number(field, marks)),
    }
}

/// The problem with a field that is no number, and what is one.
fn no_number(field: &str, marks: Marks) -> String {
    let groups = marks.thousands.map_or(String::new(), |mark| {
        let name = if mark == ' ' {
            "a blank"
        } else {
            &format!("`{mark}`")
        };
        format!(", {name} between groups of three digits")
    });
    format!(
        "`{}` is not a number: one has digits, `{}` before decimals{groups}, and a sign before them, and nothing else but \
         a currency or a per cent sign; write the field so, or empty it if the value is missing",
        shorten(field),
        marks.decimal
    )
}

fn date(field: &str, dates: Dates) -> std::result::Result<f64, String> {
    let orders = [dates.order, DateOrder::YearFirst];
    let value = orders.iter().find_map(|order| parse_date(field, *order));
    value.ok_or_else(|| format!("`{}` is not a date such as 2024-01-31", shorten(field)))
}
