//! Types of columns, by the rules that `docs/preprocessing.md` states.

use serde::{Deserialize, Serialize};

use super::almost::{FEW, date_reason, reason, refuse_odd_input};
use super::date::Dates;
use super::date_field::DateOrder;
use super::raw::{Cells, RawColumn, RawTable};
use super::row_number::{is_nameless, is_row_number, is_telling};
use crate::error::{Error, Result};

/// A type that settings give to a column, in `task.types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Numbers.
    Number,
    /// Categories; numbers too are names of categories, and only an empty field is missing.
    Category,
    /// Two words.
    Boolean,
    /// Dates.
    Date,
    /// The column is left out.
    Ignore,
}

/// How a container is to read a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// As numbers or dates if all fields are, and otherwise as words.
    Auto,
    /// As numbers; other fields are refused.
    Number,
    /// As dates, in this order of day, month and year if it is known; other fields are refused.
    Date(Option<DateOrder>),
    /// As words.
    Words,
    /// As words, where only an empty field is missing.
    AllWords,
    /// Not at all.
    Nothing,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Dates.
    Date(Dates),
    /// Two words: that for 0, and that for 1.
    Boolean([String; 2]),
    /// Categories.
    Category,
    /// Free text, or names.
    Words,
    /// Nothing but missing values, or it was not read.
    Empty,
}

/// Words of two kinds, that for 0 first.
const PAIRS: &[[&str; 2]] = &[
    ["false", "true"],
    ["no", "yes"],
    ["f", "t"],
    ["n", "y"],
    ["off", "on"],
];

/// What a column holds, and why it is left out if it is. `asked` is the type that settings give.
///
/// # Errors
/// [`Error::Data`] with the line of a word among numbers or dates. [`Error::Setting`] if the column cannot have the type
/// that is asked for.
pub fn judge(
    raw: &RawTable,
    place: usize,
    asked: Option<ColumnType>,
) -> Result<(Kind, Option<String>)> {
    let column = &raw.columns[place];
    let unfit = |kind: &str, problem: String| {
        let key = format!("task.types.{}", raw.title(place));
        Err(Error::setting(
            key,
            format!("{kind:?}"),
            format!("the column has {problem}; remove this setting, or give another type"),
        ))
    };
    if asked == Some(ColumnType::Ignore) {
        let why = "task.ignore or task.types says so";
        return Ok((Kind::Empty, Some(why.to_owned())));
    }
    let rows = raw.len();
    let present = rows - column.cells.missing();
    if let (Some(why), None) = (&column.left_out, asked) {
        return Ok((kind_of(&column.cells), Some(why.clone())));
    }
    let (words, codes) = match &column.cells {
        Cells::Skipped => match (&column.left_out, asked) {
            (Some(why), Some(asked)) => {
                let kind = format!("{asked:?}").to_lowercase();
                return unfit(&kind, format!("no such values: {why}"));
            }
            _ => return Ok((Kind::Empty, Some("it is not read".to_owned()))),
        },
        Cells::TooMany => {
            let many = format!("more than {} distinct words", Cells::MOST_WORDS);
            return match asked {
                Some(_) => unfit("category", many),
                None => Ok((
                    Kind::Words,
                    Some(format!("{many}, as in names or free text")),
                )),
            };
        }
        _ if present == 0 => return Ok((Kind::Empty, Some("no field has a value".to_owned()))),
        Cells::Dates(_, dates) => return Ok((Kind::Date(*dates), None)),
        Cells::Numbers(values) => {
            let counts = asked.is_none() && present == rows && is_row_number(&column.name, values);
            let why = "whole numbers, all distinct, as if they numbered the rows";
            return Ok((Kind::Number, counts.then(|| why.to_owned())));
        }
        Cells::Words { words, codes } => (words, codes),
    };
    if asked.is_none() {
        refuse_odd_input(raw, place)?;
    }
    match (boolean(column), asked) {
        (Some(pair), None | Some(ColumnType::Boolean)) => return Ok((Kind::Boolean(pair), None)),
        (None, Some(ColumnType::Boolean)) => {
            if let [first, second] = &words[..] {
                let mut pair = [first.clone(), second.clone()];
                pair.sort();
                return Ok((Kind::Boolean(pair), None));
            }
            return unfit(
                "boolean",
                format!("{} distinct words, but must have two", words.len()),
            );
        }
        (_, Some(_)) => return Ok((Kind::Category, None)),
        (None, None) => {}
    }
    let distinct = words.len();
    let told = |why: &str| reason(raw, place).unwrap_or_else(|| why.to_owned());
    let all_distinct = distinct == present && distinct > 2;
    if all_distinct && (is_telling(&column.name) || is_nameless(&column.name)) {
        let why = "words, all distinct, as if they named the rows";
        return Ok((Kind::Words, Some(told(why))));
    }
    if all_distinct || (distinct > FEW && 2 * distinct > present) {
        let why = "more than half of the words are distinct, as in names or free text";
        return Ok((Kind::Words, Some(told(why))));
    }
    if let Some(why) = date_reason(raw, place) {
        return Ok((Kind::Words, Some(why)));
    }
    let same = distinct == 1 && present == codes.len();
    let why = same.then(|| "all fields are equal".to_owned());
    Ok((Kind::Category, why))
}

/// What a column holds, by its fields alone.
pub fn kind_of(cells: &Cells) -> Kind {
    match cells {
        Cells::Numbers(_) => Kind::Number,
        Cells::Dates(_, dates) => Kind::Date(*dates),
        Cells::Words { .. } | Cells::TooMany => Kind::Category,
        Cells::Skipped => Kind::Empty,
    }
}

/// The two words of a column of words of two kinds, each in its most frequent spelling; that for 0 first.
fn boolean(column: &RawColumn) -> Option<[String; 2]> {
    let Cells::Words { words, codes } = &column.cells else {
        return None;
    };
    if words.len() > 12 {
        return None;
    }
    let counts = column.counts(0..codes.len());
    PAIRS.iter().find_map(|pair| {
        let side = |side: usize| {
            let spelled = words.iter().zip(&counts);
            let mine = spelled.filter(move |(word, _)| word.eq_ignore_ascii_case(pair[side]));
            mine.max_by_key(|(_, count)| **count)
                .map(|(word, _)| word.clone())
        };
        let fits = |word: &String| pair.iter().any(|side| word.eq_ignore_ascii_case(side));
        words.iter().all(fits).then(|| Some([side(0)?, side(1)?]))?
    })
}
