//! Fits the encoding of a column on the training rows.

use super::choices::Choices;
use super::digits::count_as_words;
use super::encoding::{Boolean, Code, Encoding, OneHot, PiecewiseLinear, Quantile, Standard};
use super::number::Marks;
use super::outcome::class_name;
use super::raw::{Cells, RawColumn};
use super::schema::{ColumnSchema, FieldType, Role};
use super::typing::Kind;

/// Fits an input column on the training rows, as the settings say.
pub fn fit(
    name: String,
    column: &RawColumn,
    kind: &Kind,
    choices: &Choices<'_>,
    train: &[usize],
) -> ColumnSchema {
    let gaps = train.iter().any(|&row| column.cells.is_missing(row));
    let mut schema = ColumnSchema {
        name,
        kind: field_type(kind),
        role: Role::Input,
        why: None,
        dates: match kind {
            Kind::Date(dates) => Some(*dates),
            _ => None,
        },
        encoding: None,
        imputed: None,
        indicator: gaps,
        every_word: false,
    };
    match (kind, &column.cells) {
        (_, Cells::Numbers(values) | Cells::Dates(values, _)) => {
            let present = train.iter().map(|&row| values[row]);
            let mut present: Vec<f64> = present.filter(|value| !value.is_nan()).collect();
            schema.encoding = Some(of_numbers(&present, choices.encoding));
            schema.imputed = Some(median(&mut present));
        }
        (Kind::Boolean(words), _) => {
            let code = Boolean {
                words: words.clone(),
            };
            let ones: usize = counts(column, train)
                .into_iter()
                .filter(|(word, _)| code.encode(word) == Some(1.0))
                .map(|(_, count)| count)
                .sum();
            schema.imputed = Some(if 2 * ones > train.len() { 1.0 } else { 0.0 });
            schema.encoding = Some(Code::Boolean(code));
        }
        _ => {
            schema.indicator = false;
            let code = OneHot::fit(counts(column, train), gaps, choices.pooling);
            schema.encoding = Some(Code::OneHot(code));
        }
    }
    schema
}

/// A column that is no input.
pub fn unused(name: String, kind: &Kind, why: Option<String>) -> ColumnSchema {
    ColumnSchema {
        name,
        kind: field_type(kind),
        role: if why.is_some() {
            Role::LeftOut
        } else {
            Role::Target
        },
        why,
        dates: match kind {
            Kind::Date(dates) => Some(*dates),
            _ => None,
        },
        encoding: None,
        imputed: None,
        indicator: false,
        every_word: false,
    }
}

/// The type of a column that holds this.
pub fn field_type(kind: &Kind) -> FieldType {
    match kind {
        Kind::Number => FieldType::Number,
        Kind::Date(_) => FieldType::Date,
        Kind::Boolean(_) => FieldType::Boolean,
        Kind::Category => FieldType::Category,
        Kind::Words => FieldType::Words,
        Kind::Empty => FieldType::Empty,
    }
}

/// The encoding of numbers. Equal values are standardised in every encoding: they become 0.
fn of_numbers(values: &[f64], encoding: Encoding) -> Code {
    let differ = values.iter().any(|value| Some(value) != values.first());
    let binned = || PiecewiseLinear::fit(values).map(Code::PiecewiseLinear);
    let code = match encoding {
        Encoding::Quantile if differ => Some(Code::Quantile(Quantile::fit(values))),
        Encoding::PiecewiseLinear if differ => binned(),
        _ => None,
    };
    code.unwrap_or_else(|| Code::Standard(Standard::fit(values)))
}

/// The lower median; 0 of nothing.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The categories of these rows with their counts. If all are numbers and no codes, equal numbers are one category.
fn counts(column: &RawColumn, rows: &[usize]) -> Vec<(String, usize)> {
    let Cells::Words { words, .. } = &column.cells else {
        return Vec::new();
    };
    let counts = column.counts(rows.iter().copied());
    let is_number = |word: &String| Marks::default().parse(word).is_some();
    let numeric = words.iter().all(is_number) && !count_as_words(words);
    let mut named: Vec<(String, usize)> = Vec::new();
    for (word, count) in words.iter().zip(counts) {
        let name = class_name(word, numeric);
        match named
            .iter_mut()
            .find(|(other, _)| numeric && *other == name)
        {
            Some((_, rows)) => *rows += count,
            None => named.push((name, count)),
        }
    }
    named
}
