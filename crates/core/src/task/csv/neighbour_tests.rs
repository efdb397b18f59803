//! Tables of the kinds that people bring: other marks, units, dates, categories, headers.

#![allow(clippy::unwrap_used)]

use std::fs;

use super::loaded::load;
use super::*;
use crate::seed::Seed;
use crate::task::{ColumnReport, TaskSource};
use crate::wording::told;

/// Forty rows: a column of these fields by turns, a number, and a class.
fn table(name: &str, fields: &[&str], separator: char) -> String {
    let rows = (0..40).map(|row| {
        let field = fields[row % fields.len()];
        let other = row * row % 17;
        let class = if row % 2 == 0 { "a" } else { "b" };
        format!("{field}{separator}{other}{separator}{class}\n")
    });
    format!(
        "{name}{separator}other{separator}kind\n{}",
        rows.collect::<String>()
    )
}

/// The report of the first column.
fn first(text: &str, settings: &str) -> ColumnReport {
    load(text, settings).unwrap().inspection.columns[0].clone()
}

#[test]
fn fields_are_numbers_dates_words_or_missing() {
    for (fields, separator, kind, range) in [
        (
            &["1 000", "2 500,5"][..],
            ';',
            "number",
            Some([1000.0, 2500.5]),
        ),
        (&["1.234,5", "0,5"], ';', "number", Some([0.5, 1234.5])),
        (&["1'000", "20"], ',', "number", Some([20.0, 1000.0])),
        (&["1_000", "20"], ',', "number", Some([20.0, 1000.0])),
        (&["12%", "7.5 %"], ',', "number", Some([7.5, 12.0])),
        (
            &["$12.50", "-$3", "\"$1,000.00\""],
            ',',
            "number",
            Some([-3.0, 1000.0]),
        ),
        (&["12 €", "€ 7,5"], ';', "number", Some([7.5, 12.0])),
        (&["\"1\"", "\"2.5\""], ',', "number", Some([1.0, 2.5])),
        (
            &["1e3", "2E-1", "+.5", "−4"],
            ',',
            "number",
            Some([-4.0, 1000.0]),
        ),
        (
            &["1", "na", "2.5", "N/A", "NULL", "nan", "--", "#N/A"],
            ',',
            "number",
            Some([1.0, 2.5]),
        ),
        (&["$5", "5%"], ',', "category", None),
        (&["0x1F", "0x20"], ',', "category", None),
        (&["5 km", "7 km"], ',', "category", None),
        (&["1-5", "6-10"], ',', "category", None),
        (&["3", "4", "5more"], ',', "category", None),
        (&["TRUE", "False", "true"], ',', "boolean", None),
        (&["Y", "n"], ',', "boolean", None),
        (
            &["2024-01-02T03:00", "2024-01-03 15:00:00Z"],
            ',',
            "date",
            Some([19_724.125, 19_725.625]),
        ),
        (
            &["31.01.2024", "01.02.2024"],
            ';',
            "date",
            Some([19_753.0, 19_754.0]),
        ),
        (
            &["01/31/2024", "02/01/2024"],
            ',',
            "date",
            Some([19_753.0, 19_754.0]),
        ),
        (
            &["2024-01-02", "", "NA"],
            ',',
            "date",
            Some([19_724.0, 19_724.0]),
        ),
        (&["", "NA", "?"], ',', "empty", None),
    ] {
        let report = first(&table("x (m/s)", fields, separator), "target = \"kind\"");
        assert_eq!(report.name, "x (m/s)");
        assert_eq!(
            (report.kind.as_str(), report.range),
            (kind, range),
            "{fields:?}"
        );
    }
}

#[test]
fn words_that_are_missing_elsewhere_can_be_categories() {
    let text = table("roof", &["none", "tiles", "none", ""], ',');
    assert_eq!(first(&text, "").missing, 30);
    let report = first(&text, "types = { roof = \"category\" }");
    assert_eq!((report.missing, report.distinct), (10, Some(2)));
    let text = table("born", &["01/31/2024", "?"], ',');
    assert_eq!(
        first(&text, "types = { born = \"date\" }").range,
        Some([19_753.0; 2])
    );
    let text = table("code", &["1", "2", "03"], ',');
    let task = load(&text, "types = { code = \"category\" }").unwrap();
    let json = serde_json::to_value(task.columns.unwrap()).unwrap();
    assert_eq!(
        json[0]["encoding"]["categories"],
        serde_json::json!(["1", "2", "3"])
    );
}

#[test]
fn what_does_not_fit_is_refused_where_it_is() {
    let many = |odd: &str| {
        let rows = (0..300).map(|row| match row {
            7 => format!("{odd},{}\n", row % 2),
            _ => format!("{}.5,{}\n", row * row % 301, row % 2),
        });
        format!("x,kind\n{}", rows.collect::<String>())
    };
    for (odd, named) in [
        ("huh", "`huh`"),
        ("inf", "`inf`"),
        ("1e99", "`1e99`"),
        ("12:30", "`12:30`"),
    ] {
        let message = told(load(&many(odd), "").unwrap_err());
        assert!(
            message.contains("line 9: ") && message.contains(named),
            "{message}"
        );
    }
    assert!(load(&many("?"), "").is_ok());
    for (settings, named) in [
        ("types = { x = \"date\" }", "line 2: "),
        ("types = { x = \"boolean\" }", "task.types.x"),
        ("types = { z = \"date\" }", "task.types = \"z\""),
        ("ignore = [\"z\"]", "task.ignore = \"z\""),
        ("ignore = [\"kind\"]", "task.target"),
        ("ignore = [0]", "`x`"),
    ] {
        let message = told(load(&many("1"), settings).unwrap_err());
        assert!(message.contains(named), "{named}: {message}");
    }
}

#[test]
fn headers_of_many_kinds_are_found() {
    let body = |rows: std::ops::Range<i32>| -> String {
        rows.map(|row| {
            format!(
                "{},{},{}\n",
                f64::from(row * 7 % 11) / 4.0,
                row * row % 13,
                ["p", "q"][row as usize % 2]
            )
        })
        .collect()
    };
    for (first, is) in [
        ("a,b,c\n", true),
        ("400.5,410.5,class\n", true),
        ("0,1,2\n", true),
        ("1990,2000,2010\n", true),
        (",b,c\n", true),
        ("1.25,4,p\n", false),
        ("2.5,NA,q\n", false),
        ("NA,12,p\n", false),
    ] {
        let task = load(&format!("{first}{}", body(0..60)), "").unwrap();
        let rows: usize = task.inspection.parts.iter().sum();
        assert_eq!(rows, if is { 60 } else { 61 }, "{first}");
    }
    // Words only.
    let words = "odor,size,class\nfoul,big,p\nnone,small,e\nfoul,small,p\n".to_owned()
        + &"none,big,e\nfoul,big,p\n".repeat(9);
    let task = load(&words, "").unwrap();
    assert_eq!(task.target.class_names(), ["e", "p"]);
    // As R writes row names: the header has one name less.
    let rows: String = (1..40)
        .map(|row| format!("r{row},{},{}\n", row * row % 7, row % 2))
        .collect();
    let task = load(&format!("size,kind\n{rows}"), "").unwrap();
    assert_eq!(task.columns.unwrap().columns[1].name, "size");
    // A separator at the end of some lines, and a line that names it.
    let rows = |end: &str| -> String {
        (1..40)
            .map(|row| format!("{};{}{end}\n", row * row % 7, row % 2))
            .collect()
    };
    for text in [
        format!("size;kind\n{}", rows(";")),
        format!("size;kind;\n{}", rows("")),
        format!("size;kind;\n{}", rows(";")),
        format!("sep=;\r\nsize;kind\n{}", rows("")),
    ] {
        let task = load(&text, "").unwrap();
        assert_eq!(task.inspection.target.columns, ["kind"]);
        assert_eq!(task.inspection.rows, 39);
    }
    // A name that comes twice.
    let rows: String = (0..40)
        .map(|row| format!("{},{},{}\n", row % 9, row % 7, row % 2))
        .collect();
    let task = load(&format!("a,a,kind\n{rows}"), "").unwrap();
    let names: Vec<String> = task
        .columns
        .unwrap()
        .inputs()
        .map(|column| column.name.clone())
        .collect();
    assert_eq!(names, ["a", "a.1"]);
}

#[test]
fn categories_of_the_test_rows_alone_are_rare_ones_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(
        at("train.csv"),
        table("colour", &["red", "blue", "green"], ','),
    )
    .unwrap();
    fs::write(
        at("test.csv"),
        "colour,other,kind\nred,1,a\npink,2,b\n,3,a\n",
    )
    .unwrap();
    let settings = Csv {
        path: at("train.csv"),
        test_path: Some(at("test.csv")),
        ..Csv::default()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    let colours: Vec<Vec<f32>> = task
        .test
        .inputs
        .rows()
        .into_iter()
        .map(|row| row.to_vec()[..3].to_vec())
        .collect();
    assert_eq!(colours, [[0.0, 0.0, 1.0], [0.0; 3], [0.0; 3]]);
}

#[test]
fn how_rare_a_category_must_be_to_share_a_column_is_a_setting() {
    // 100 rows: two letters of 30 and 6 categories of 6 or 7 rows, some of them held out.
    let rows = (0..100).map(|row| {
        let name = match row {
            0..30 => "a".to_owned(),
            30..60 => "b".to_owned(),
            _ => format!("rare {}", row % 6),
        };
        format!("{name},{},{}\n", row * row % 17, row % 2)
    });
    let text = format!("letter,other,kind\n{}", rows.collect::<String>());
    let width = |settings: &str| {
        let task = load(&text, settings).unwrap();
        let report = &task.inspection;
        let pooled = report
            .decisions
            .iter()
            .find(|it| it.text.contains("share a column"));
        (
            report.columns[0].width,
            pooled.and_then(|it| it.setting.clone()),
        )
    };
    assert_eq!(width("min_frequency = 1"), (8, None));
    let rarest = Some("task.min_frequency = 1".to_owned());
    assert_eq!(width("min_frequency = 10"), (3, rarest));
    let most = Some("task.max_categories = 8".to_owned());
    assert_eq!(width("min_frequency = 1\nmax_categories = 4"), (5, most));
    for key in ["min_frequency", "max_categories"] {
        let error = told(load(&text, &format!("{key} = 0")).unwrap_err());
        assert!(error.contains(&format!("task.{key}")), "{error}");
    }
}

#[test]
fn rows_without_a_target_are_left_out_on_request_and_others_keep_their_gaps() {
    let rows = (0..60).map(|row| {
        let other = match row % 3 {
            0 => String::new(),
            _ => (row % 10).to_string(),
        };
        let class = ["a", "b", "a", "b", ""][row % 5];
        format!("{row}.5,{other},{class}\n")
    });
    let text = format!("x,other,kind\n{}", rows.collect::<String>());
    let refused = told(load(&text, "").unwrap_err());
    assert!(refused.contains("task.missing_target"), "{refused}");
    let task = load(&text, "missing_target = \"drop-rows\"").unwrap();
    let used = task.train.len() + task.validation.len() + task.test.len();
    assert_eq!(used, 48);
    let decisions = &task.inspection.decisions;
    let said = decisions
        .iter()
        .find(|it| it.text.contains("12 of 60 rows"));
    let setting = said.and_then(|it| it.setting.as_deref());
    assert_eq!(setting, Some("task.missing_target = \"refuse\""));
    let nothing = load(
        "x,y\n1,\n2,\n3,\n",
        "target = \"y\"\nmissing_target = \"drop-rows\"",
    );
    assert!(told(nothing.unwrap_err()).contains("task.target"));
}
