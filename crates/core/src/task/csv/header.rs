//! Whether the first record of a file names the columns.

use std::collections::HashSet;

use crate::task::inspection::Decision;
use crate::task::table::{Cells, DateOrder, Marks, RawColumn, cut, is_missing, parse_date};

/// Number of columns from which consecutive numbers are names, whatever is below.
const MANY: usize = 5;

/// Most characters of a field in a sentence.
const SHOWN: usize = 24;

/// Fewest fields of a column of words in which a word that is not among them is news.
const ENOUGH: usize = 10;

/// One word in this many may occur once, where a new word is news.
const SINGLES: usize = 20;

/// What the first field of a column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It is a word above numbers or dates.
    Named,
    /// It is a word that does not occur below, where words occur again and again.
    New,
    /// It is a word that does not occur below, but could: some words below occur once, or have as many characters.
    Fresh,
    /// It is a number far from those below.
    Far,
    /// It is a whole number above numbers with decimals.
    Whole,
    /// It tells nothing.
    Nothing,
    /// It is a whole number among others.
    Value,
    /// It is a number with decimals among others.
    Decimal,
    /// It is a word that occurs below, or a date among dates.
    Known,
}

/// Whether the first record is a header, from the columns below it.
///
/// Numbers name the columns if they are consecutive and no value; if they count five columns or more from 0 or 1; or if
/// they are consecutive, as in no record below, and all other fields are words that do not occur below.
///
/// Else its words decide, where it has any that tell. For a header speak 3 points for each word above numbers or dates,
/// 2 for each word that does not occur below where words occur again and again, and 1 if other words do not occur below.
/// For data speak 3 points for each word that occurs below and each date among dates; and, since one name that
/// is a number brings others, only once, 2 points if numbers with decimals are among others, or 1 if whole numbers are.
/// It is a header if more points speak for it.
///
/// Where no word tells, it is a header if its numbers are farther from all below than these are from each other, and
/// none is a value of its column, or if it has words alone.
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
    let new = count(Sign::New) + count(Sign::Fresh);
    // Consecutive whole numbers count as names, except where the same number stands among whole numbers below.
    let far = count(Sign::Far) + if follows { count(Sign::Whole) } else { 0 };
    let whole = count(Sign::Value) + if follows { 0 } else { count(Sign::Whole) };
    let values = whole + count(Sign::Decimal) + count(Sign::Known);
    let words = first
        .iter()
        .filter(|field| !is_missing(field))
        .all(|field| marks.parse(field).is_none());
    // Numbers that count the columns, beside a field that is no value or in more columns than chance would.
    let counted = follows && numbers.len() == first.len() && numbers[0].abs() <= 1.0;
    let unlike = count(Sign::Named) + count(Sign::Far) + new;
    let counted = counted && (first.len() >= MANY || unlike > 0);
    // Consecutive numbers beside words that do not occur below, if no line below has such numbers.
    let beside = first.iter().zip(&signs).all(|(field, sign)| match sign {
        _ if marks.parse(field).is_some() => true,
        Sign::Named | Sign::New | Sign::Fresh => true,
        sign => *sign == Sign::Nothing && numbers.len() > 2,
    });
    let series = follows && beside && numbers.len() < first.len();
    let series = series && !has_series(first, columns, marks);
    let pro = 3 * count(Sign::Named) + 2 * count(Sign::New) + count(Sign::Fresh).min(1);
    let number = match (count(Sign::Decimal), whole) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    };
    let contra = 3 * count(Sign::Known) + number;
    let (header, why) = if counted {
        (true, "its numbers count the columns")
    } else if series {
        (true, "its numbers follow one another, as in no line below")
    } else if pro > contra {
        match (count(Sign::Named), contra) {
            (0, 0) => (true, "its words do not occur below"),
            (0, _) => (
                true,
                "its words do not occur below, although other fields could be values",
            ),
            (_, 0) => (true, "its fields do not fit the columns below"),
            _ => (
                true,
                "it has words above numbers or dates, although other fields could be values",
            ),
        }
    } else if pro > 0 {
        (
            false,
            "it has values like the lines below, although some of its words do not occur there",
        )
    } else if values > 0 {
        (false, "it has values like the lines below")
    } else if far > 0 && (far == numbers.len() || numbers.len() < first.len()) {
        (true, "its fields do not fit the columns below")
    } else if far > 0 && distinct.len() == first.len() {
        (true, "its numbers do not fit the columns below")
    } else if words {
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

/// Whether a word that does not occur in a column of words would hardly come in another row: few words of the column
/// occur once, and not all have as many characters as this one, as codes have.
fn is_news(field: &str, column: &RawColumn) -> bool {
    let Cells::Words { words, codes } = &column.cells else {
        return false;
    };
    let counts = column.counts(0..codes.len());
    let present: usize = counts.iter().sum();
    let singles = counts.iter().filter(|count| **count == 1).count();
    let length = field.chars().count();
    let alike = words.iter().all(|word| word.chars().count() == length);
    present >= ENOUGH && SINGLES * singles <= present && !alike
}

fn sign(field: &str, column: &RawColumn, marks: Marks) -> Sign {
    if is_missing(field) {
        return Sign::Nothing;
    }
    match &column.cells {
        Cells::Numbers(values) => {
            let Some(number) = marks.parse(field) else {
                return Sign::Named;
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
                Sign::Far
            } else if number.fract() != 0.0 {
                Sign::Decimal
            } else if decimals {
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
            if date { Sign::Known } else { Sign::Named }
        }
        Cells::Words { words, codes } => {
            let present = codes.len();
            if words.iter().any(|word| word == field) {
                Sign::Known
            } else if 2 * words.len() > present {
                Sign::Nothing
            } else if marks.parse(field).is_none() && is_news(field, column) {
                Sign::New
            } else {
                Sign::Fresh
            }
        }
        Cells::TooMany | Cells::Skipped => Sign::Nothing,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::task::csv::loaded::load;

    /// Whether the first line names the columns of two hundred rows.
    fn names(first: &str, row: impl Fn(usize) -> String) -> bool {
        let rows: String = (0..200).map(|place| row(place) + "\n").collect();
        let task = load(&format!("{first}\n{rows}"), "").unwrap();
        let count: usize = task.inspection.parts.iter().sum();
        count == 200
    }

    #[test]
    fn numbers_among_those_below_do_not_outvote_words_that_never_come_again() {
        let class = |row: usize| ["high", "low"][row % 2];
        let country = |row: usize| ["FR", "DE", "IT"][row % 3];
        let decimals = |row: usize| {
            let value = |factor: usize| (row * factor % 4001) as f64 + 0.5;
            format!("{},{},{}", value(37), value(91), value(53))
        };
        let counts = |row: usize| format!("{},{}", row % 9, row * 7 % 9);
        let with = |row| format!("{},{},{}", country(row), decimals(row), class(row));
        assert!(names("country,1990,2000,2010,growth", with));
        assert!(!names("FR,1990,2000,2010,high", with));
        assert!(!names("ES,1990.5,2000.5,2010.5,high", with));
        let strains = |row| format!("{},{}", country(row), decimals(row));
        assert!(names("strain,0,5,15", strains));
        assert!(!names("DE,0,5,15", strains));
        assert!(!names("ES,0,5,15", |row| format!(
            "{},{},{}",
            country(row),
            counts(row),
            row % 8
        )));
        let table = |row| format!("{},{},{}", class(row), counts(row), country(row));
        assert!(names("region,2,7,out", table));
        assert!(!names("high,2,7,FR", table));
        // A word above numbers decides, whatever a category is called.
        let words = |row| format!("{},{},{}", decimals(row), ["p", "b"][row % 2], class(row));
        assert!(names("a,a,1,b,t", words));
        // Categories of which many occur once: another is no news.
        let many = |row: usize| format!("c{},{},{}", row * row / 40, counts(row), class(row));
        assert!(!names("c99999,2,7,low", many));
    }
}
