//! What the target columns of a table mean: classes or real numbers.

use std::collections::{BTreeMap, HashMap};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::number::{finite, parse, shorten};
use super::table::Table;
use crate::error::{Error, Result};
use crate::task::split::MOST_NUMBERS;
use crate::task::{Split, Target};

/// Most different whole numbers that are taken for classes without being asked to.
const FEW: usize = 20;
/// Most classes.
const MOST_CLASSES: usize = 1000;

/// One-hot targets may hold this many numbers for each byte of the file, and [`ALWAYS`] in any case: a
/// few short rows with a thousand classes would otherwise fill the memory.
const A_BYTE: usize = 16;
/// One-hot targets of this many numbers are accepted of any file.
const ALWAYS: usize = 1 << 16;

/// What is asked of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// Regression for several targets. For one, classification where a field is not a number or
    /// where there are at most 20 different numbers, all whole; regression otherwise.
    #[default]
    Auto,
    /// Each different field is a class.
    Classification,
    /// The fields are real numbers.
    Regression,
}

/// Decides what the targets of a training table are.
///
/// # Errors
/// Missing or non-finite fields; fewer than two classes, or too many.
pub fn decide(table: &Table<'_>, problem: TargetKind) -> Result<Target> {
    let several = table.roles.targets.len() > 1;
    if problem == TargetKind::Regression || (problem == TargetKind::Auto && several) {
        return Ok(values(table));
    }
    let fields = || table.targets().filter_map(<[String]>::first);
    for (row, field) in fields().enumerate() {
        if field.is_empty() || parse(field).is_some_and(|value| !value.is_finite()) {
            let field = shorten(field);
            let problem = format!("`{field}` is a missing value: fill it in or leave the row out");
            return Err(table.target_error(row, 0, &problem));
        }
    }
    let numbers: Option<Vec<f64>> = fields().map(|field| parse(field)).collect();
    if problem == TargetKind::Auto && numbers.as_deref().is_some_and(not_classes) {
        return Ok(values(table));
    }
    let mut seen = BTreeMap::new();
    for field in fields() {
        *seen
            .entry(class_name(field, numbers.is_some()))
            .or_insert(0) += 1;
    }
    let mut names: Vec<String> = seen.into_keys().collect();
    if numbers.is_some() {
        let value = |name: &String| parse(name).unwrap_or_default();
        names.sort_by(|a, b| value(a).total_cmp(&value(b)));
    }
    check_classes(table, &names)?;
    Ok(Target::Classes(names))
}

/// A table's rows, by what its targets were decided to be.
///
/// # Errors
/// A target that is not a finite number, or not one of the classes, with file and line; more classes
/// times rows than the file justifies.
pub fn rows(table: &Table<'_>, target: &Target) -> Result<Split> {
    match target {
        Target::Classes(names) => {
            check_one_hot(table, names.len())?;
            let numbers = names.iter().all(|name| parse(name).is_some());
            let places: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
            let label = |(row, field): (usize, &String)| {
                let name = class_name(field, numbers);
                places.get(name.as_str()).copied().ok_or_else(|| {
                    let problem = format!("class `{}` has no training row", shorten(field));
                    table.target_error(row, 0, &problem)
                })
            };
            let fields = table.targets().filter_map(<[String]>::first).enumerate();
            let labels = fields.map(label).collect::<Result<_>>()?;
            Ok(Split::classes(table.features.clone(), labels, names.len()))
        }
        Target::Values(names) => {
            let mut targets = Array2::zeros((table.len(), names.len()));
            for (row, fields) in table.targets().enumerate() {
                for (place, field) in fields.iter().enumerate() {
                    targets[[row, place]] = finite(field)
                        .map_err(|problem| table.target_error(row, place, &problem))?;
                }
            }
            Ok(Split::values(table.features.clone(), targets))
        }
    }
}

/// Refuses one-hot targets that take more memory than a multiple of the file.
fn check_one_hot(table: &Table<'_>, classes: usize) -> Result<()> {
    let (rows, bytes) = (table.len(), table.source.text.len());
    let most = bytes.saturating_mul(A_BYTE).clamp(ALWAYS, MOST_NUMBERS);
    if rows.saturating_mul(classes) <= most {
        return Ok(());
    }
    let place = table.roles.targets.first().copied().unwrap_or_default();
    let problem = format!(
        "{} has {classes} classes in {rows} rows of {} bytes on average, but as many numbers as \
         classes are kept of each row, and of this file that is accepted up to {} classes; merge \
         or leave out rare classes, for numbers set task.problem = \"regression\", for another \
         column task.target",
        table.roles.label(place),
        bytes / rows.max(1),
        most / rows.max(1),
    );
    Err(Error::data(table.source.path, problem))
}

/// Whether numbers, unless asked to, are not classes: too many different ones, or not all whole.
fn not_classes(numbers: &[f64]) -> bool {
    let mut different = numbers.to_vec();
    different.sort_unstable_by(f64::total_cmp);
    different.dedup();
    different.len() > FEW || different.iter().any(|value| value.fract() != 0.0)
}

fn values(table: &Table<'_>) -> Target {
    let name = |&place: &usize| table.roles.names[place].clone();
    Target::Values(table.roles.targets.iter().map(name).collect())
}

/// What a class is called. Among numbers, `1`, `01` and `1.0` are the same class.
fn class_name(field: &str, numbers: bool) -> String {
    match parse(field) {
        // Adding 0 turns -0 into 0.
        Some(value) if numbers => (value + 0.0).to_string(),
        _ => field.to_owned(),
    }
}

fn check_classes(table: &Table<'_>, names: &[String]) -> Result<()> {
    let place = table.roles.targets.first().copied().unwrap_or_default();
    let label = table.roles.label(place);
    let problem = match names {
        [] => format!("{label} has no classes"),
        [only] => format!(
            "{label} has only the class `{}`, but at least two are needed; is it the right column \
             (task.target)?",
            shorten(only)
        ),
        _ if names.len() > MOST_CLASSES => format!(
            "{label} has {} different values, but {MOST_CLASSES} classes are the most that are \
             accepted; for numbers set task.problem = \"regression\", for another column task.target",
            names.len()
        ),
        _ => return Ok(()),
    };
    Err(Error::data(table.source.path, problem))
}
