//! A table as a set, with a header, numbers in all columns of inputs, and the target in the last column or
//! columns.

use std::path::Path;

use ndarray::Array2;

use super::classes;
use super::set::Foreign;
use crate::error::{Error, Result};
use crate::synthetic::RawSet;
use crate::task::{Target, Task};

/// Reads a table for a task of vectors: as many columns of numbers as the task has features, in their order,
/// then the class, or a value for each target.
pub fn read(path: &Path, task: &Task) -> Result<Foreign> {
    let failed = |error: ::csv::Error| Error::data(path, error.to_string());
    let mut reader = ::csv::ReaderBuilder::new()
        .trim(::csv::Trim::All)
        .from_path(path)
        .map_err(failed)?;
    let (features, values) = (task.inputs.len(), task.target.len());
    let targets = task.target.classes().map_or(values, |_| 1);
    let found = reader.headers().map_err(failed)?.len();
    if found != features + targets {
        let problem = format!(
            "has {found} columns, but the task has {features} features and {targets} of targets, which come last"
        );
        return Err(Error::data(path, problem));
    }
    let (mut numbers, mut words) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let line = record.position().map_or(0, ::csv::Position::line);
        for (column, field) in record.iter().enumerate() {
            if column >= features && task.target.classes().is_some() {
                words.push(field.to_owned());
                continue;
            }
            let value = field.parse().ok().filter(|value: &f64| value.is_finite());
            let value = value.ok_or_else(|| {
                let problem = format!(
                    "line {line}: column {column} (counted from 0) has `{}`, but a finite number is needed",
                    field.chars().take(60).collect::<String>()
                );
                Error::data(path, problem)
            })?;
            numbers.push(value);
        }
    }
    let width = features + if words.is_empty() { targets } else { 0 };
    let rows = numbers.len() / width;
    if rows == 0 {
        return Err(Error::data(path, "has no rows"));
    }
    let numbers = Array2::from_shape_vec((rows, width), numbers);
    let numbers = numbers.map_err(|error| Error::data(path, error.to_string()))?;
    let inputs = numbers.slice(ndarray::s![.., ..features]).to_owned();
    let (targets, matched) = match &task.target {
        Target::Classes(names) => {
            let (targets, matched) = classes::targets(path, &words, names)?;
            (targets, Some(matched))
        }
        Target::Values(_) => (numbers.slice(ndarray::s![.., features..]).to_owned(), None),
    };
    let raw = RawSet {
        shape: task.inputs,
        target: task.target.clone(),
        inputs,
        targets,
        step_sizes: None,
        readout: None,
    };
    Ok(Foreign { raw, matched })
}
