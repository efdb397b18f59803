#![allow(clippy::unwrap_used)]

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::error::Result;
use crate::seed::Seed;
use crate::shape::InputShape;
use crate::task::Split;
use crate::task::Target;
use crate::task::Task;
use crate::task::TaskSource;
use crate::wording::told;
use std::path::Path;

/// Ten rows of two features and a class.
const FLOWERS: &str = "long,wide,kind\n\
    1,2,rose\n2,3,rose\n3,1,rose\n4,4,rose\n5,0,rose\n\
    -1,7,iris\n-2,8,iris\n-3,9,iris\n-4,6,iris\n-5,5,iris\n";

struct Files(TempDir);

impl Files {
    fn of(train: impl AsRef<[u8]>, test: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("garden.csv"), train).unwrap();
        if let Some(test) = test {
            fs::write(folder.path().join("test.csv"), test).unwrap();
        }
        Self(folder)
    }

    fn load(&self, settings: &str) -> Result<Task> {
        let table: toml::Table = settings.parse().unwrap();
        let mut read: Csv = table.try_into().unwrap();
        read.path = self.0.path().join("garden.csv");
        let test = self.0.path().join("test.csv");
        read.test_path = test.exists().then_some(test);
        read.load(&Seed::new(0))
    }
}

fn load(text: &str, settings: &str) -> Result<Task> {
    Files::of(text, None).load(settings)
}

fn fails(text: &str, settings: &str) -> String {
    let error = load(text, settings).unwrap_err();
    assert!(error.is_bad_input());
    told(error)
}

fn sizes(task: &Task) -> [usize; 3] {
    [&task.train, &task.validation, &task.test].map(Split::len)
}

#[test]
fn classes_are_found_split_and_standardised() {
    let task = load(FLOWERS, "").unwrap();
    assert_eq!(task.name, "garden");
    assert_eq!(task.target.class_names(), ["iris", "rose"]);
    assert_eq!(sizes(&task), [6, 2, 2]);
    assert_eq!(task.train.rows_by_class(2).map_len(), [3, 3]);
    for column in task.train.inputs.columns() {
        assert!(column.mean().unwrap().abs() < 1e-6);
        assert!((column.std(0.0) - 1.0).abs() < 1e-6);
    }
    let again = load(FLOWERS, "").unwrap();
    assert_eq!(task.fingerprint(), again.fingerprint());
    let mut seen = Vec::new();
    for part in [&task.train, &task.validation, &task.test] {
        let mut raw = ndarray::Array2::clone(&part.inputs);
        task.normalisation.inputs.undo(&mut raw);
        seen.extend(raw.column(0).iter().map(|v| v.round() as i32));
    }
    seen.sort_unstable();
    assert_eq!(seen, [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]);
}

trait MapLen {
    fn map_len(&self) -> Vec<usize>;
}

impl MapLen for Vec<Vec<usize>> {
    fn map_len(&self) -> Vec<usize> {
        self.iter().map(Vec::len).collect()
    }
}

#[test]
fn a_header_is_recognised_or_told() {
    let bare = FLOWERS.split_once('\n').unwrap().1;
    let with = load(FLOWERS, "").unwrap();
    assert_eq!(load(bare, "").unwrap().fingerprint(), with.fingerprint());
    // With header = true the first row is not data. With header = false the names are words.
    let task = load(FLOWERS, "header = false").unwrap_err();
    assert!(task.is_bad_input());
    assert_eq!(
        sizes(&load(bare, "header = true").unwrap())
            .iter()
            .sum::<usize>(),
        9
    );
    // A first row of numbers and words is not taken as a header, so no row is lost silently.
    let task = load(&bare.replacen("1,2,rose", "1,NA,rose", 1), "").unwrap();
    assert_eq!(sizes(&task).iter().sum::<usize>(), 10);
}

#[test]
fn targets_are_found_by_name_number_or_list() {
    for settings in ["target = \"kind\"", "target = 2", "target = [\"kind\"]"] {
        let task = load(FLOWERS, settings).unwrap();
        assert_eq!(task.target.class_names().len(), 2);
    }
    let swapped = "kind,long\nrose,1\nrose,2\nrose,3\niris,4\niris,5\niris,6\n";
    let task = load(swapped, "target = 0").unwrap();
    assert_eq!(task.target.class_names(), ["iris", "rose"]);
    let message = fails(FLOWERS, "target = \"kinds\"");
    assert!(message.starts_with("task.target = \"kinds\""), "{message}");
    assert!(
        message.contains("`long`, `wide`, `kind`") && message.contains("\"kind\""),
        "{message}"
    );
    assert!(fails(FLOWERS, "target = 3").starts_with("task.target = 3: "));
    assert!(fails(FLOWERS, "target = []").starts_with("task.target = []: "));
    assert!(fails("1,2\n", "target = [0, 1]").starts_with("task.target = [0, 1]: "));
    assert!(fails("1,2,3\n", "target = [1, 1]").starts_with("task.target = [1, 1]: "));
    assert!(fails("1,2\n", "target = \"a\"\nheader = false").starts_with("task.target = \"a\": "));
    assert!(fails("a,b,b\n1,2,3\n", "target = \"b\"").starts_with("task.target = \"b\": "));
}

#[test]
fn numbers_become_classes_or_values_by_a_rule() {
    let table = |value: &dyn Fn(i32) -> String| -> String {
        (0..100)
            .map(|row| format!("{row},{}\n", value(row)))
            .collect()
    };
    let few = load(&table(&|row| (row % 12).to_string()), "").unwrap();
    let names: Vec<String> = (0..12).map(|class| class.to_string()).collect();
    assert_eq!(few.target.class_names(), names);
    let same = load(
        &table(&|row| ["1", "1.0", "-2", "0"][row as usize % 4].to_owned()),
        "",
    );
    assert_eq!(same.unwrap().target.class_names(), ["-2", "0", "1"]);
    for values in [
        table(&|row| row.to_string()),
        table(&|row| (f64::from(row % 3) / 2.0).to_string()),
    ] {
        let task = load(&values, "").unwrap();
        assert_eq!(task.target, Target::Values(vec!["column 1".to_owned()]));
        assert!(task.train.labels.is_empty());
        assert!(task.train.targets.mean().unwrap().abs() < 1e-5);
        assert!((task.train.targets.std(0.0) - 1.0).abs() < 1e-4);
    }
    let asked = load(
        &table(&|row| (row % 12).to_string()),
        "problem = \"regression\"",
    );
    assert_eq!(asked.unwrap().target.classes(), None);
}

#[test]
fn several_targets_are_regression_and_keep_their_order() {
    let text = "a,b,c\n1,2,30\n2,3,40\n3,4,50\n4,5,10\n5,1,20\n";
    let task = load(text, "target = [\"c\", \"a\"]").unwrap();
    let names = ["c", "a"].map(str::to_owned).to_vec();
    assert_eq!(task.target, Target::Values(names));
    assert_eq!(task.inputs, InputShape::Vector(1));
    let mut raw = task.train.targets.clone();
    task.normalisation.targets.undo(&mut raw);
    assert!(raw.column(0).iter().all(|v| *v > 9.0) && raw.column(1).iter().all(|v| *v < 6.0));
    assert!(fails(text, "target = [0, 1]\nproblem = \"classification\"").contains("task.problem"));
}

#[test]
fn constant_columns_stay_finite() {
    let text = "7,1,5\n7,2,5\n7,3,5\n7,4,5\n";
    let task = load(text, "problem = \"regression\"").unwrap();
    let numbers = task.train.inputs.iter().chain(&task.train.targets);
    assert!(
        numbers
            .chain(task.test.inputs.iter())
            .all(|v| v.is_finite())
    );
    assert!(task.train.inputs.column(0).iter().all(|v| *v == 0.0));
}

#[test]
fn faults_are_told_with_their_line() {
    for (text, expected) in [
        ("", "garden.csv: "),
        ("\n\n", "garden.csv: "),
        ("a,b\n", "garden.csv: "),
        ("1\n2\n", "garden.csv: "),
        ("1;2\n2;3\n", "task.test"),
        ("a,b\n1,2\n1,2,3\n", "line 3: "),
        ("a,b\r\n1,2\r\n1\r\n", "line 3: "),
        ("a,b\n\n\n1,2\n\n2,3,4\n", "line 6: "),
        ("a,b\r\n\r\n1,2\r\n2\r\n", "line 4: "),
        ("a,b\r1,2\r2\r", "line 3: "),
        ("a,b\n1,2\n\"2,3\n4,5\n", "line 3: "),
        ("a,b\n1,2\n3,\0\n", "line 3: "),
        ("a,b\n1,2\na,b\n", "line 3: "),
        ("a,b\n1e99,2\n", "line 2: column 0 (`a`): `1e99`"),
        (
            "a,b\n1,x\n2,\n",
            "column 1 (`b`): 1 of 2 rows has no target, at line 3",
        ),
        ("a,b\n1,2\n2,inf\n", "line 3: column 1 (`b`): `inf`"),
        ("a,b\n1,x\n2,x\n", "`x`"),
        ("a,b\n1,x\n2,y\n", "0"),
    ] {
        let message = fails(text, "");
        assert!(message.contains(expected), "{text:?}: {message}");
    }
    let message = fails("a,b\n1,2\n2,x\n", "problem = \"regression\"");
    assert!(message.contains("line 3: column 1 (`b`): `x`"), "{message}");
    let many: String = (0..1001).map(|row| format!("{row},v{row}\n")).collect();
    assert!(fails(&many, "").contains("1001"));
}

#[test]
fn what_is_not_a_text_file_is_refused() {
    let binary = [FLOWERS.as_bytes(), b"1,2,\x01\xff\n"].concat();
    let message = told(Files::of(binary, None).load("").unwrap_err());
    assert!(message.contains("garden.csv: line 12: "), "{message}");
    for (bytes, format) in [
        (&b"PK\x03\x04....xl/workbook.xml"[..], "Excel"),
        (b"PK\x03\x04....X.npy", "numpy"),
        (b"PAR1\x15\x04", "parquet"),
        (b"\x93NUMPY\x01\0", "numpy"),
        (b"\x89PNG\r\n", "PNG"),
        (b"\x1f\x8bxx", "gzip"),
        (b"\x10\0\0\0\0\0\0\0{\"a\": 1}", "safetensors"),
    ] {
        let message = told(Files::of(bytes, None).load("").unwrap_err());
        assert!(message.contains(format), "{message}");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &Path| {
        let settings = Csv {
            path: path.to_owned(),
            ..Csv::default()
        };
        told(settings.load(&Seed::new(0)).unwrap_err())
    };
    let at_folder = format!("{}: ", folder.path().display());
    assert!(at(folder.path()).starts_with(&at_folder));
    assert!(at(&folder.path().join("absent.csv")).contains("absent.csv: "));
    assert!(at(Path::new("")).starts_with("task.path = (not given)"));
}

#[test]
fn marks_quotes_blanks_and_other_delimiters_are_understood() {
    let marked = format!("\u{feff}{FLOWERS}");
    let plain = load(FLOWERS, "").unwrap().fingerprint();
    assert_eq!(
        load(&marked, "target = \"kind\"").unwrap().fingerprint(),
        plain
    );
    let quoted = FLOWERS.replace("rose", "\"rose\"").replace(',', " , ");
    assert_eq!(
        load(&quoted.replace(" \"rose\"", "\"rose\""), "")
            .unwrap()
            .fingerprint(),
        plain
    );
    let tabs = FLOWERS.replace(',', "\t").replace('\n', "\r\n");
    for settings in ["", "delimiter = \"\\t\""] {
        assert_eq!(load(&tabs, settings).unwrap().fingerprint(), plain);
    }
    for mark in [";", "|", "   "] {
        let other = FLOWERS.replace(',', mark);
        assert_eq!(load(&other, "").unwrap().fingerprint(), plain, "{mark}");
    }
    let wide = |to: fn(u16) -> [u8; 2]| -> Vec<u8> { marked.encode_utf16().flat_map(to).collect() };
    for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        assert_eq!(
            Files::of(bytes, None).load("").unwrap().fingerprint(),
            plain
        );
    }
    let latin = [
        FLOWERS.replace("rose", "ros\u{e9}").into_bytes(),
        Vec::new(),
    ]
    .concat();
    let latin: Vec<u8> = String::from_utf8(latin)
        .unwrap()
        .chars()
        .map(|c| c as u8)
        .collect();
    let task = Files::of(latin, None).load("").unwrap();
    assert_eq!(task.target.class_names(), ["iris", "rosé"]);
    assert!(fails(FLOWERS, "delimiter = \"é\"").contains("task.delimiter"));
    assert!(fails(FLOWERS, "delimiter = \"5\"").contains("task.delimiter"));
}

#[test]
fn a_test_file_must_fit_the_training_file() {
    let with = |test: &str| Files::of(FLOWERS, Some(test)).load("");
    let task = with("long,wide,kind\n1,2,iris\n0,0,rose\n7,7,rose\n").unwrap();
    assert_eq!(sizes(&task), [8, 2, 3]);
    assert_eq!(task.test.labels, [0, 1, 1]);
    // Columns are matched by their names.
    let other = with("wide,kind,long\n2,iris,1\n0,rose,0\n7,rose,7\n").unwrap();
    assert_eq!(
        (&other.test.labels, &other.test.inputs),
        (&task.test.labels, &task.test.inputs)
    );
    for (test, expected) in [
        (
            "long,wide,kind\n1,2,iris\n1,2,tulip\n",
            "line 3: column 2 (`kind`): ",
        ),
        ("long,kind\n1,iris\n", "2"),
        ("1,2,iris\n", "`1`"),
        ("", ""),
    ] {
        let message = told(with(test).unwrap_err());
        assert!(
            message.contains("test.csv") && message.contains(expected),
            "{message}"
        );
    }
}

#[test]
fn settings_read_back_as_they_were_and_wrong_ones_are_explained() {
    use crate::task::TaskSettings;
    let read = |text: &str| {
        let text = format!("kind = \"csv\"\npath = \"a.csv\"\n{text}");
        TaskSettings::read(&text.parse().unwrap())
    };
    for text in [
        "",
        "target = 3\nheader = false\ndelimiter = \";\"",
        "decimal = \",\"\nthousands = \".\"\nmissing = \"drop-rows\"\nencoding = \"piecewise-linear\"",
        "ignore = [\"a\", 2]\ntypes = { a = \"category\", 3 = \"date\" }",
        "target = [\"a\", 2]\nproblem = \"regression\"\ntest_path = \"b.csv\"",
    ] {
        let settings = read(text).unwrap();
        let table = toml::Table::try_from(&settings).unwrap();
        assert_eq!(TaskSettings::read(&table).unwrap(), settings);
    }
    for (text, expected) in [
        ("target = 1.5", "task.target = 1.5: "),
        ("target = -1", "task.target = -1: "),
        ("delimiter = \"ab\"", "task.delimiter"),
        ("problem = \"ranking\"", "task.problem"),
        ("decimal = \"x\"", "task.decimal"),
        ("decimal = \",\"\nthousands = \",\"", "task.thousands"),
        ("missing = \"guess\"", "task.missing"),
        ("encoding = \"one-hot\"", "task.encoding"),
        ("types = { a = \"text\" }", "task.types"),
        ("validation = 0.5\ntest = 0.5", "task.validation"),
        ("tests = 0.5", "`task.test`"),
    ] {
        let message = told(read(text).unwrap_err());
        assert!(message.contains(expected), "{text}: {message}");
    }
}
