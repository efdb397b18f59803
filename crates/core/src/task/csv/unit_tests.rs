//! Fields that are more than they seem: numbers with units, codes of many digits, words that are gaps, shifted names.

#![allow(clippy::unwrap_used)]

use std::fs;

use super::Csv;
use super::loaded::load;
use crate::seed::Seed;
use crate::task::{Task, TaskSource};
use crate::wording::told;

/// A header, and two hundred lines, each made of its number.
fn lines(header: &str, line: impl Fn(usize) -> String) -> String {
    let rows: String = (0..200).map(|row| line(row) + "\n").collect();
    format!("{header}\n{rows}")
}

fn class(row: usize) -> &'static str {
    ["a", "b"][row % 2]
}

/// The settings of the decisions that mention this column.
fn settings(task: &Task, column: &str) -> Vec<String> {
    let column = format!("`{column}`");
    let decisions = task.inspection.decisions.iter();
    let on = decisions.filter(|decision| decision.text.contains(&column));
    on.filter_map(|decision| decision.setting.clone()).collect()
}

fn kind(task: &Task, place: usize) -> &str {
    &task.inspection.columns[place].kind
}

fn fails(text: &str, settings: &str) -> String {
    let error = load(text, settings).unwrap_err();
    assert!(error.is_bad_input());
    told(error)
}

#[test]
fn numbers_with_a_unit_are_told_and_no_classes() {
    let text = lines("w,t", |row| format!("{} kg,{}", 50 + row % 30, class(row)));
    let said = settings(&load(&text, "").unwrap(), "w");
    assert!(
        said.contains(&"task.types.w = \"ignore\"".to_owned()),
        "{said:?}"
    );
    let said = settings(&load(&text, "types = { w = \"category\" }").unwrap(), "w");
    assert!(
        !said.contains(&"task.types.w = \"ignore\"".to_owned()),
        "{said:?}"
    );
    let text = lines("x,w", |row| format!("{},{} kg", row % 7, 50 + row % 30));
    let message = fails(&text, "");
    assert!(
        message.contains("(`w`)") && message.contains("task.problem = \"classification\""),
        "{message}"
    );
    let task = load(&text, "problem = \"classification\"").unwrap();
    assert_eq!(task.target.len(), 30);
    let text = lines("x,w", |row| format!("{},{}.5 kg", row % 7, row));
    let message = fails(&text, "");
    assert!(!message.contains("task.problem"), "{message}");
    // Few of them are classes.
    let text = lines("x,w", |row| format!("{},{}WD", row % 7, 2 + row % 2 * 2));
    assert_eq!(
        load(&text, "").unwrap().target.class_names(),
        ["2WD", "4WD"]
    );
}

#[test]
fn whole_numbers_that_would_lose_digits_are_codes() {
    let long = |row: usize| 1_152_921_504_606_846_977 + row % 2;
    let text = lines("x,t", |row| format!("{},{}", row % 7, long(row)));
    let task = load(&text, "").unwrap();
    assert_eq!(
        task.target.class_names(),
        ["1152921504606846977", "1152921504606846978"]
    );
    let text = lines("i,x,t", |row| {
        format!("{},{},{}", long(row), row % 7, class(row))
    });
    let task = load(&text, "").unwrap();
    assert_eq!(
        (kind(&task, 0), task.inspection.columns[0].distinct),
        ("category", Some(2))
    );
    assert!(settings(&task, "i").contains(&"task.types.i = \"number\"".to_owned()));
    assert_eq!(
        kind(&load(&text, "types = { i = \"number\" }").unwrap(), 0),
        "number"
    );
    let text = lines("i,x,t", |row| {
        format!(
            "{},{},{}",
            1_234_567_890_123_456_789 + row,
            row % 7,
            class(row)
        )
    });
    let task = load(&text, "").unwrap();
    assert_eq!(
        (kind(&task, 0), task.inspection.columns[0].range),
        ("words", None)
    );
}

#[test]
fn words_that_count_as_missing_are_named() {
    let text = lines("sign,x,t", |row| {
        format!("{},{},{}", ["+", "-"][row / 2 % 2], row % 7, class(row))
    });
    let task = load(&text, "").unwrap();
    let keep = "task.types.sign = \"category\"".to_owned();
    let decisions = &task.inspection.decisions;
    let told = decisions
        .iter()
        .find(|it| it.setting.as_ref() == Some(&keep));
    assert!(told.unwrap().text.contains("`-`"));
    let task = load(&text, "types = { sign = \"category\" }").unwrap();
    assert_eq!(task.inspection.columns[0].missing, 0);
    let text = lines("x,sign", |row| {
        format!("{},{}", row % 7, ["+", "-"][row % 2])
    });
    let message = fails(&text, "");
    assert!(
        message.contains("`-`") && message.contains(&keep),
        "{message}"
    );
    let gap = |row: usize| match row % 10 {
        0 => "NaT".to_owned(),
        1 => "0000-00-00".to_owned(),
        _ => format!("2024-01-{:02}", 1 + row % 28),
    };
    let text = lines("d,x,t", |row| {
        format!("{},{},{}", gap(row), row % 7, class(row))
    });
    let task = load(&text, "").unwrap();
    assert_eq!(
        (kind(&task, 0), task.inspection.columns[0].missing),
        ("date", 40)
    );
}

#[test]
fn names_that_are_shifted_by_a_separator_in_a_field_are_refused() {
    let text = lines("a,b,t", |row| {
        format!("{}.5,v,{},{}", row % 9, row % 3, class(row))
    });
    let message = fails(&text, "");
    assert!(message.contains("`,`"), "{message}");
    // Row names, or numbers of rows, may have no name.
    for name in ["r", ""] {
        let text = lines("a,b,t", |row| {
            format!("{name}{row},{},v,{}", row % 9, class(row))
        });
        assert_eq!(load(&text, "").unwrap().inspection.target.columns, ["t"]);
    }
}

#[test]
fn a_number_that_cannot_be_read_has_a_remedy() {
    let text = lines("x,t", |row| format!("\"12,34,{row:03}\",{}", class(row)));
    let message = fails(&text, "");
    let setting = "task.types.x = \"category\"";
    assert!(
        message.contains(setting) && message.contains("12,34,000"),
        "{message}"
    );
    load(&text, "types = { x = \"category\" }").unwrap();
    let message = fails(&text, "types = { x = \"number\" }");
    assert!(
        message.contains("line 2: ") && message.contains("`.`"),
        "{message}"
    );
}

#[test]
fn columns_of_a_test_file_are_matched_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = lines("c,x,t", |row| {
        format!("{},{},{}", class(row / 2), row % 7, class(row))
    });
    fs::write(at("train.csv"), text).unwrap();
    let load = |test: &str| {
        fs::write(at("test.csv"), test).unwrap();
        let csv = Csv {
            path: at("train.csv"),
            test_path: Some(at("test.csv")),
            ..Csv::default()
        };
        csv.load(&Seed::new(0))
    };
    let same = load("c,x,t\na,1,b\nb,2,a\n").unwrap();
    let other = load("t,x,c\nb,1,a\na,2,b\n").unwrap();
    assert_eq!(same.test.inputs, other.test.inputs);
    assert_eq!(same.test.labels, other.test.labels);
    assert!(load("t,y,c\nb,1,a\na,2,b\n").unwrap_err().is_bad_input());
}
