//! Decides whether the target columns of a table are classes or real numbers, and reads them.

use std::collections::{BTreeMap, HashMap};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::almost::{refuse_loose_target, refuse_odd_target};
use super::digits::{are_codes, count_as_words};
use super::mention::type_setting;
use super::number::{Marks, shorten, text};
use super::raw::{Cells, RawTable};
use super::row_number::is_row_number;
use crate::error::{Error, Result};
use crate::task::Target;
use crate::task::class_count::{FEW, MOST_CLASSES, exceeded};

/// The rule where the settings decide.
const ASKED: &str = "task.problem says so";

/// What codes are.
const CODES: &str = "digits of equal length, of which some begin with 0";
/// What whole numbers are that are codes since digits would be lost.
const TOO_LONG: &str = "whole numbers that differ in digits which a number does not hold";

/// The kind of target that the settings ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// Decided by the data. Several targets are regression. One target is classification if its fields are words,
    /// or if they are at most 20 distinct numbers, all are whole, and none is
    /// written with a mark of thousands, a currency or a per cent sign. Otherwise it is regression.
    #[default]
    Auto,
    /// Each distinct field is a class.
    #[serde(alias = "classes")]
    Classification,
    /// The fields are real numbers.
    #[serde(alias = "numbers")]
    Regression,
}

/// The targets of some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The class of each row.
    Classes(Vec<usize>),
    /// Values `[n, targets]`, in the units of the table.
    Values(Array2<f64>),
}

/// What the targets of a table are.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Kind of the targets, with names.
    pub target: Target,
    /// The rule that decided.
    pub rule: String,
    /// The value of `task.problem` that makes it the other kind, if the targets can be both.
    pub other: Option<&'static str>,
}

/// Decides the kind of the targets of a training table, from these rows. None of their targets is missing.
///
/// # Errors
/// [`Error::Data`] if a word is among numbers, if there are fewer than two classes or too many, or if no other column,
/// or a target of numbers, varies.
pub fn decide(
    raw: &RawTable,
    targets: &[usize],
    problem: TargetKind,
    rows: &[usize],
) -> Result<Decided> {
    check_inputs(raw, targets)?;
    let fits = |distinct| {
        // Fewer rows a class leave none for the test.
        let few = (2..=MOST_CLASSES.min(rows.len() / 2)).contains(&distinct);
        few && check_one_hot(raw, targets[0], rows.len(), distinct).is_ok()
    };
    let values = |rule: &str, distinct: usize| {
        for &place in targets {
            check_numbers(raw, place)?;
        }
        let names = targets.iter().map(|&place| raw.title(place)).collect();
        Ok(Decided {
            target: Target::Values(names),
            rule: rule.to_owned(),
            other: fits(distinct).then_some("classification"),
        })
    };
    let (&[place], false) = (targets, problem == TargetKind::Regression) else {
        let rule = match problem {
            TargetKind::Regression => ASKED,
            _ => "several targets are numbers",
        };
        return values(rule, 0);
    };
    let asked = problem == TargetKind::Classification;
    let (names, rule, other) = match &raw.columns[place].cells {
        Cells::Numbers(numbers) => {
            let mut sorted: Vec<f64> = rows.iter().map(|&row| numbers[row] + 0.0).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted.dedup();
            let whole = sorted.iter().all(|value| value.fract() == 0.0);
            let quantities = raw.columns[place].quantities;
            if !asked && (sorted.len() > FEW || !whole || quantities) {
                let rule = match whole {
                    _ if quantities => {
                        "its numbers have a mark of thousands, a currency or a per cent sign"
                    }
                    _ if is_row_number(&raw.columns[place].name, numbers) => {
                        "its values look like row numbers: if another column is meant, task.target names it"
                    }
                    true => "it has more than 20 distinct whole numbers",
                    false => "its values are numbers, and not all are whole",
                };
                if !asked && sorted.len() == 1 && rows.len() > 1 {
                    return Err(no_variety(raw, place, sorted[0]));
                }
                return values(rule, sorted.len());
            }
            let names = sorted.iter().map(f64::to_string).collect();
            let rule = "it has at most 20 distinct values, and all are whole numbers";
            (names, rule.to_owned(), Some("regression"))
        }
        Cells::Dates(..) if !asked => return values("its values are dates, counted in days", 0),
        Cells::Words { words, .. } => {
            let names = word_classes(raw, place, words, rows);
            let codes = match () {
                () if are_codes(&names) => Some(CODES),
                () if count_as_words(&names) && names.iter().all(|name| parse(name).is_some()) => {
                    Some(TOO_LONG)
                }
                () => None,
            };
            if !asked {
                refuse_odd_target(raw, place, fits(names.len()))?;
                refuse_loose_target(raw, place, fits(names.len()))?;
                if let Some(what) = codes
                    && names.len() > FEW
                    && !fits(names.len())
                {
                    return Err(refused_codes(raw, place, what, names.len()));
                }
            }
            let rule = match codes {
                Some(what) => format!("its values are codes: {what}"),
                None => "its values are words".to_owned(),
            };
            (names, rule, None)
        }
        Cells::TooMany => {
            check_count(raw, place, Cells::MOST_WORDS + 1)?;
            (Vec::new(), String::new(), None)
        }
        Cells::Dates(..) | Cells::Skipped => {
            let problem = format!(
                "{} cannot be classes: set task.problem = \"regression\" to predict dates as numbers, or set \
                 task.target for another column",
                raw.label(place)
            );
            return Err(Error::data(&raw.path, problem));
        }
    };
    check_classes(raw, place, &names)?;
    Ok(Decided {
        target: Target::Classes(names),
        rule: if asked { ASKED.to_owned() } else { rule },
        other: other.filter(|_| !asked),
    })
}

/// The targets of these rows, of the decided kind.
///
/// # Errors
/// [`Error::Data`] with the line, if a target is not a number or not one of the classes. [`Error::Data`] if the
/// one-hot targets are too large for the size of the file.
pub fn read(raw: &RawTable, targets: &[usize], target: &Target, rows: &[usize]) -> Result<Outcome> {
    match target {
        Target::Classes(names) => {
            let place = targets.first().copied().unwrap_or_default();
            check_one_hot(raw, place, rows.len(), names.len())?;
            let class = classes(names);
            let unknown = |row: usize, name: &str| {
                let label = raw.label(place);
                let problem = format!(
                    "{label}: the class `{}` has no training row; leave this row out, or add rows of the class to \
                     the training file",
                    shorten(name)
                );
                raw.row_error(row, &problem)
            };
            let labels = match &raw.columns[place].cells {
                Cells::Numbers(values) => {
                    let label = |&row: &usize| {
                        let name = (values[row] + 0.0).to_string();
                        class(&name).ok_or_else(|| unknown(row, &name))
                    };
                    rows.iter().map(label).collect::<Result<_>>()?
                }
                Cells::Words { words, codes } => {
                    let known: Vec<Option<usize>> = words.iter().map(|word| class(word)).collect();
                    let label = |&row: &usize| {
                        let code = codes[row] as usize;
                        known[code].ok_or_else(|| unknown(row, &words[code]))
                    };
                    rows.iter().map(label).collect::<Result<_>>()?
                }
                _ => {
                    return Err(Error::data(
                        &raw.path,
                        format!("{} has no classes", raw.label(place)),
                    ));
                }
            };
            Ok(Outcome::Classes(labels))
        }
        Target::Values(names) => {
            let mut values = Array2::zeros((rows.len(), names.len()));
            for (&place, mut column) in targets.iter().zip(values.columns_mut()) {
                check_numbers(raw, place)?;
                let numbers = raw.columns[place].cells.numbers().unwrap_or_default();
                for (&row, value) in rows.iter().zip(&mut column) {
                    *value = numbers[row];
                }
            }
            Ok(Outcome::Values(values))
        }
    }
}

/// The place of a class by its name. If all classes are numbers and no codes, `1`, `01` and `1.0` are the same.
fn classes(names: &[String]) -> impl Fn(&str) -> Option<usize> {
    let numbers = names.iter().all(|name| parse(name).is_some()) && !count_as_words(names);
    let places: HashMap<String, usize> = names.iter().cloned().zip(0..).collect();
    move |name| places.get(&class_name(name, numbers)).copied()
}

fn word_classes(raw: &RawTable, place: usize, words: &[String], rows: &[usize]) -> Vec<String> {
    let counts = raw.columns[place].counts(rows.iter().copied());
    let seen = words.iter().zip(&counts).filter(|(_, count)| **count > 0);
    let seen: Vec<&String> = seen.map(|(word, _)| word).collect();
    let numbers = seen.iter().all(|word| parse(word).is_some()) && !count_as_words(&seen);
    let names: BTreeMap<String, ()> = seen
        .into_iter()
        .map(|word| (class_name(word, numbers), ()))
        .collect();
    let mut names: Vec<String> = names.into_keys().collect();
    if numbers {
        finite_class_order(&mut names);
    }
    names
}

/// Sorts classes that are numbers.
pub fn finite_class_order(names: &mut [String]) {
    let value = |name: &String| parse(name).unwrap_or_default();
    names.sort_by(|a, b| value(a).total_cmp(&value(b)));
}

/// The name of a class. If all fields are numbers, `1`, `01` and `1.0` are the same class.
pub fn class_name(field: &str, numbers: bool) -> String {
    match parse(field) {
        // Adding 0 turns -0 into 0.
        Some(value) if numbers => (value + 0.0).to_string(),
        _ => field.to_owned(),
    }
}

fn parse(field: &str) -> Option<f64> {
    Marks::default()
        .parse(field)
        .filter(|value| value.is_finite())
}

/// Checks that a target column holds numbers or dates.
fn check_numbers(raw: &RawTable, place: usize) -> Result<()> {
    let label = raw.label(place);
    let problem = match &raw.columns[place].cells {
        Cells::Numbers(_) | Cells::Dates(..) => return Ok(()),
        Cells::Words { words, codes } => {
            let is_word = |code: &u32| {
                let word = words.get(*code as usize);
                word.is_some_and(|word| raw.marks.parse(word).is_none())
            };
            let Some(row) = codes.iter().position(is_word) else {
                let problem = format!(
                    "{label}: its fields are read as words, and a regression needs numbers; set {}",
                    type_setting(&raw.names(), place, "number"),
                );
                return Err(Error::data(&raw.path, problem));
            };
            let word = codes.get(row).and_then(|code| words.get(*code as usize));
            let word = shorten(word.map_or("", String::as_str));
            let problem = format!(
                "{label}: `{word}` is not a number, and a regression needs numbers; correct the field, or leave \
                     the column out of task.target; a single target of words is predicted with task.problem = \
                     \"classification\""
            );
            return Err(raw.row_error(row, &problem));
        }
        Cells::TooMany | Cells::Skipped => {
            format!("{label} is not a column of numbers: set task.target for another column")
        }
    };
    Err(Error::data(&raw.path, problem))
}

/// Checks that some column other than the targets varies, in a table of several rows.
fn check_inputs(raw: &RawTable, targets: &[usize]) -> Result<()> {
    let mut inputs = raw.columns.iter().zip(0..);
    let varies = inputs.any(|(column, place)| !targets.contains(&place) && column.cells.varies());
    if varies || raw.len() < 2 {
        return Ok(());
    }
    let problem = "has no column beside the target that varies, so that nothing can be learned from its rows; add columns that do, \
                   or check task.target, task.ignore and task.types";
    Err(Error::data(&raw.path, problem))
}

/// The error if all targets are the same number.
fn no_variety(raw: &RawTable, place: usize, value: f64) -> Error {
    let problem = format!(
        "{} is always {}, so that there is nothing to predict; set task.target for another column",
        raw.label(place),
        text(value),
    );
    Error::data(&raw.path, problem)
}

/// The error if codes are too many for classes.
fn refused_codes(raw: &RawTable, place: usize, what: &str, classes: usize) -> Error {
    let problem = format!(
        "{}: its {classes} distinct values are {what}; as classes they have \
         too few rows each: set {} to predict numbers, or task.target for another column",
        raw.label(place),
        type_setting(&raw.names(), place, "number"),
    );
    Error::data(&raw.path, problem)
}

/// Checks that one-hot targets do not take more memory than a multiple of the file.
fn check_one_hot(raw: &RawTable, place: usize, rows: usize, classes: usize) -> Result<()> {
    let bytes = raw.bytes;
    let Some(most) = exceeded(bytes, rows, classes) else {
        return Ok(());
    };
    let problem = format!(
        "{} has {classes} classes in {rows} rows of {} bytes on average, and each row needs one \
        number per class, which is accepted for at most {} classes in this file; merge or remove \
        rare classes, set task.problem = \"regression\" if these are numbers, or set task.target \
        for another column",
        raw.label(place),
        bytes / rows.max(1),
        most / rows.max(1),
    );
    Err(Error::data(&raw.path, problem))
}

fn check_classes(raw: &RawTable, place: usize, names: &[String]) -> Result<()> {
    let label = raw.label(place);
    let problem = match names {
        [] => format!("{label} has no classes: set task.target for another column"),
        [only] => format!(
            "{label} has only the class `{}`, but at least two classes are needed; check that \
            task.target is the right column",
            shorten(only)
        ),
        _ => return check_count(raw, place, names.len()),
    };
    Err(Error::data(&raw.path, problem))
}

fn check_count(raw: &RawTable, place: usize, count: usize) -> Result<()> {
    if count <= MOST_CLASSES {
        return Ok(());
    }
    let label = raw.label(place);
    let count = match count > Cells::MOST_WORDS {
        true => format!("more than {}", Cells::MOST_WORDS),
        false => count.to_string(),
    };
    let problem = format!(
        "{label} has {count} distinct values, but at most {MOST_CLASSES} classes are accepted; set \
        task.problem = \"regression\" if these are numbers, or set task.target for another column"
    );
    Err(Error::data(&raw.path, problem))
}
