//! Tables that are written in unusual ways: quotes, blanks, signs beside numbers, and names that reports show.

#![allow(clippy::unwrap_used)]

use super::loaded::load;
use crate::task::Task;
use crate::wording::told;

/// A header and forty lines, each made of its number.
fn lines(header: &str, line: impl Fn(i32) -> String) -> String {
    let rows: String = (0..40).map(|row| line(row) + "\n").collect();
    format!("{header}{rows}")
}

/// The names and types of the columns.
fn columns(task: &Task) -> Vec<(String, String)> {
    let columns = task.inspection.columns.iter();
    let pair = |column: &crate::task::ColumnReport| (column.name.clone(), column.kind.clone());
    columns.map(pair).collect()
}

/// Pairs of names and types.
fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(name, kind): &(&str, &str)| ((*name).to_owned(), (*kind).to_owned());
    expected.iter().map(pair).collect()
}

/// The decision in which these words occur, and its setting.
fn decision(task: &Task, words: &str) -> (String, Option<String>) {
    let mut decisions = task.inspection.decisions.iter();
    let found = decisions.find(|it| it.text.contains(words)).unwrap();
    (told(&found.text), found.setting.clone())
}

const LETTERS: [&str; 3] = ["p", "q", "r"];

fn letter(row: i32) -> &'static str {
    LETTERS[row as usize % 3]
}

#[test]
fn quotes_after_blanks_and_with_backslashes_are_read() {
    let spaced = lines("a, \"b, c\", k\n", |row| {
        format!(
            "{}.5, \"{}, x\", \"{}\"",
            row * row % 17,
            letter(row / 2),
            letter(row)
        )
    });
    let task = load(&spaced, "").unwrap();
    let expected = pairs(&[("a", "number"), ("b, c", "category"), ("k", "category")]);
    assert_eq!(columns(&task), expected);
    assert_eq!(task.target.class_names(), LETTERS);
    decision(&task, "quotes");

    let escaped = lines("a,b,k\n", |row| {
        format!(
            "{}.5,\"{} \\\"x, y\\\"\",{}",
            row * row % 17,
            letter(row / 2),
            letter(row)
        )
    });
    let task = load(&escaped, "").unwrap();
    let names = &task.inspection.columns[1].categories;
    assert!(names.iter().any(|it| it.name == "p \"x, y\""), "{names:?}");
    decision(&task, "backslash");

    let text = lines("a,b,k\n", |row| match row {
        3 => "1.5,\"x\" y,p".to_owned(),
        _ => format!("{}.5,\"u\"\"v\",{}", row % 7, letter(row)),
    });
    let message = told(load(&text, "").unwrap_err());
    assert!(message.contains("line 5: "), "{message}");
    let text = lines("a,b,k\n", |row| match row {
        3 => "1.5, \"x\" y,p".to_owned(),
        _ => format!("{}.5, \"u, v\",{}", row % 7, letter(row)),
    });
    let message = told(load(&text, "").unwrap_err());
    assert!(message.contains("line 5: "), "{message}");
}

#[test]
fn runs_of_blanks_separate_quoted_names_of_rows_and_decimal_commas() {
    let frame = lines("\"a\"  \"b\" \"k\"\n", |row| {
        format!(
            "\"{}\" {}.5 \"x y, {}\" {}",
            row + 1,
            row * row % 17,
            row % 2,
            letter(row)
        )
    });
    let task = load(&frame, "").unwrap();
    let found = columns(&task);
    assert_eq!(
        found[1..],
        pairs(&[("a", "number"), ("b", "category"), ("k", "category")])
    );
    assert_eq!(found[0].0, "column 0");
    assert_eq!(task.inspection.dialect.unwrap().delimiter, " ");

    let line = |row: i32| {
        format!(
            "-{},802 {},{} {}",
            row % 7,
            row % 5,
            row * row % 97,
            letter(row)
        )
    };
    for header in ["", "a b k\n"] {
        let task = load(&lines(header, line), "").unwrap();
        let kinds: Vec<String> = columns(&task).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(kinds, ["number", "number", "category"]);
        assert_eq!(task.inspection.rows, 40);
        let dialect = task.inspection.dialect.unwrap();
        assert_eq!(
            (dialect.delimiter.as_str(), dialect.decimal.as_str()),
            (" ", ",")
        );
    }
    // Commas with blanks beside them still separate fields.
    let spaced = lines("a, b, k\n", |row| {
        format!("{}, {}, New {}", row % 7, row * row % 17, letter(row))
    });
    assert_eq!(
        load(&spaced, "")
            .unwrap()
            .inspection
            .dialect
            .unwrap()
            .delimiter,
        ","
    );
}

#[test]
fn signs_beside_some_numbers_only_are_said_or_refused() {
    let mixed = |signs: [(&str, &str); 3], distinct: i32| {
        lines("a,other,k\n", |row| {
            let (before, after) = signs[row as usize % 3];
            let number = row % distinct;
            format!(
                "{before}{number}.25{after},{},{}",
                row * row % 17,
                letter(row)
            )
        })
    };
    let (none, share) = (("", ""), ("", "%"));
    let (dollar, euro) = (("$", ""), ("€", ""));
    for signs in [
        [none, share, none],
        [dollar, euro, dollar],
        [share, dollar, share],
    ] {
        let message = told(load(&mixed(signs, 40), "").unwrap_err());
        assert!(message.contains("line 3: column 0 (`a`): "), "{message}");
        for counted in [
            "27",
            "13",
            "task.types.a = \"number\"",
            "task.types.a = \"category\"",
        ] {
            assert!(message.contains(counted), "{message}");
        }
        let task = load(&mixed(signs, 40), "types = { a = \"number\" }").unwrap();
        assert_eq!(task.inspection.columns[0].kind, "number");
        let (text, _) = decision(&task, "signs");
        assert!(text.contains("27") && text.contains("13"), "{text}");
        let task = load(&mixed(signs, 6), "").unwrap();
        assert_eq!(task.inspection.columns[0].kind, "category");
        let (text, setting) = decision(&task, "scale");
        assert!(text.contains("27") && text.contains("13"), "{text}");
        assert_eq!(setting.unwrap(), "task.types.a = \"number\"");
    }
    let task = load(&mixed([none, dollar, ("-$", "")], 40), "").unwrap();
    assert_eq!(task.inspection.columns[0].range, Some([-38.25, 39.25]));
    let (text, _) = decision(&task, "`$`");
    assert!(text.contains("26 of 40"), "{text}");
}

#[test]
fn columns_are_given_by_the_titles_that_reports_show() {
    let bare = lines("", |row| {
        format!(
            "{}.5,{},{},{}",
            row % 7,
            row * row % 17,
            row % 5,
            letter(row)
        )
    });
    for settings in [
        "target = \"column 3\"",
        "target = \"column 3\"\nheader = false",
        "ignore = [\"column 0\"]",
        "types = { \"column 2\" = \"category\" }",
    ] {
        let task = load(&bare, settings).unwrap();
        assert_eq!(task.inspection.rows, 40, "{settings}");
        assert_eq!(task.inspection.target.columns, ["column 3"]);
        let found = &task.inspection.columns;
        assert_eq!(found[0].role == "left out", settings.contains("ignore"));
        assert_eq!(found[2].kind == "category", settings.contains("types"));
    }
    for settings in [
        "target = \"column 4\"",
        "target = \"b\"\nheader = false",
        "target = 4",
    ] {
        let message = told(load(&bare, settings).unwrap_err());
        assert!(message.contains("`column 0`, `column 1`"), "{message}");
    }
    let named = lines(",b,b,k\n", |row| {
        format!(
            "{}.5,{},{},{}",
            row % 7,
            row * row % 17,
            row % 5,
            letter(row)
        )
    });
    let task = load(&named, "ignore = [\"column 0\", \"b.1\"]").unwrap();
    let roles: Vec<&str> = task
        .inspection
        .columns
        .iter()
        .map(|it| it.role.as_str())
        .collect();
    assert_eq!(roles, ["left out", "input", "left out", "target"]);
    let message = told(load(&named, "ignore = [\"column 1\"]").unwrap_err());
    assert!(message.contains("`column 0`, `b`, `b.1`, `k`"), "{message}");
}

#[test]
fn the_first_line_may_name_the_separator_in_quotes_or_have_years() {
    let rows = |row: i32| format!("{},{},{}", row % 7, row * row % 17, letter(row));
    let task = load(&format!("\"sep=,\"\r\n{}", lines("a,b,k\n", rows)), "").unwrap();
    let expected = pairs(&[("a", "number"), ("b", "number"), ("k", "category")]);
    assert_eq!(columns(&task), expected);
    for (header, years) in [
        ("region,2019,2020,2021\n", true),
        ("p,2019,2020,2021\n", false),
        ("region,2019,2020,2022\n", true),
    ] {
        let text = lines(header, |row| {
            format!(
                "{},{},{},{}",
                letter(row),
                1990 + row,
                2000 + row * 7 % 33,
                2010 + row % 14
            )
        });
        let task = load(&text, "").unwrap();
        assert_eq!(
            task.inspection.rows,
            if years { 40 } else { 41 },
            "{header}"
        );
        assert_eq!(task.inspection.columns[1].name == "2019", years);
    }
    let rows: String = (0..40)
        .map(|row| format!("{},{row},{}\n", letter(row), row + 1))
        .collect();
    let task = load(&format!("s,1,2\n{rows}"), "").unwrap();
    assert_eq!(task.inspection.rows, 41);
    let message = told(
        load(
            &lines("a,b\n", |row| {
                if row == 2 {
                    "1".to_owned()
                } else {
                    "1,2".to_owned()
                }
            }),
            "",
        )
        .unwrap_err(),
    );
    assert!(
        message.contains("line 4: ") && message.contains("1 field,"),
        "{message}"
    );
}
