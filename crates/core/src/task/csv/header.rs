//! Whether the first record of a file names the columns.

use std::collections::HashSet;

use crate::task::inspection::Decision;
use crate::task::table::{Cells, DateOrder, Marks, RawColumn, cut, is_missing, parse_date};

/// Number of columns from which consecutive numbers are names, whatever is below.
const MANY: usize = 5;

/// Most characters of a field in a sentence.
const SHOWN: usize = 24;

/// What the first field of a column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It is a name: a word above numbers or dates, or a number far from those below.
    Name,
    /// It is a word that does not occur below, where words occur again.
    New,
    /// It is a whole number above numbers with decimals.
    Whole,
    /// It tells nothing.
    Nothing,
    /// It is a number among others, or a word that occurs below.
    Value,
}

/// Whether the first record is a header, from the columns below it.
///
/// It is one if a field of it does not fit its column (a word above numbers, or a number that is farther from all
/// numbers below than these are from each other), and no field is a value of its column. It is also one if its
/// numbers are consecutive and no value; if they count five columns or more from 0 or 1; if its numbers are
/// consecutive, as in no record below, and all its other fields are words that do not occur below; or if no word of
/// it occurs below.
pub fn decide(first: &[String], columns: &[RawColumn], marks: Marks) -> (bool, Decision) {
    let signs: Vec<Sign> = first
        .iter()
        .zip(columns)
        .map(|(field, column)| sign(field, column, marks))
        .collect();
    let count = |sign: Sign| signs.iter().filter(|other| **other == sign).count();
    let distinct: HashSet<&str> = first.iter().map(String::as_str).collect();
    let numbers: Vec<f64> = first
        .iter()
        .filter_map(|field| marks.parse(field))
        .collect();
    let follows = numbers.len() > 1 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
    // Consecutive whole numbers count as names, except where the same number stands among whole numbers below.
    let named = count(Sign::Name) + if follows { count(Sign::Whole) } else { 0 };
    let values = count(Sign::Value) + if follows { 0 } else { count(Sign::Whole) };
    let words = first
        .iter()
        .filter(|field| !is_missing(field))
        .all(|field| marks.parse(field).is_none());
    // Numbers that count the columns, beside a field that is no value or in more columns than chance would.
    let counted = follows && numbers.len() == first.len() && numbers[0].abs() <= 1.0;
    let counted = counted && (first.len() >= MANY || count(Sign::Name) + count(Sign::New) > 0);
    // Consecutive numbers beside words that do not occur below, if no line below has such numbers.
    let beside = first.iter().zip(&signs).all(|(field, sign)| match sign {
        _ if marks.parse(field).is_some() => true,
        Sign::Name | Sign::New => true,
        sign => *sign == Sign::Nothing && numbers.len() > 2,
    });
    let series = follows && beside && numbers.len() < first.len();
    let series = series && !has_series(first, columns, marks);
    let (header, why) = if counted {
        (true, "its numbers count the columns")
    } else if series {
        (true, "its numbers follow one another, as in no line below")
    } else if values > 0 {
        (false, "it has values like the lines below")
    } else if named > 0 && (named == numbers.len() || numbers.len() < first.len()) {
        (true, "its fields do not fit the columns below")
    } else if named > 0 && distinct.len() == first.len() {
        (true, "its numbers do not fit the columns below")
    } else if count(Sign::New) > 0 || words {
        (true, "its words do not occur below")
    } else {
        (false, "nothing tells that it is a header")
    };
    let shown: Vec<String> = first
        .iter()
        .take(4)
        .map(|field| format!("`{}`", cut(field, SHOWN)))
        .collect();
    let more = if first.len() > 4 { ", …" } else { "" };
    let (is, other) = match header {
        true => ("names the columns", "false"),
        false => ("is a row of data", "true"),
    };
    let text = format!("the first line ({}{more}) {is}: {why}", shown.join(", "));
    (
        header,
        Decision::new(text, format!("task.header = {other}")),
    )
}

/// Whether a record below has consecutive numbers in the columns in which the first one has numbers.
fn has_series(first: &[String], columns: &[RawColumn], marks: Marks) -> bool {
    let pairs = first.iter().zip(columns);
    let numbers = pairs.filter(|(field, _)| marks.parse(field).is_some());
    let below: Option<Vec<&[f64]>> = numbers.map(|(_, column)| column.cells.numbers()).collect();
    let Some(below) = below else {
        return true;
    };
    let rows = below.first().map_or(0, |column| column.len());
    (0..rows).any(|row| {
        let mut pairs = below.windows(2);
        pairs.all(|pair| pair[1][row] == pair[0][row] + 1.0)
    })
}

fn sign(field: &str, column: &RawColumn, marks: Marks) -> Sign {
    if is_missing(field) {
        return Sign::Nothing;
    }
    match &column.cells {
        Cells::Numbers(values) => {
            let Some(number) = marks.parse(field) else {
                return Sign::Name;
            };
            let present: Vec<f64> = values
                .iter()
                .copied()
                .filter(|value| !value.is_nan())
                .collect();
            let low = present.iter().copied().fold(f64::INFINITY, f64::min);
            let high = present.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let range = high - low;
            let decimals = present.iter().any(|value| value.fract() != 0.0);
            if present.len() > 2 && range > 0.0 && (number < low - range || number > high + range) {
                Sign::Name
            } else if number.fract() == 0.0 && decimals {
                Sign::Whole
            } else {
                Sign::Value
            }
        }
        Cells::Dates(_, dates) => {
            let orders = [dates.order, DateOrder::YearFirst];
            let date = orders
                .iter()
                .any(|order| parse_date(field, *order).is_some());
            if date { Sign::Value } else { Sign::Name }
        }
        Cells::Words { words, codes } => {
            let present = codes.len();
            if words.iter().any(|word| word == field) {
                Sign::Value
            } else if 2 * words.len() <= present {
                Sign::New
            } else {
                Sign::Nothing
            }
        }
        Cells::TooMany | Cells::Skipped => Sign::Nothing,
    }
}
