//! Makes a task of a table.

use std::sync::Arc;

use ndarray::{Array2, ArrayViewMut2, s};

use super::choices::Choices;
use super::encoding::Standard;
use super::outcome::{self, Decided, Outcome, TargetKind};
use super::plan::Plan;
use super::raw::{Cells, MISSING, RawColumn, RawTable};
use super::schema::{ColumnSchema, Field, TableSchema};
use super::typing::ColumnType;
use super::{fit, report};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::shape::InputShape;
use crate::task::inspection::{Decision, Inspection, TargetReport};
use crate::task::partition::Groups;
use crate::task::split::{MOST_NUMBERS, places_by_class};
use crate::task::{Columns, Normalisation, RowsOrFraction, Split, Target, Task};

/// Makes a task of a table: divides its rows, class by class, and encodes them by a schema that is fitted on the
/// training rows. `test` is a table of test rows of the same columns, if there is one.
///
/// # Errors
/// [`Error::Setting`] if there are too few rows. [`Error::Data`] if a test row does not fit the training rows, or
/// if the encoded rows are too large for memory.
pub fn load(
    name: String,
    mut raw: RawTable,
    mut plan: Plan,
    mut test: Option<RawTable>,
    choices: &Choices<'_>,
    seed: &Seed,
) -> Result<Task> {
    let mut columns = report::columns(&raw, &plan);
    let mut decisions = std::mem::take(&mut raw.decisions);
    decisions.append(&mut plan.decisions);
    decisions.extend(report::without_target(&raw, &plan, choices));
    decisions.extend(report::missing(&columns, &raw, &plan, choices));
    decisions.extend(report::gaps(&raw, &plan));
    let given = match &test {
        Some(test) => Some(plan.kept(test, choices)?),
        None => None,
    };
    let outcome = outcome::read(&raw, &plan.targets, &plan.target, &plan.rows)?;
    let own_test = given.is_none();
    let parts = divide(&plan, &outcome, given, choices, seed)?;
    decisions.extend(report::drawn(
        [parts.validation.len(), parts.test.len()],
        own_test,
        choices,
    ));
    let tested = match &test {
        Some(test) => Some(outcome::read(
            test,
            &plan.targets,
            &plan.target,
            &parts.test,
        )?),
        None => None,
    };
    let mut schema = TableSchema::default();
    for place in 0..raw.columns.len() {
        let title = raw.title(place);
        let kind = &plan.kinds[place];
        let used = plan.left_out[place].is_none() && !plan.targets.contains(&place);
        let mut column = match used {
            true => fit::fit(title, &raw.columns[place], kind, choices, &parts.train),
            false => fit::unused(title, kind, plan.left_out[place].clone()),
        };
        column.every_word = used && plan.types[place] == Some(ColumnType::Category);
        columns[place].encoding = column.encoding.as_ref().map(|code| code.name().to_owned());
        columns[place].width = column.width();
        schema.columns.push(column);
    }
    decisions.extend(report::encoding(&schema, choices));
    decisions.extend(report::pooled(&schema, choices));
    let width = schema.width();
    check_size(&raw, parts.len(), width + plan.target.len())?;
    let mut inputs = [&parts.train, &parts.validation, &parts.test]
        .map(|rows| Array2::zeros((rows.len(), width)));
    let mut start = 0;
    for (place, column) in schema.columns.iter().enumerate() {
        let end = start + column.width();
        let rows = [&parts.train, &parts.validation, &parts.test];
        // A column is freed as soon as it is encoded.
        let cells = take(&mut raw.columns[place]);
        let test = test.as_mut().map(|test| take(&mut test.columns[place]));
        for ((rows, out), part) in rows.into_iter().zip(&mut inputs).zip(0..) {
            let cells = test.as_ref().filter(|_| part == 2).unwrap_or(&cells);
            encode(column, cells, rows, out.slice_mut(s![.., start..end]))
                .map_err(|problem| Error::data(&raw.path, problem))?;
        }
        start = end;
    }
    let (targets, [train, validation, test]) = splits(&plan, outcome, tested, &parts, inputs);
    let chosen = report::chosen(choices, &plan);
    let mut task = Task {
        name,
        inputs: InputShape::Vector(width),
        train,
        validation,
        test,
        target: plan.target,
        normalisation: Normalisation {
            inputs: schema.scale(),
            targets,
            ..Normalisation::default()
        },
        linear_part: None,
        subspace: None,
        columns: Some(schema),
        inspection: Inspection::default(),
    };
    let found = Inspection::of_parts(
        &raw.format,
        &task.target,
        [&task.train, &task.validation, &task.test],
    );
    let classes = task.target.classes().unwrap_or_default();
    let counts: Vec<usize> = found.target.counts.iter().map(|count| count.rows).collect();
    let tested: Vec<usize> = task
        .test
        .rows_by_class(classes)
        .iter()
        .map(Vec::len)
        .collect();
    let range = match plan.targets[..] {
        [place] => columns[place].range,
        _ => None,
    };
    let target = TargetReport {
        columns: plan
            .targets
            .iter()
            .map(|&place| columns[place].name.clone())
            .collect(),
        chosen,
        rule: plan.rule,
        setting: plan.other.map(|other| format!("task.problem = {other:?}")),
        range,
        ..found.target.clone()
    };
    let many = target.many_classes();
    decisions.extend(many.map(|many| {
        Decision::fact(format!(
            "{many}: if another column is meant, task.target names it"
        ))
    }));
    decisions.extend(report::rare_classes(
        task.target.class_names(),
        &counts,
        &tested,
        !own_test,
    ));
    task.inspection = Inspection {
        columns,
        target,
        decisions,
        ..found
    };
    Ok(task)
}

/// The rows of each part. Those of the test part are of a file of their own if there is one.
struct Parts {
    train: Vec<usize>,
    validation: Vec<usize>,
    test: Vec<usize>,
    /// The place of each row among the rows that are used.
    places: [Vec<usize>; 3],
}

impl Parts {
    fn len(&self) -> usize {
        self.train.len() + self.validation.len() + self.test.len()
    }
}

fn divide(
    plan: &Plan,
    outcome: &Outcome,
    test: Option<Vec<usize>>,
    choices: &Choices<'_>,
    seed: &Seed,
) -> Result<Parts> {
    let count = plan.rows.len();
    let groups = match outcome {
        Outcome::Classes(labels) => places_by_class(labels, plan.target.len()),
        Outcome::Values(_) => vec![(0..count).collect()],
    };
    let mut groups = Groups::shuffled(groups, seed);
    let mut hold_out = |share: f64, key: &str| {
        groups.hold_out(RowsOrFraction::Fraction(share).of(count), key, share)
    };
    let held = match test {
        Some(_) => Vec::new(),
        None => hold_out(choices.test, "task.test")?,
    };
    let validation = hold_out(choices.validation, "task.validation")?;
    let places = [groups.rest(), validation, held];
    let [train, validation, own] = places
        .each_ref()
        .map(|places| places.iter().map(|&place| plan.rows[place]).collect());
    Ok(Parts {
        train,
        validation,
        test: test.unwrap_or(own),
        places,
    })
}

fn check_size(raw: &RawTable, rows: usize, width: usize) -> Result<()> {
    if rows.saturating_mul(width) <= MOST_NUMBERS {
        return Ok(());
    }
    let problem = format!(
        "has {rows} rows, which are encoded as {width} numbers each: more than {MOST_NUMBERS} numbers are too much \
         for memory; take fewer rows, or leave out columns by task.ignore"
    );
    Err(Error::data(&raw.path, problem))
}

/// The fields of a column, which are no longer in the table.
fn take(column: &mut RawColumn) -> Cells {
    std::mem::replace(&mut column.cells, Cells::Skipped)
}

/// Encodes the fields of these rows `[n, width]`.
fn encode(
    column: &ColumnSchema,
    cells: &Cells,
    rows: &[usize],
    mut out: ArrayViewMut2<'_, f32>,
) -> std::result::Result<(), String> {
    let mut place = vec![0.0; column.width()];
    if place.is_empty() {
        return Ok(());
    }
    let write = |mut out: ndarray::ArrayViewMut1<'_, f32>, place: &[f64]| {
        for (out, value) in out.iter_mut().zip(place) {
            *out = *value as f32;
        }
    };
    match cells {
        Cells::Numbers(values) | Cells::Dates(values, _) => {
            for (out, &row) in out.rows_mut().into_iter().zip(rows) {
                let field = match values[row] {
                    value if value.is_nan() => Field::Missing,
                    value => Field::Number(value),
                };
                column.encode(field, &mut place)?;
                write(out, &place);
            }
        }
        Cells::Words { words, codes } => {
            // Each distinct word is encoded once; the last entry is a missing value.
            let mut encoded = Array2::<f64>::zeros((words.len() + 1, place.len()));
            let fields = words
                .iter()
                .map(|word| Field::Word(word))
                .chain([Field::Missing]);
            for (field, mut out) in fields.zip(encoded.rows_mut()) {
                column.encode(field, &mut place)?;
                out.iter_mut()
                    .zip(&place)
                    .for_each(|(out, value)| *out = *value);
            }
            for (out, &row) in out.rows_mut().into_iter().zip(rows) {
                let code = match codes[row] {
                    MISSING => words.len(),
                    code => code as usize,
                };
                write(out, encoded.row(code).as_slice().unwrap_or_default());
            }
        }
        Cells::TooMany | Cells::Skipped => {
            return Err(format!(
                "column `{}` has too many distinct words",
                column.name
            ));
        }
    }
    Ok(())
}

/// The parts with their targets, and the scale of targets that are numbers.
fn splits(
    plan: &Plan,
    outcome: Outcome,
    tested: Option<Outcome>,
    parts: &Parts,
    inputs: [Array2<f32>; 3],
) -> (Columns, [Split; 3]) {
    let classes = plan.target.len();
    let own = [&outcome, &outcome, tested.as_ref().unwrap_or(&outcome)];
    let all: Vec<usize> = (0..parts.test.len()).collect();
    let [train, validation, test] = &parts.places;
    let places = [
        train,
        validation,
        if tested.is_some() { &all } else { test },
    ];
    let mut scale = Columns::default();
    let codes: Vec<Standard> = match &outcome {
        Outcome::Classes(_) => Vec::new(),
        Outcome::Values(values) => {
            let fitted = values.columns().into_iter().map(|column| {
                let values: Vec<f64> = train.iter().map(|&place| column[place]).collect();
                Standard::fit(&values)
            });
            fitted.collect()
        }
    };
    for code in &codes {
        scale.push(code.mean, code.deviation);
    }
    let mut inputs = inputs.map(Arc::new);
    let splits = [0, 1, 2].map(|part| {
        let rows = std::mem::take(&mut inputs[part]);
        match own[part] {
            Outcome::Classes(labels) => {
                let labels = places[part].iter().map(|&place| labels[place]).collect();
                Split::classes(rows, labels, classes)
            }
            Outcome::Values(values) => {
                let shape = (places[part].len(), codes.len());
                let value = |(row, column): (usize, usize)| {
                    codes[column].encode(values[[places[part][row], column]]) as f32
                };
                Split::values(rows, Array2::from_shape_fn(shape, value))
            }
        }
    });
    (scale, splits)
}

/// All rows of a table of numbers, as they are, with classes in the last column.
///
/// # Errors
/// [`Error::Data`] if a column has no numbers, or the last one no classes.
pub fn rows_with_classes(raw: &RawTable) -> Result<(Split, Target)> {
    let rows: Vec<usize> = (0..raw.len()).collect();
    let last = raw.columns.len().saturating_sub(1);
    let Decided { target, .. } = outcome::decide(raw, &[last], TargetKind::Classification, &rows)?;
    let mut inputs = Array2::zeros((rows.len(), last));
    for (column, mut out) in raw.columns.iter().zip(inputs.columns_mut()) {
        let numbers = column.cells.numbers().unwrap_or_default();
        out.iter_mut()
            .zip(numbers)
            .for_each(|(out, value)| *out = *value as f32);
    }
    match outcome::read(raw, &[last], &target, &rows)? {
        Outcome::Classes(labels) => {
            let classes = target.len();
            Ok((Split::classes(inputs, labels, classes), target))
        }
        Outcome::Values(_) => Err(Error::data(&raw.path, "has no classes in its last column")),
    }
}
