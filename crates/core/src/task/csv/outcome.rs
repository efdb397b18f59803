//! Decides whether the target columns of a table are classes or real numbers, and reads them.

use std::collections::{BTreeMap, HashMap};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::number::{finite, parse, shorten};
use super::table::Table;
use crate::error::{Error, Result};
use crate::task::split::MOST_NUMBERS;
use crate::task::{Split, Target};

/// Most distinct whole numbers that [`TargetKind::Auto`] takes as classes.
const FEW: usize = 20;
/// Most classes of a table.
const MOST_CLASSES: usize = 1000;

/// Largest count of numbers in one-hot targets per byte of the file; [`ALWAYS`] numbers are accepted anyway.
/// Otherwise short rows with a thousand classes could fill the memory.
const A_BYTE: usize = 16;
/// One-hot targets with this count of numbers are accepted for every file.
const ALWAYS: usize = 1 << 16;

/// The kind of target that the settings ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// Decided by the data. Several targets are regression. One target is classification if a field is not a
    /// number, or if there are at most 20 distinct numbers and all are whole. Otherwise it is regression.
    #[default]
    Auto,
    /// Each distinct field is a class.
    Classification,
    /// The fields are real numbers.
    Regression,
}

/// Decides the kind of the targets of a training table.
///
/// # Errors
/// [`Error::Data`] if a field is missing or not finite, or if there are fewer than two classes or too many.
pub fn decide(table: &Table<'_>, problem: TargetKind) -> Result<Target> {
    let several = table.roles.targets.len() > 1;
    if problem == TargetKind::Regression || (problem == TargetKind::Auto && several) {
        return Ok(values(table));
    }
    let fields = || table.targets().filter_map(<[String]>::first);
    for (row, field) in fields().enumerate() {
        if field.is_empty() || parse(field).is_some_and(|value| !value.is_finite()) {
            let field = shorten(field);
            let problem = format!("`{field}` is a missing value: fill it in or remove the row");
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

/// The rows of a table, with targets of the decided kind.
///
/// # Errors
/// [`Error::Data`] with the line, if a target is not a finite number or not one of the classes.
/// [`Error::Data`] if the one-hot targets are too large for the size of the file.
pub fn rows(table: &Table<'_>, target: &Target) -> Result<Split> {
    match target {
        Target::Classes(names) => {
            check_one_hot(table, names.len())?;
            let numbers = names.iter().all(|name| parse(name).is_some());
            let places: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
            let label = |(row, field): (usize, &String)| {
                let name = class_name(field, numbers);
                places.get(name.as_str()).copied().ok_or_else(|| {
                    let problem = format!("the class `{}` has no training row", shorten(field));
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

/// Checks that one-hot targets do not take more memory than a multiple of the file.
fn check_one_hot(table: &Table<'_>, classes: usize) -> Result<()> {
    let (rows, bytes) = (table.len(), table.source.text.len());
    let most = bytes.saturating_mul(A_BYTE).clamp(ALWAYS, MOST_NUMBERS);
    if rows.saturating_mul(classes) <= most {
        return Ok(());
    }
    let place = table.roles.targets.first().copied().unwrap_or_default();
    let problem = format!(
        "{} has {classes} classes in {rows} rows of {} bytes on average, and each row needs one \
        number per class, which is accepted for at most {} classes in this file; merge or remove \
        rare classes, set task.problem = \"regression\" if these are numbers, or set task.target \
        for another column",
        table.roles.label(place),
        bytes / rows.max(1),
        most / rows.max(1),
    );
    Err(Error::data(table.source.path, problem))
}

/// Whether [`TargetKind::Auto`] takes numbers as real numbers: too many are distinct, or not all are whole.
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

/// The name of a class. If all fields are numbers, `1`, `01` and `1.0` are the same class.
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
            "{label} has only the class `{}`, but at least two classes are needed; check that \
            task.target is the right column",
            shorten(only)
        ),
        _ if names.len() > MOST_CLASSES => format!(
            "{label} has {} distinct values, but at most {MOST_CLASSES} classes are accepted; set \
            task.problem = \"regression\" if these are numbers, or set task.target for another column",
            names.len()
        ),
        _ => return Ok(()),
    };
    Err(Error::data(table.source.path, problem))
}
