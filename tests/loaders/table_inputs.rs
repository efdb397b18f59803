//! Small tables in the shape of what people bring, each with its right value.

use std::path::{Path, PathBuf};

use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::table::{Code, Role};
use retort_core::task::{Arrays, Csv, Decision, Split, Task, TaskSource, recognise};
use retort_core::{Error, Result};

use crate::assert_sound;
use crate::wording::told;

fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("loaders/inputs")
        .join(name)
}

fn try_load(path: &Path, settings: &str) -> Result<Task> {
    let table: toml::Table = settings.parse().unwrap();
    let mut csv: Csv = table.try_into().unwrap();
    csv.path = path.to_owned();
    csv.load(&Seed::new(0))
}

fn load(name: &str, settings: &str) -> Task {
    let task = try_load(&input(name), settings).unwrap();
    assert_sound(&task);
    assert_schema(&task);
    task
}

/// Refused as bad input, with a message that names the file and these.
fn refuses(name: &str, settings: &str, named: &[&str]) {
    let error = try_load(&input(name), settings).unwrap_err();
    assert!(matches!(error, Error::Data { .. }), "{error}");
    let message = told(
        error
            .to_string()
            .replace(&input("").display().to_string(), ""),
    );
    assert!(message.contains(name), "{message}");
    for named in named {
        assert!(message.contains(named), "{named}: {message}");
    }
}

/// Rows decode to the table, and encode to the same numbers to the bit.
fn assert_schema(task: &Task) {
    let schema = task.columns.as_ref().unwrap();
    schema.check(task.inputs.len()).unwrap();
    for part in [&task.train, &task.test] {
        let projected = schema.project(&part.inputs).unwrap();
        let again = schema.project(&projected).unwrap();
        assert_eq!(again, projected);
        for (a, b) in projected.iter().zip(part.inputs.iter()) {
            assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()), "{a} {b}");
        }
    }
    let scale = schema.scale();
    assert_eq!(task.normalisation.inputs, scale);
    let json = serde_json::to_string(schema).unwrap();
    assert_eq!(*schema, serde_json::from_str(&json).unwrap());
    let json = serde_json::to_string(&task.inspection).unwrap();
    assert_eq!(task.inspection, serde_json::from_str(&json).unwrap());
}

fn rows(task: &Task) -> usize {
    task.inspection.parts.iter().sum()
}

fn classes(task: &Task) -> Vec<(String, usize)> {
    let counts = task.inspection.target.counts.iter();
    counts
        .map(|count| (count.name.clone(), count.rows))
        .collect()
}

/// The decisions that mention this.
fn said(task: &Task, word: &str) -> Vec<Decision> {
    let decisions = task.inspection.decisions.iter();
    decisions
        .filter(|decision| decision.text.contains(word))
        .cloned()
        .collect()
}

fn setting(task: &Task, word: &str) -> String {
    let said = said(task, word);
    assert_eq!(said.len(), 1, "{word}: {:?}", task.inspection.decisions);
    said[0].setting.clone().unwrap_or_default()
}

/// Share of all rows whose class follows from one input: the second class is above the threshold that is best on the
/// training rows.
fn divided(task: &Task) -> f64 {
    let right = |part: &Split, column: usize, threshold: f32| -> usize {
        let numbers = part.inputs.column(column);
        let rows = numbers.iter().zip(&part.labels);
        let right = rows.filter(|(x, label)| (**x > threshold) == (**label == 1));
        right.count()
    };
    let (mut most, mut best) = (0, (0, 0.0));
    for column in 0..task.inputs.len() {
        let mut numbers = task.train.inputs.column(column).to_vec();
        numbers.sort_by(f32::total_cmp);
        for pair in numbers.windows(2) {
            let threshold = f32::midpoint(pair[0], pair[1]);
            let count = right(&task.train, column, threshold);
            if count > most {
                (most, best) = (count, (column, threshold));
            }
        }
    }
    let parts = [&task.train, &task.validation, &task.test];
    let all: usize = parts.map(|part| right(part, best.0, best.1)).iter().sum();
    all as f64 / rows(task) as f64
}

/// The inputs and their encodings, by name.
fn inputs(task: &Task) -> Vec<(&str, &Code)> {
    let inputs = task.columns.as_ref().unwrap().inputs();
    inputs
        .map(|column| (column.name.as_str(), column.encoding.as_ref().unwrap()))
        .collect()
}

fn names(task: &Task) -> Vec<&str> {
    inputs(task).into_iter().map(|(name, _)| name).collect()
}

/// A column's raw numbers in all parts, in ascending order.
fn raw(task: &Task, column: usize) -> Vec<f64> {
    let scale = &task.normalisation.inputs;
    let (mean, std) = (f64::from(scale.mean[column]), f64::from(scale.std[column]));
    let parts = [&task.train, &task.validation, &task.test];
    let numbers = parts
        .iter()
        .flat_map(|part| part.inputs.column(column).to_vec());
    let mut raw: Vec<f64> = numbers.map(|x| f64::from(x) * std + mean).collect();
    raw.sort_by(f64::total_cmp);
    raw
}

#[test]
fn tiny_units_keep_their_information() {
    let task = load("tiny-units.csv", "");
    assert!(task.normalisation.inputs.std[0] > 5e-8 && task.normalisation.inputs.std[0] < 2e-7);
    assert!(divided(&task) > 0.95, "{}", divided(&task));
    let task = load("tiny-target.csv", "");
    assert!(task.target.classes().is_none());
    assert!((task.train.targets.std(0.0) - 1.0).abs() < 1e-3);
    assert!(task.normalisation.targets.std[0] < 2e-7);
}

#[test]
fn numbers_are_double_until_they_are_standardised() {
    let task = load("timestamps-minute.csv", "");
    let steps: std::collections::BTreeSet<u32> = task
        .train
        .inputs
        .column(0)
        .iter()
        .map(|x| x.to_bits())
        .collect();
    assert!(steps.len() > 20, "{}", steps.len());
    assert!(divided(&task) > 0.95, "{}", divided(&task));
    let task = load("timestamps-hours.csv", "");
    assert_eq!(names(&task), ["time", "noise"]);
    assert!(task.train.inputs.iter().all(|x| x.abs() < 5.0));
}

#[test]
fn separators_and_decimal_marks_are_found() {
    let plain = load("tabs.tsv", "");
    let task = load("decimal-comma.csv", "");
    assert_eq!(task.fingerprint(), plain.fingerprint());
    assert_eq!(setting(&task, "separated by"), "task.delimiter = \",\"");
    assert_eq!(setting(&task, "decimal mark"), "task.decimal = \".\"");
    let task = load("plain.csv.gz", "");
    assert_eq!(task.fingerprint(), plain.fingerprint());
    let task = load("no-header-semicolon.csv", "");
    assert_eq!(rows(&task), 120);
    assert_eq!(task.inputs.len(), 1);
    assert_eq!(task.target.class_names(), ["0", "1"]);
    assert!(raw(&task, 0).iter().all(|x| *x < 1.0));
    assert_eq!(setting(&task, "the first line"), "task.header = true");
    // A wrong mark by force: nothing is a number then.
    let error = try_load(&input("decimal-comma.csv"), "decimal = \".\"").unwrap_err();
    assert!(error.is_bad_input());
}

#[test]
fn thousands_are_read() {
    let task = load("thousands.csv", "");
    let sizes = raw(&task, 0);
    assert!((sizes[0] - 1000.0).abs() < 1000.0 && sizes[119] > 2000.0);
    assert_eq!(setting(&task, "mark of thousands"), "task.thousands = \"\"");
    let task = load("thousands-target.csv", "");
    assert!(task.target.classes().is_none());
    assert_eq!(task.inspection.target.range.unwrap()[0], 1000.0);
}

#[test]
fn missing_values_are_imputed_refused_or_dropped() {
    let task = load("missing-features.csv", "");
    assert_eq!(rows(&task), 120);
    let missing: Vec<usize> = task
        .inspection
        .columns
        .iter()
        .map(|column| column.missing)
        .collect();
    assert!(missing[0] > 5, "{missing:?}");
    let schema = task.columns.as_ref().unwrap();
    assert!(schema.columns[0].indicator && schema.columns[0].imputed.is_some());
    assert_eq!(
        task.inputs.len(),
        2 + missing[..2].iter().filter(|count| **count > 0).count()
    );
    assert_eq!(
        setting(&task, "values are missing"),
        "task.missing = \"drop-rows\""
    );
    let dropped = load("missing-features.csv", "missing = \"drop-rows\"");
    assert_eq!(rows(&dropped), 120 - missing.iter().sum::<usize>());
    assert_eq!(dropped.inputs.len(), 2);
    refuses(
        "missing-features.csv",
        "missing = \"refuse\"",
        &["line 5", "`size`", "task.missing"],
    );
}

#[test]
fn a_missing_target_is_no_class() {
    refuses(
        "missing-target.csv",
        "",
        &["`kind`", "of 120", "task.missing"],
    );
    let task = load("missing-target.csv", "missing = \"drop-rows\"");
    assert_eq!(task.target.class_names(), ["a", "b"]);
    refuses(
        "one-odd-number.csv",
        "",
        &["`y`", "1 of 300", "task.missing"],
    );
    let task = load("one-odd-number.csv", "missing = \"drop-rows\"");
    assert!(task.target.classes().is_none());
    assert_eq!(rows(&task), 299);
}

#[test]
fn classes_and_numbers_are_told_by_one_rule() {
    let task = load("counts-target.csv", "");
    assert_eq!(task.target.class_names().len(), 15);
    let target = &task.inspection.target;
    assert_eq!(target.chosen, "the last column");
    assert_eq!(
        target.setting.as_deref(),
        Some("task.problem = \"regression\"")
    );
    for problem in ["regression", "numbers"] {
        let task = load("counts-target.csv", &format!("problem = {problem:?}"));
        assert!(task.target.classes().is_none());
        // What is asked for is no decision.
        assert_eq!(task.inspection.target.setting, None);
    }
}

#[test]
fn a_header_of_numbers_is_a_header() {
    let task = load("numeric-header.csv", "");
    assert_eq!(rows(&task), 120);
    assert_eq!(names(&task), ["2019", "2020"]);
    assert_eq!(setting(&task, "the first line"), "task.header = false");
    let task = load("numeric-header-classes.csv", "");
    assert_eq!(rows(&task), 120);
    assert_eq!(task.target.class_names(), ["a", "b"]);
    refuses("repeated-header.csv", "", &["line 62"]);
    refuses("repeated-header.csv", "target = \"kind\"", &["line 62"]);
    refuses("unterminated-quote.csv", "", &["line "]);
}

#[test]
fn words_are_categories_and_booleans() {
    let task = load("mixed.csv", "");
    assert_eq!(
        names(&task),
        ["age", "work", "education", "hours", "married"]
    );
    let inputs = inputs(&task);
    assert!(matches!(inputs[0].1, Code::Standard(_)));
    assert!(
        matches!(inputs[1].1, Code::OneHot(code) if code.missing && code.categories.contains(&"State-gov".to_owned()))
    );
    assert!(matches!(inputs[4].1, Code::Boolean(_)));
    assert_eq!(task.target.class_names(), ["<=50K", ">50K"]);
}

#[test]
fn row_numbers_and_names_are_left_out() {
    for (name, column) in [
        ("id-column.csv", "column `id`"),
        ("index-without-name.csv", "column 0"),
        ("unique-words.csv", "column `name`"),
    ] {
        let task = load(name, "");
        assert_eq!(names(&task), ["size"]);
        let left_out = format!("{column} is left out");
        assert!(setting(&task, &left_out).starts_with("task.types"));
        assert_eq!(
            task.columns.as_ref().unwrap().columns[0].role,
            Role::LeftOut
        );
    }
    let task = load("id-column.csv", "types = { id = \"number\" }");
    assert_eq!(names(&task), ["id", "size"]);
    let task = load("trailing-comma.csv", "");
    assert_eq!(names(&task), ["size", "smooth"]);
    assert_eq!(task.target.class_names(), ["a", "b"]);
    assert_eq!(said(&task, "column 3").len(), 1);
    // The only input is kept.
    assert_eq!(names(&load("thousands-target.csv", "")), ["x"]);
}

#[test]
fn dates_are_days() {
    let task = load("dates.csv", "");
    assert_eq!(names(&task), ["day", "size"]);
    assert_eq!(task.inspection.columns[0].range.unwrap()[0], 19_723.0);
    assert_eq!(setting(&task, "dates"), "task.types.day = \"category\"");
    assert_eq!(names(&load("dates.csv", "ignore = [\"day\"]")), ["size"]);
}

#[test]
fn rare_classes_are_counted() {
    let task = load("rare-class.csv", "");
    assert_eq!(classes(&task), [("a".to_owned(), 119), ("b".to_owned(), 1)]);
    assert_eq!(
        task.train
            .labels
            .iter()
            .filter(|label| **label == 1)
            .count(),
        1
    );
    assert_eq!(said(&task, "never tested").len(), 1);
    let task = load("imbalanced.csv", "");
    assert_eq!(rows(&task), 525);
    assert!(classes(&task).iter().any(|(_, rows)| *rows == 25));
}

#[test]
fn an_archive_of_embeddings_is_vectors_with_named_classes() {
    let path = input("embedding.npz");
    assert_eq!(recognise(&path).unwrap().kind, "arrays");
    let settings = Arrays {
        path,
        ..Arrays::default()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    assert_sound(&task);
    assert_eq!(task.inputs, InputShape::Vector(16));
    assert_eq!(task.target.class_names(), ["cat", "dog"]);
    let mut counts = [0, 0];
    for part in [&task.train, &task.validation, &task.test] {
        let rows = part.rows_by_class(2);
        counts = [counts[0] + rows[0].len(), counts[1] + rows[1].len()];
    }
    assert_eq!(counts, [100, 100]);
}
