//! Columns of words that are almost numbers or almost dates, and what is said of them.

use super::date::Dates;
use super::date_field::{ORDERS, parse as parse_date};
use super::mention::type_setting;
use super::number::{Marks, shorten};
use super::raw::{Cells, RawTable};
use crate::error::{Error, Result};

/// Most distinct categories that are always categories. With more of them than half of the rows, they are names.
pub const FEW: usize = 20;

/// Number of fields among ten that have a type, from which another among them is a mistake.
const OF_TEN: usize = 9;

/// Fewest distinct dates that make a column one of dates.
const FEWEST_DATES: usize = 3;

/// Most characters beside a number.
const BESIDE: usize = 5;

/// The words of a column, of which some have a type.
struct Typed<'a> {
    words: &'a [String],
    codes: &'a [u32],
    /// Whether each word has the type.
    is: Vec<bool>,
    /// Number of fields that have it.
    count: usize,
    /// Number of distinct words that have it.
    distinct: usize,
    /// Number of fields with a word.
    present: usize,
}

impl<'a> Typed<'a> {
    /// `None` if the column is none of words.
    fn of(raw: &'a RawTable, place: usize, is: impl Fn(&str) -> bool) -> Option<Self> {
        let column = &raw.columns[place];
        let Cells::Words { words, codes } = &column.cells else {
            return None;
        };
        let counts = column.counts(0..codes.len());
        let is: Vec<bool> = words.iter().map(|word| is(word)).collect();
        let typed = || counts.iter().zip(&is).filter(|(_, is)| **is);
        Some(Self {
            words,
            codes,
            count: typed().map(|(count, _)| count).sum(),
            distinct: typed().count(),
            present: counts.iter().sum(),
            is,
        })
    }

    /// The first row whose word has the type, or has it not, and its word.
    fn first(&self, has: bool) -> Option<(usize, String)> {
        let word = |row: usize| self.words.get(self.codes[row] as usize);
        let fits = |row: &usize| self.is.get(self.codes[*row] as usize) == Some(&has);
        let row = (0..self.codes.len()).find(fits)?;
        Some((row, shorten(word(row)?)))
    }

    /// Whether nine of ten fields have the type, but not all.
    fn almost(&self) -> bool {
        self.count < self.present && 10 * self.count >= OF_TEN * self.present
    }
}

/// Refuses a field that is no number or no date in an input column where nine of ten fields are, and these are more
/// than twenty distinct numbers, or three dates.
pub fn refuse_odd_input(raw: &RawTable, place: usize) -> Result<()> {
    let names = raw.names();
    let remedy = format!(
        "correct it, empty it if the value is missing, remove the {} if it is none of the table, or set {} or {}",
        raw.row_name(),
        type_setting(&names, place, "category"),
        type_setting(&names, place, "ignore"),
    );
    odd(raw, place, &remedy).map_or(Ok(()), Err)
}

/// Refuses the same in a target column. `classes` says whether its fields can be classes.
pub fn refuse_odd_target(raw: &RawTable, place: usize, classes: bool) -> Result<()> {
    let other = match classes {
        true => ", or set task.problem = \"classification\" if each value is a class",
        false => ", or set task.target for another column",
    };
    let remedy = format!("correct it, or remove the {}{other}", raw.row_name());
    odd(raw, place, &remedy).map_or(Ok(()), Err)
}

/// Refuses a target column whose fields nearly all look like numbers, but are not written as such, where these are more
/// than twenty distinct ones. `classes` says whether its fields can be classes.
pub fn refuse_loose_target(raw: &RawTable, place: usize, classes: bool) -> Result<()> {
    let Some(loose) = Typed::of(raw, place, |word| is_loose_number(word, raw.marks)) else {
        return Ok(());
    };
    let Some(why) = nearly_numbers(raw, place).filter(|_| loose.distinct > FEW) else {
        return Ok(());
    };
    let other = match classes {
        true => "task.problem = \"classification\" if each value is a class",
        false => "task.target for another column",
    };
    let problem = format!("{}: {why}; or set {other}", raw.label(place));
    Err(Error::data(&raw.path, problem))
}

/// What nine of ten fields of a column of words are, or more, if they look like numbers that are not written as such, and
/// are three distinct ones. `None` if numbers are among them.
pub fn nearly_numbers(raw: &RawTable, place: usize) -> Option<String> {
    let numbers = Typed::of(raw, place, |word| raw.marks.parse(word).is_some())?;
    let loose = Typed::of(raw, place, |word| is_loose_number(word, raw.marks))?;
    let is_nearly = 10 * loose.count >= OF_TEN * loose.present && loose.distinct >= FEWEST_DATES;
    (is_nearly && !numbers.half()).then(|| reason(raw, place))?
}

fn odd(raw: &RawTable, place: usize, remedy: &str) -> Option<Error> {
    let label = raw.label(place);
    let numbers = Typed::of(raw, place, |word| raw.marks.parse(word).is_some())?;
    if numbers.almost() && numbers.distinct > FEW {
        let (row, word) = numbers.first(false)?;
        let hint = match place == 0 && word.starts_with('#') {
            true => "; a line that is a comment must be removed",
            false => "",
        };
        let remedy = header_remedy(raw, row).unwrap_or(remedy);
        let problem = format!(
            "{label}: `{word}` is not a number, but {} of {} fields of this column are; {remedy}{hint}",
            numbers.count, numbers.present
        );
        return Some(raw.row_error(row, &problem));
    }
    let dates = best_dates(raw, place)?;
    if dates.almost() && dates.distinct >= FEWEST_DATES {
        let (row, word) = dates.first(false)?;
        let remedy = header_remedy(raw, row).unwrap_or(remedy);
        let problem = format!(
            "{label} looks like dates, but `{word}` is none: {} of {} fields are dates in one order of day, month and \
             year; {remedy}",
            dates.count, dates.present
        );
        return Some(raw.row_error(row, &problem));
    }
    None
}

/// What to do about a word in the first line of a text that was read without a header.
fn header_remedy(raw: &RawTable, row: usize) -> Option<&'static str> {
    let is_first = row == 0 && !raw.header && !raw.lines.is_empty();
    is_first.then_some(
        "if this line names the columns, set task.header = true; otherwise correct the field, or empty it if the value \
         is missing",
    )
}

/// The words of a column that are dates in that order by which most are.
fn best_dates(raw: &RawTable, place: usize) -> Option<Typed<'_>> {
    let in_order = |order| {
        let dates = Dates {
            order,
            times: false,
        };
        Typed::of(raw, place, |word| dates.parse(word).is_some())
    };
    let mut best = in_order(ORDERS[0])?;
    for order in &ORDERS[1..] {
        let other = in_order(*order)?;
        if other.count > best.count {
            best = other;
        }
    }
    Some(best)
}

impl Typed<'_> {
    fn half(&self) -> bool {
        self.count > 0 && 2 * self.count >= self.present
    }

    /// How many fields have the type, and a field that has it not. `None` if all have it.
    fn mixed(&self, raw: &RawTable, what: &str) -> Option<String> {
        let (row, word) = self.first(false)?;
        Some(format!(
            "{} of {} fields are {what}, but others, such as `{word}` at {}, are not: correct these, or empty them if \
             values are missing",
            self.count,
            self.present,
            raw.place(row),
        ))
    }
}

/// Why a column of words is neither numbers nor dates, if at least half of its fields are, or look so.
pub fn reason(raw: &RawTable, place: usize) -> Option<String> {
    let numbers = Typed::of(raw, place, |word| raw.marks.parse(word).is_some())?;
    if numbers.half() {
        return numbers.mixed(raw, "numbers");
    }
    if let Some(why) = date_reason(raw, place) {
        return Some(why);
    }
    let loose = Typed::of(raw, place, |word| is_loose_number(word, raw.marks))?;
    if !loose.half() {
        return None;
    }
    let (row, word) = loose.first(true)?;
    Some(format!(
        "{} of {} fields look like numbers, but are not written as such, as `{word}` at {}: write them with digits, a \
         sign before them, and nothing else",
        loose.count,
        loose.present,
        raw.place(row),
    ))
}

/// Why a column of words is none of dates, if at least half of its fields are, and three distinct ones.
pub fn date_reason(raw: &RawTable, place: usize) -> Option<String> {
    let in_any_order = |word: &str| {
        ORDERS
            .iter()
            .any(|order| parse_date(word, *order).is_some())
    };
    let any = Typed::of(raw, place, in_any_order)?;
    if !any.half() || any.distinct < FEWEST_DATES {
        return None;
    }
    let dates = best_dates(raw, place)?;
    if any.count == dates.count {
        return dates.mixed(raw, "dates");
    }
    let (first, other) = (dates.first(true)?, dates.first(false)?);
    Some(format!(
        "its dates are written in several orders of day, month and year, such as `{}` at {} and `{}` at {}: write all in \
         one order",
        first.1,
        raw.place(first.0),
        other.1,
        raw.place(other.0),
    ))
}

/// Whether a field has hexadecimal digits after `0x`.
fn is_hexadecimal(field: &str) -> bool {
    let digits = field.strip_prefix("0x").or(field.strip_prefix("0X"));
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether a field is a span of time, or another quantity in several units: `2h 5m`.
fn is_span(field: &str) -> bool {
    let is_part = |part: &str| {
        let unit = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_unit =
            (1..=4).contains(&unit.len()) && unit.bytes().all(|byte| byte.is_ascii_alphabetic());
        unit.len() < part.len() && is_unit
    };
    let mut parts = field.split_ascii_whitespace();
    parts.clone().count() > 1 && parts.all(is_part)
}

/// Whether a field has digits in groups of two or three with commas between them, the last of three: `12,34,012`.
fn is_grouped(field: &str) -> bool {
    let field = field.trim_start_matches(['-', '+']);
    let (whole, decimals) = field.split_once('.').unwrap_or((field, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.rsplit(',');
    let is_last = groups.next().is_some_and(|group| group.len() == 3);
    let others: Vec<&str> = groups.collect();
    let fits = |group: &&str| (1..=3).contains(&group.len()) && digits(group);
    is_last
        && !others.is_empty()
        && others.iter().all(fits)
        && digits(decimals)
        && digits(&whole[whole.len() - 3..])
}

/// A field without the three capitals of a currency and a blank before it: `USD 12.57`.
fn without_code(field: &str) -> &str {
    match field.split_once(' ') {
        Some((code, rest))
            if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            rest.trim_start()
        }
        _ => field,
    }
}

/// Whether a field is a number by what a reader would take for one: in parentheses, with a sign after it, with `<` or
/// the like before it, with a few other characters after it, or with a power of ten after `D`.
fn is_loose_number(field: &str, marks: Marks) -> bool {
    let wrapped = field
        .strip_prefix('(')
        .and_then(|body| body.strip_suffix(')'));
    let body = wrapped.unwrap_or(field);
    let body = body.trim_start_matches(['<', '>', '=', '~', '≤', '≥', '≈', '±', ' ']);
    if is_hexadecimal(body) || is_span(body) || is_grouped(body) {
        return true;
    }
    let body = without_code(body);
    let mark = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',' | '\'' | '_');
    let end = body.find(|c| !mark(c)).unwrap_or(body.len());
    let (number, beside) = body.split_at(end);
    let number = number.trim_end_matches(['-', '+']);
    let is_number = |text: &str| marks.parse(text).is_some();
    if !is_number(number) {
        return is_number(body);
    }
    let beside = beside.trim();
    if let Some(other) = beside.strip_prefix('±') {
        return is_number(other.trim());
    }
    if let Some(power) = beside.strip_prefix(['D', 'd'])
        && power.parse::<i32>().is_ok()
    {
        return true;
    }
    let digit = |c: char| c.is_ascii_digit() || c.is_whitespace();
    beside.chars().count() <= BESIDE && !beside.contains(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_numbers_are_those_with_something_beside_them() {
        for field in [
            "(132.10)",
            "5.00-",
            "1.2D+03",
            "<0.1",
            "> 5",
            "0.126 ± 0.1",
            "5 km",
            "12kg",
            "USD -12.57",
            "0x1F",
            "2h 5m",
            "12,34,012",
            "7",
        ] {
            assert!(is_loose_number(field, Marks::default()), "{field}");
        }
        for field in [
            "ada",
            "12 Main Street",
            "2024-01-31",
            "1991-W07",
            "",
            "(a)",
            "10 of 12",
            "12,34,01",
            "Ada 12 a",
        ] {
            assert!(!is_loose_number(field, Marks::default()), "{field}");
        }
    }
}
