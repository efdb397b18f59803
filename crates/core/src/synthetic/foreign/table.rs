//! A table as a set: names of columns, the columns of inputs, and those of the targets.
//!
//! If the task was made of a table, columns are found by the names of that table, in any order. Otherwise they are
//! as many numbers as the task has features, in its order, and then the class or the values.

use std::path::Path;

use ndarray::Array2;

use super::rows::Fields;
use super::set::Foreign;
use super::{classes, remarks};
use crate::error::{Error, Result};
use crate::synthetic::raw::undone;
use crate::task::{
    Cell, ColumnSchema, Columns, Role, TableSchema, Target, Task, is_missing, is_row_number,
};

/// The points of a table for a task of vectors.
pub fn read(path: &Path, fields: &Fields, task: &Task) -> Result<Foreign> {
    let (mut left_out, mut said) = (Vec::new(), Vec::new());
    let (inputs, targets) = match &task.columns {
        Some(schema) => {
            left_out = fields.unknown(path, schema)?;
            fields.by_name(path, schema, task, &mut said)?
        }
        None => fields.in_order(path, task)?,
    };
    let (targets, matched) = match &task.target {
        Target::Classes(names) => {
            let words: Vec<String> = targets
                .into_iter()
                .flatten()
                .map(|(_, word)| word)
                .collect();
            let (targets, matched) = classes::targets(path, &words, names)?;
            (targets, Some(matched))
        }
        Target::Values(_) => {
            let numbers = targets.into_iter().map(|row| {
                row.iter()
                    .map(|(place, word)| number(path, place, word))
                    .collect()
            });
            (
                array(path, numbers.collect::<Result<Vec<Vec<f64>>>>()?)?,
                None,
            )
        }
    };
    let set = Foreign::of(path, task, inputs, (targets, matched))?;
    Ok(Foreign {
        left_out,
        remarks: said,
        ..set
    })
}

/// The target fields of rows, with the places of these.
type TargetFields = Vec<Vec<(String, String)>>;

impl Fields {
    /// The names of columns that the task's table does not have, if they number the rows, such as the index that
    /// pandas writes.
    fn unknown(&self, path: &Path, schema: &TableSchema) -> Result<Vec<String>> {
        let known = |name: &String| schema.columns.iter().any(|column| column.name == *name);
        let numbers_rows = |(place, name): &(usize, &String)| {
            let values = self.rows.iter().map(|(_, fields)| fields[*place].parse());
            let values = values.collect::<std::result::Result<Vec<f64>, _>>();
            values.is_ok_and(|values| is_row_number(name, &values))
        };
        let unknown = self.names.iter().enumerate();
        let unknown = unknown.filter(|(_, name)| !known(name));
        let (numbers, others): (Vec<_>, Vec<_>) = unknown.partition(numbers_rows);
        if let Some((_, name)) = others.first() {
            let names: Vec<&str> = schema
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .take(20)
                .collect();
            let problem = format!(
                "has a column `{name}`, but the table of the task has none of this name; remove it, or give it one of \
                 the names {}",
                names.join(", ")
            );
            return Err(Error::data(path, problem));
        }
        Ok(numbers.into_iter().map(|(_, name)| name.clone()).collect())
    }

    /// The inputs in the units of the task, and the target fields, of a table with the names of the task's. `said` gets
    /// sentences about fields that no training row had.
    fn by_name(
        &self,
        path: &Path,
        schema: &TableSchema,
        task: &Task,
        said: &mut Vec<String>,
    ) -> Result<(Array2<f64>, TargetFields)> {
        let place = |name: &str| {
            let mut found = (0..self.names.len()).filter(|&place| self.names[place] == name);
            match (found.next(), found.next()) {
                (Some(place), None) => Ok(place),
                (None, _) => {
                    let problem = format!(
                        "has no column `{name}`, which the task has; add it, or give this name to the column that it is"
                    );
                    Err(Error::data(path, problem))
                }
                _ => {
                    let problem = format!(
                        "has the column `{name}` more than once; remove or rename all but one of them"
                    );
                    Err(Error::data(path, problem))
                }
            }
        };
        let inputs: Vec<_> = schema
            .inputs()
            .map(|column| Ok((place(&column.name)?, column)))
            .collect::<Result<_>>()?;
        let targets: Vec<&str> = match &task.target {
            Target::Values(names) => names.iter().map(String::as_str).collect(),
            Target::Classes(_) => {
                let targets = schema
                    .columns
                    .iter()
                    .filter(|column| column.role == Role::Target);
                targets.map(|column| column.name.as_str()).collect()
            }
        };
        let targets: Vec<usize> = targets.into_iter().map(place).collect::<Result<_>>()?;
        let cell = |fields: &[String], place: usize, column: &ColumnSchema| {
            let field = &fields[place];
            match field.is_empty() || (is_missing(field) && !column.every_word) {
                true => Cell::Missing,
                false => Cell::Word(field.clone()),
            }
        };
        for (place, column) in &inputs {
            let cells = self
                .rows
                .iter()
                .map(|(_, fields)| cell(fields, *place, column));
            said.extend(remarks::of_column(column, &cells.collect::<Vec<_>>()));
        }
        let mut encoded = Array2::zeros((self.rows.len(), schema.width()));
        for ((line, fields), mut row) in self.rows.iter().zip(encoded.rows_mut()) {
            let cells = inputs
                .iter()
                .map(|(place, column)| cell(fields, *place, column));
            let one = schema.encode(&[cells.collect()]);
            let one = one.map_err(|error| Error::data(path, format!("{line}: {error}")))?;
            row.assign(&one.row(0));
        }
        let of_row = |(line, fields): &(String, Vec<String>)| {
            targets
                .iter()
                .map(|&place| (line.clone(), fields[place].clone()))
                .collect()
        };
        let columns: &Columns = &task.normalisation.inputs;
        Ok((
            undone(columns, encoded),
            self.rows.iter().map(of_row).collect(),
        ))
    }

    /// The inputs and the target fields of a table with numbers in the order of the task's features.
    fn in_order(&self, path: &Path, task: &Task) -> Result<(Array2<f64>, TargetFields)> {
        let features = task.inputs.len();
        let targets = task.target.classes().map_or(task.target.len(), |_| 1);
        if self.names.len() != features + targets {
            let problem = format!(
                "has {} columns, but the task has {features} features and {targets} of targets, which come last",
                self.names.len()
            );
            return Err(Error::data(path, problem));
        }
        let inputs = self.rows.iter().map(|(line, fields)| {
            fields[..features]
                .iter()
                .map(|field| number(path, line, field))
                .collect()
        });
        let inputs = array(path, inputs.collect::<Result<Vec<Vec<f64>>>>()?)?;
        let of_row = |(line, fields): &(String, Vec<String>)| {
            fields[features..]
                .iter()
                .map(|field| (line.clone(), field.clone()))
                .collect()
        };
        Ok((inputs, self.rows.iter().map(of_row).collect()))
    }
}

/// A field as a finite number.
fn number(path: &Path, place: &str, field: &str) -> Result<f64> {
    let value = field.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| {
        let field: String = field.chars().take(60).collect();
        Error::data(
            path,
            format!("{place}: `{field}` is no finite number, which is needed there"),
        )
    })
}

/// Rows of equal length as a matrix.
fn array(path: &Path, rows: Vec<Vec<f64>>) -> Result<Array2<f64>> {
    let shape = (rows.len(), rows.first().map_or(0, Vec::len));
    let array = Array2::from_shape_vec(shape, rows.concat());
    array.map_err(|error| Error::data(path, error.to_string()))
}
