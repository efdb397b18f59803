//! Parquet files: tasks with their right values, and files that are damaged, cut off, encrypted or none at all.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use retort_core::seed::Seed;
use retort_core::task::table::Code;
use retort_core::task::{Parquet, Task, TaskSource, recognise};
use retort_core::{Error, Result};

use crate::allocation::largest;
use crate::assert_sound;
use crate::wording::told;

fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("loaders/inputs/parquet")
        .join(name)
}

fn settings(path: &Path, text: &str) -> Parquet {
    let mut settings: Parquet = text.parse::<toml::Table>().unwrap().try_into().unwrap();
    settings.path = path.to_owned();
    settings
}

fn load(name: &str, text: &str) -> Task {
    let task = settings(&input(name), text).load(&Seed::new(0)).unwrap();
    assert_sound(&task);
    task
}

/// Refused as bad input, with a message that names the file and these.
fn refuses(name: &str, text: &str, named: &[&str]) {
    let error = settings(&input(name), text)
        .load(&Seed::new(0))
        .unwrap_err();
    assert!(error.is_bad_input(), "{error}");
    let folder = input("").display().to_string();
    let message = told(error.to_string().replace(&folder, ""));
    for named in named {
        assert!(message.contains(named), "{named}: {message}");
    }
}

/// What was decided about this, with the setting.
fn said(task: &Task, word: &str) -> (String, String) {
    let decisions = &task.inspection.decisions;
    let mut found = decisions
        .iter()
        .filter(|decision| decision.text.contains(word));
    let (first, second) = (found.next(), found.next());
    assert!(second.is_none(), "{word}: {decisions:?}");
    let first = first.unwrap_or_else(|| panic!("{word}: {decisions:?}"));
    (
        first.text.clone(),
        first.setting.clone().unwrap_or_default(),
    )
}

/// The inputs and their encodings, by name.
fn inputs(task: &Task) -> Vec<(&str, &Code)> {
    let inputs = task.columns.as_ref().unwrap().inputs();
    inputs
        .map(|column| (column.name.as_str(), column.encoding.as_ref().unwrap()))
        .collect()
}

#[test]
fn a_file_is_a_table_with_every_type() {
    let task = load("kinds.parquet", "");
    assert_eq!(task.name, "kinds");
    assert_eq!(task.target.class_names(), ["iris", "rose"]);
    assert_eq!(
        (task.inspection.format.as_str(), task.inspection.rows),
        ("parquet", 40)
    );
    let columns = &task.inspection.columns;
    let column = |name: &str| columns.iter().find(|column| column.name == name).unwrap();
    for (name, kind, missing) in [
        ("int8", "number", 6),
        ("uint64", "number", 6),
        ("float64", "number", 11),
        ("decimal", "number", 6),
        ("bool", "boolean", 6),
        ("string", "category", 6),
        ("large", "category", 18),
        ("dictionary", "category", 6),
        ("date", "date", 6),
        ("zoned", "date", 6),
        ("time", "number", 6),
        ("unmarked", "category", 6),
        ("required", "number", 0),
    ] {
        let column = column(name);
        assert_eq!(
            (column.kind.as_str(), column.missing),
            (kind, missing),
            "{name}"
        );
        assert_eq!(column.role, "input", "{name}");
    }
    assert_eq!(column("int8").range, Some([-20.0, 19.0]));
    assert_eq!(column("date").range, Some([-1.0, 38.0]));
    for (name, why) in [
        ("list", "lists"),
        ("record", "records"),
        ("map", "maps"),
        ("bytes", "bytes"),
        ("fixed", "bytes"),
        ("uuid", "distinct"),
        ("nothing", "no field has a value"),
    ] {
        let column = column(name);
        assert_eq!(column.role, "left out", "{name}");
        assert!(
            column.why.as_ref().unwrap().contains(why),
            "{name}: {column:?}"
        );
        said(&task, &format!("`{name}`"));
    }
    let (_, setting) = said(&task, "`numbers`");
    assert_eq!(setting, "task.types.numbers = \"category\"");
    assert!(said(&task, "`time`").0.contains("seconds"));
    let words = task
        .columns
        .as_ref()
        .unwrap()
        .inputs()
        .find(|column| column.name == "bool");
    assert!(matches!(words.unwrap().encoding, Some(Code::Boolean(_))));
}

#[test]
fn settings_override_what_a_file_says() {
    let task = load(
        "kinds.parquet",
        "target = \"int64\"\nmissing = \"drop-rows\"\nignore = [\"float64\", \"large\", 0, \"nothing\"]\n\
         types = { int16 = \"category\", bool = \"number\", numbers = \"category\", kind = \"boolean\" }",
    );
    assert!(task.target.classes().is_none());
    assert_eq!(task.inspection.parts.iter().sum::<usize>(), 34);
    let inputs = inputs(&task);
    let code = |name: &str| {
        inputs
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, code)| code)
    };
    assert!(matches!(code("int16"), Some(Code::OneHot(_))));
    assert!(matches!(code("bool"), Some(Code::Standard(_))));
    assert!(matches!(code("kind"), Some(Code::Boolean(_))));
    assert!(code("int8").is_none() && code("float64").is_none());
    refuses(
        "kinds.parquet",
        "missing = \"refuse\"",
        &["kinds.parquet: ", "`int8`", "row 4, row 11"],
    );
    refuses(
        "kinds.parquet",
        "target = \"list\"",
        &["kinds.parquet: ", "`list`", "lists", "task.target"],
    );
    refuses(
        "kinds.parquet",
        "types = { map = \"number\" }",
        &["task.types.map", "\"number\"", "maps"],
    );
    refuses(
        "kinds.parquet",
        "types = { string = \"number\" }",
        &["row 1: ", "`string`", "`red`"],
    );
    refuses(
        "kinds.parquet",
        "target = \"kinds\"",
        &["task.target", "kinds", "\"kind\""],
    );
}

#[test]
fn the_index_of_a_pandas_table_is_left_out_and_its_categories_are_categories() {
    let task = load("index.parquet", "");
    assert_eq!(task.target.class_names(), ["iris", "rose"]);
    let names: Vec<&str> = inputs(&task).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["step", "long", "level"]);
    assert!(matches!(inputs(&task)[0].1, Code::OneHot(_)));
    assert!(matches!(inputs(&task)[2].1, Code::OneHot(_)));
    let (_, setting) = said(&task, "`__index_level_0__`");
    assert_eq!(setting, "task.types.__index_level_0__ = \"number\"");
    said(&task, "`level`");
    let task = load(
        "index.parquet",
        "types = { __index_level_0__ = \"number\", level = \"number\" }",
    );
    let names: Vec<&str> = inputs(&task).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["step", "long", "level", "__index_level_0__"]);
    assert!(matches!(inputs(&task)[2].1, Code::Standard(_)));
    let task = load("index-words.parquet", "");
    assert_eq!(task.target.class_names(), ["iris", "rose"]);
    assert_eq!(inputs(&task).len(), 3);
}

#[test]
fn an_index_with_names_is_left_out_unless_settings_name_it() {
    let names = |task: &Task| -> Vec<String> {
        let inputs = inputs(task).into_iter().map(|(name, _)| name.to_owned());
        inputs.collect()
    };
    let task = load("index-named.parquet", "");
    assert_eq!(task.target.class_names(), ["iris", "rose"]);
    assert_eq!(names(&task), ["step", "long", "level"]);
    let (text, setting) = said(&task, "`num`");
    assert!(text.contains("`code`") && text.contains("index"), "{text}");
    assert_eq!(setting, "task.types.num = \"number\"");
    let task = load("index-named.parquet", "types = { code = \"number\" }");
    assert_eq!(names(&task), ["step", "long", "level", "code"]);
    let task = load("index-named.parquet", "target = \"num\"");
    assert_eq!(names(&task), ["step", "long", "level", "kind"]);
    assert_eq!(task.inspection.target.columns, ["num"]);
}

#[test]
fn names_that_come_again_are_told_apart() {
    let task = load("names.parquet", "");
    let names: Vec<&str> = inputs(&task).into_iter().map(|(name, _)| name).collect();
    // Whole numbers without a name, all distinct, number the rows.
    assert_eq!(names, ["a", "a.1"]);
    said(&task, "column 2 is left out");
    said(&task, "are numbered: `a.1`");
    refuses(
        "names.parquet",
        "ignore = [\"a\"]",
        &["task.ignore", "\"a\""],
    );
    load("names.parquet", "ignore = [0]");
}

#[test]
fn a_test_file_must_have_the_same_columns() {
    let test = |name: &str| format!("test_path = {:?}", input(name));
    let task = load("snappy-1.parquet", &test("delta-2.parquet"));
    assert_eq!(task.test.len(), 40);
    assert_eq!(task.inspection.parts.iter().sum::<usize>(), 80);
    refuses(
        "snappy-1.parquet",
        &test("kinds.parquet"),
        &["kinds.parquet: ", "5"],
    );
    refuses(
        "snappy-1.parquet",
        &test("infinite.parquet"),
        &["infinite.parquet: row 7: ", "`real`", "`inf`"],
    );
    refuses(
        "snappy-1.parquet",
        &test("../mixed.csv"),
        &["task.test_path", "to_parquet"],
    );
}

#[test]
fn files_that_are_no_tables_are_named() {
    refuses("no-rows.parquet", "", &["no-rows.parquet: ", "rows"]);
    refuses(
        "no-columns.parquet",
        "",
        &["no-columns.parquet: ", "columns"],
    );
    refuses(
        "infinite.parquet",
        "",
        &["infinite.parquet: row 7: ", "`real`", "`inf`"],
    );
    refuses(
        "encrypted.parquet",
        "",
        &["encrypted.parquet: ", "encrypted"],
    );
    refuses(
        "encrypted-columns.parquet",
        "",
        &["encrypted-columns.parquet: ", "encrypted"],
    );
    refuses("make.py", "", &["make.py: ", "\"csv\""]);
    refuses("../plain.csv.gz", "", &["plain.csv.gz: "]);
    refuses("gone.parquet", "", &["gone.parquet: "]);
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        input("none-1.parquet"),
        folder.path().join("part-0.parquet"),
    )
    .unwrap();
    let found = recognise(folder.path()).unwrap();
    assert_eq!(found.kind, "parquet");
    let error = settings(&found.path, "").load(&Seed::new(0)).unwrap_err();
    assert!(told(error).contains("pandas"));
    let path = folder.path().join("empty.parquet");
    fs::write(&path, "").unwrap();
    let error = settings(&path, "").load(&Seed::new(0)).unwrap_err();
    assert!(told(error).contains("empty.parquet"));
    // A file whose name does not say what it is.
    let path = folder.path().join("mine.csv");
    fs::copy(input("none-1.parquet"), &path).unwrap();
    let csv = retort_core::task::Csv {
        path,
        ..retort_core::task::Csv::default()
    };
    let message = told(csv.load(&Seed::new(0)).unwrap_err());
    assert!(message.contains("task.kind = \"parquet\""), "{message}");
}

/// Loads these bytes: sound, or refused as bad input, without more memory than the file justifies.
fn try_bytes(bytes: &[u8]) -> Result<Task> {
    let file = tempfile::Builder::new()
        .suffix(".parquet")
        .tempfile()
        .unwrap();
    fs::write(file.path(), bytes).unwrap();
    let (result, largest) = largest(|| settings(file.path(), "").load(&Seed::new(0)));
    // What the packings need for tables of their own, and what the file holds.
    assert!(largest <= (8 << 20) + 64 * bytes.len(), "{largest} bytes");
    match &result {
        Ok(task) => assert_sound(task),
        Err(error) => assert!(error.is_bad_input(), "{error}"),
    }
    result
}

#[test]
fn a_file_that_is_cut_off_is_refused_wherever_it_is_cut() {
    for name in ["snappy-1.parquet", "delta-2.parquet", "zstd-2.parquet"] {
        let bytes = fs::read(input(name)).unwrap();
        try_bytes(&bytes).unwrap();
        for end in (0..bytes.len()).step_by(5) {
            let error = try_bytes(&bytes[..end]).unwrap_err();
            assert!(
                matches!(error, Error::Data { .. }),
                "{name} at {end}: {error}"
            );
        }
    }
    let bytes = fs::read(input("kinds.parquet")).unwrap();
    let error = try_bytes(&bytes[..20_000]).unwrap_err();
    let message = told(error);
    assert!(
        message.contains(".parquet: ") && message.contains("end"),
        "{message}"
    );
}

#[test]
fn a_hole_in_a_file_is_refused_or_does_no_harm() {
    for name in [
        "brotli-1.parquet",
        "gzip-2.parquet",
        "lz4-1.parquet",
        "plain-2.parquet",
    ] {
        let bytes = fs::read(input(name)).unwrap();
        for start in (0..bytes.len() - 16).step_by(11) {
            let mut holed = bytes.clone();
            holed[start..start + 16].fill(0);
            let _ = try_bytes(&holed);
            holed[start..start + 16].fill(0xff);
            let _ = try_bytes(&holed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_are_sound_or_refused(
        name in prop::sample::select(vec![
            "none-1", "snappy-1", "snappy-2", "gzip-1", "zstd-1", "brotli-2", "lz4-2", "delta-1", "delta-2", "plain-1",
        ]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = fs::read(input(&format!("{name}.parquet"))).unwrap();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let _ = try_bytes(&bytes);
    }

    #[test]
    fn random_bytes_between_the_marks_are_refused(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let length = (raw.len() as u32).to_le_bytes();
        let bytes = [b"PAR1", &raw[..], &length, b"PAR1"].concat();
        assert!(try_bytes(&bytes).is_err());
    }
}
