//! What is compared of a message's words, and how the file holds them.

use std::collections::BTreeMap;

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
