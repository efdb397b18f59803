//! The targets of an array: classes or real numbers, by one rule.
//!
//! | targets | read as |
//! |---|---|
//! | integers or booleans `[n]` | classes, in the order of their numbers |
//! | floats `[n]` that are all whole, at most 20 distinct | classes, in the order of their numbers |
//! | other floats `[n]` | one value |
//! | texts `[n]` | classes, in the order of their names |
//! | `[n, k]` with a single 1 in each row and 0 elsewhere | k classes, in the order of the columns |
//! | other numbers `[n, k]` | k values |
//!
//! `[n, 1]` is the same as `[n]`. `task.problem` overrides the rule.

use std::collections::HashMap;

use ndarray::Array2;

use super::class_names::called;
use super::files::{ClassNames, Named};
use super::number::{is_accepted, shown, target_remedy};
use super::rule::{Known, Rule};
use crate::error::{Error, Result};
use crate::store::numpy::Kind;
use crate::task::Target;
use crate::task::class_count::{FEW, MOST_CLASSES, exceeded};
use crate::task::csv::TargetKind;

/// How targets are read.
#[derive(Debug)]
pub struct Outcome {
    /// Kind of the targets, with names.
    pub target: Target,
    /// The class of each key, if targets are classes. The key of a row is its number or text; if rows are
    /// one-hot, it is the column of the 1.
    places: HashMap<String, usize>,
    is_one_hot: bool,
    /// Numbers of a row, or 1.
    width: usize,
    /// The rule that decided between classes and numbers.
    pub rule: Rule,
}

/// The targets of one part.
#[derive(Debug)]
pub enum Targets {
    /// The class of each row.
    Labels(Vec<usize>),
    /// The values of each row, `[n, values]`.
    Values(Array2<f64>),
}

impl Outcome {
    /// Decides how the targets of the training part are read. `classes` are names for the classes, one for
    /// each in their order, or for the numbers 0, 1, 2, ….
    ///
    /// # Errors
    /// [`Error::Data`] if the array does not have one or two axes, if a number is missing or not finite, if
    /// there are fewer than two classes or more than 1000, or if `classes` does not fit or has equal names. [`Error::Setting`]
    /// for `task.problem` if the targets cannot be what it says.
    pub fn of(named: &Named, problem: TargetKind, classes: Option<&ClassNames>) -> Result<Self> {
        let table = Table::of(named)?;
        let is_text = named.array.element().is_text();
        let is_one_hot = !is_text && table.width > 1 && table.is_one_hot();
        let are_classes = match problem {
            TargetKind::Classification if table.width > 1 && !is_one_hot => {
                let accepted = format!(
                    "{} has {} numbers in each row, which are not one-hot: give one class for each row",
                    named.path.display(),
                    table.width
                );
                return Err(Error::setting(
                    "task.problem",
                    "\"classification\"",
                    accepted,
                ));
            }
            TargetKind::Classification => true,
            TargetKind::Regression if is_text => {
                let accepted = format!(
                    "{} has texts: give numbers, or remove this setting for classes",
                    named.path.display()
                );
                return Err(Error::setting("task.problem", "\"regression\"", accepted));
            }
            TargetKind::Regression => false,
            TargetKind::Auto if table.width > 1 => is_one_hot,
            TargetKind::Auto => {
                is_text || named.array.element().is_whole() || table.are_few_whole()
            }
        };
        table.check()?;
        let known = Known {
            is_text,
            is_whole: named.array.element().is_whole(),
            is_truth: named.array.element().kind == Kind::Bool,
            width: table.width,
        };
        let rule = Rule::of(problem, known, are_classes);
        if !are_classes {
            let names = match table.width {
                1 => vec!["y".to_owned()],
                width => (0..width).map(|place| format!("y{place}")).collect(),
            };
            return Ok(Self {
                target: Target::Values(names),
                places: HashMap::new(),
                is_one_hot: false,
                width: table.width,
                rule,
            });
        }
        let keys = if is_one_hot {
            table.check_columns()?;
            (0..table.width).map(|place| place.to_string()).collect()
        } else {
            table.keys(named.array.element().is_text())
        };
        check_count(named, &keys, table.rows)?;
        let (keys, names) = called(named, keys, classes)?;
        Ok(Self {
            target: Target::Classes(names),
            places: keys.into_iter().zip(0..).collect(),
            is_one_hot,
            width: table.width,
            rule,
        })
    }

    /// Reads the targets of one part.
    ///
    /// # Errors
    /// [`Error::Data`] with the row, if a target is not finite, not one-hot, or not one of the classes, or if
    /// rows have another length.
    pub fn read(&self, named: &Named) -> Result<Targets> {
        let table = Table::of(named)?;
        table.check()?;
        if table.width != self.width
            || named.array.element().is_text() && self.target.classes().is_none()
        {
            let problem = format!(
                "has targets of another kind or length than the training part, whose rows have {}",
                self.width
            );
            return Err(named.error(problem));
        }
        if self.target.classes().is_none() {
            let values = (0..table.rows).flat_map(|row| (0..table.width).map(move |c| (row, c)));
            let values = values
                .map(|(row, column)| table.number(row, column))
                .collect();
            let values = Array2::from_shape_vec((table.rows, table.width), values);
            return values
                .map(Targets::Values)
                .map_err(|error| named.error(error.to_string()));
        }
        let labels = (0..table.rows).map(|row| {
            let key = match self.is_one_hot {
                true => table.one(row).map(|column| column.to_string()),
                false => Some(table.key(row)),
            };
            let key = key.ok_or_else(|| {
                named.error(format!("is not one-hot in row {row} (counted from 0)"))
            })?;
            self.places.get(&key).copied().ok_or_else(|| {
                let problem = format!(
                    "has the class {key:?} in row {row} (counted from 0), which has no training row; leave this row \
                     out, or add rows of the class to the training part"
                );
                named.error(problem)
            })
        });
        labels.collect::<Result<_>>().map(Targets::Labels)
    }
}

/// Checks the number of classes, and that one-hot targets do not take more memory than a multiple of the file.
fn check_count(named: &Named, keys: &[String], rows: usize) -> Result<()> {
    let classes = keys.len();
    let remedy = "set task.problem = \"regression\" if these are numbers";
    if let [only] = keys {
        let problem =
            format!("has only the class {only:?}, but at least two classes are needed; {remedy}");
        return Err(named.error(problem));
    }
    if classes > MOST_CLASSES {
        let problem = format!(
            "has {classes} distinct values, but at most {MOST_CLASSES} classes are accepted; {remedy}"
        );
        return Err(named.error(problem));
    }
    if exceeded(named.array.size(), rows, classes).is_some() {
        let problem = format!(
            "has {classes} classes in {rows} rows, and each row needs one number per class, which is too much \
             for memory; merge or remove rare classes, or {remedy}"
        );
        return Err(named.error(problem));
    }
    Ok(())
}

/// Targets as rows and columns.
struct Table<'a> {
    named: &'a Named,
    rows: usize,
    width: usize,
    steps: [usize; 2],
}

impl<'a> Table<'a> {
    fn of(named: &'a Named) -> Result<Self> {
        let strides = named.array.strides();
        let (rows, width, steps) = match *named.array.shape() {
            [rows] => (rows, 1, [strides[0], 0]),
            [rows, width] if width > 0 => (rows, width, [strides[0], strides[1]]),
            ref shape => {
                let problem = format!(
                    "has the shape {shape:?}, but targets must be [n], a class or value for each row, or [n, k]"
                );
                return Err(named.error(problem));
            }
        };
        if rows == 0 {
            return Err(named.error("has no rows"));
        }
        Ok(Self {
            named,
            rows,
            width,
            steps,
        })
    }

    fn place(&self, row: usize, column: usize) -> usize {
        row * self.steps[0] + column * self.steps[1]
    }

    fn number(&self, row: usize, column: usize) -> f64 {
        self.named.array.number(self.place(row, column))
    }

    /// The number or text of a row's first column. Whole numbers have no decimal point.
    fn key(&self, row: usize) -> String {
        let (array, place) = (&self.named.array, self.place(row, 0));
        let whole = array.integer(place).map(|value| value.to_string());
        // Adding 0 turns -0 into 0.
        let number = || (array.number(place) + 0.0).to_string();
        whole.or_else(|| array.text(place)).unwrap_or_else(number)
    }

    /// The distinct keys, in the order of their numbers or of their texts.
    fn keys(&self, is_text: bool) -> Vec<String> {
        let mut keys: Vec<(f64, String)> = Vec::new();
        let mut seen = HashMap::new();
        for row in 0..self.rows {
            let key = self.key(row);
            if seen.insert(key.clone(), ()).is_none() {
                let number = if is_text { 0.0 } else { self.number(row, 0) };
                keys.push((number, key));
            }
        }
        keys.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether numbers are few, whole and finite.
    fn are_few_whole(&self) -> bool {
        let mut distinct: Vec<f64> = Vec::new();
        (0..self.rows).all(|row| {
            let value = self.number(row, 0);
            if value.fract() != 0.0 {
                return false;
            }
            if !distinct.contains(&value) {
                distinct.push(value);
            }
            distinct.len() <= FEW
        })
    }

    fn is_one_hot(&self) -> bool {
        (0..self.rows).all(|row| self.one(row).is_some())
    }

    /// Checks that every column of one-hot rows has a 1.
    fn check_columns(&self) -> Result<()> {
        let mut is_seen = vec![false; self.width];
        for column in (0..self.rows).filter_map(|row| self.one(row)) {
            is_seen[column] = true;
        }
        match is_seen.iter().position(|is_seen| !is_seen) {
            None => Ok(()),
            Some(column) => Err(self.named.error(format!(
                "has one-hot rows, but none with a 1 in column {column} (counted from 0): remove the column, \
                 or set task.problem = \"regression\" for values"
            ))),
        }
    }

    /// The column of the 1 in a row that is one-hot.
    fn one(&self, row: usize) -> Option<usize> {
        let mut found = None;
        for column in 0..self.width {
            let value = self.number(row, column);
            if value == 1.0 && found.is_none() {
                found = Some(column);
            } else if value != 0.0 {
                return None;
            }
        }
        found
    }

    /// Checks that every number is finite, and every text is complete.
    fn check(&self) -> Result<()> {
        let element = self.named.array.element();
        if element.is_whole() {
            return Ok(());
        }
        if element.is_text() && self.width > 1 {
            return Err(self
                .named
                .error("has several texts in each row, but a row has one class"));
        }
        for row in 0..self.rows {
            for column in 0..self.width {
                let place = self.place(row, column);
                let (problem, remedy) = if element.is_text() {
                    let problem = match self.named.array.text(place) {
                        Some(text) if !text.trim().is_empty() => continue,
                        Some(_) => "an empty text".to_owned(),
                        None => "a text that is not valid UTF-8 or UTF-32".to_owned(),
                    };
                    (problem, "give the row its class, or remove it".to_owned())
                } else {
                    match self.named.array.number(place) {
                        value if is_accepted(value) => continue,
                        value => (
                            shown(value),
                            target_remedy(value, self.named.array.shape().len()),
                        ),
                    }
                };
                let column = if self.width > 1 {
                    format!(", column {column}")
                } else {
                    String::new()
                };
                let problem =
                    format!("has {problem} in row {row}{column} (counted from 0): {remedy}");
                return Err(self.named.error(problem));
            }
        }
        Ok(())
    }
}
