//! What is compared of a message's words, and how the file holds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::wording::{entries, general, text};

#[test]
fn what_differs_between_runs_and_machines_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run/state.safetensors");
    for (message, words) in [
        (
            format!("{}: is gone", file.display()),
            "FOLDER/run/state.safetensors: is gone",
        ),
        (
            format!("in {}, and", folder.path().display()),
            "in FOLDER, and",
        ),
        (
            format!("version {}\n", env!("CARGO_PKG_VERSION")),
            "version VERSION",
        ),
        (
            "data 0123456789abcdef; restore".to_owned(),
            "data DIGEST; restore",
        ),
        (
            format!(
                "{}: cannot be read: No such file (os error 2)",
                file.display()
            ),
            "FOLDER/run/state.safetensors: cannot be read: SYSTEM",
        ),
        (
            "grew from 1.250e-3 to 3.5e11".to_owned(),
            "grew from NUMBER to NUMBER",
        ),
        (
            "task.dim = 9000000000000000000: from 1e-9".to_owned(),
            "task.dim = 9000000000000000000: from 1e-9",
        ),
    ] {
        assert_eq!(general(&message), words);
    }
}

#[test]
fn entries_come_back_as_they_were_written() {
    let key = |test: &str, number| (test.to_owned(), number);
    let stored = BTreeMap::from([
        (key("faults::a::b", 2), "two\n\nparagraphs".to_owned()),
        (key("faults::a::b", 10), String::new()),
        (key("cli::c", 1), "# no key".to_owned()),
    ]);
    let file = text(&stored);
    assert_eq!(entries(&file), stored);
    assert_eq!(text(&entries(&file)), file);
    assert!(entries(&text(&BTreeMap::new())).is_empty());
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![path],
    };
    let all = entries.flat_map(below);
    all.filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

#[test]
fn every_entry_is_of_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if std::env::var_os("RETORT_TEST_PROGRAM").is_some() {
        return;
    }
    let files = ["crates", "tests"].map(|folder| sources(&root.join(folder)));
    let all: String = files
        .iter()
        .flatten()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let stored = entries(&fs::read_to_string(root.join("tests/wording.txt")).unwrap());
    for (test, number) in stored.into_keys() {
        let name = test.rsplit("::").next().unwrap_or(&test);
        assert!(
            all.contains(&format!("fn {name}(")),
            "message {number} of {test}: no such test; take it out of tests/wording.txt"
        );
    }
}
