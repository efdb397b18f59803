//! Experts that are not those of the run: refused by the file's name, before anything is done.

use std::fs;

use crate::program::{FOLLOWING, Workplace};

/// A place with a finished run and its experts.
fn recorded() -> (Workplace, String) {
    let place = Workplace::new();
    let settings = place.file("small.toml", FOLLOWING);
    place.succeeds(&["distill", &settings, "--out", "first"]);
    (place, settings)
}

#[test]
fn of_another_network_training_or_task() {
    let (place, settings) = recorded();
    for (set, named) in [
        ("network.width=9", &["objective.experts.path"][..]),
        ("network.activation=tanh", &["\"relu\"", "\"tanh\""]),
        (
            "objective.experts.learning_rate=0.3",
            &["objective.experts.learning_rate", "0.1", "0.3"],
        ),
        (
            "objective.experts.seed=4",
            &["objective.experts.seed", "0", "4"],
        ),
        ("task.validation=0.2", &["objective.experts.path"]),
    ] {
        let arguments = ["distill", &settings, "--out", "second", "--set", set];
        let file = ["expert-0000-epoch-"];
        place.refuses(&arguments, &[&file[..], named].concat());
    }
    // More of the same are recorded besides.
    let more = [
        "--set",
        "objective.experts.count=3",
        "--set",
        "objective.experts.epochs=4",
    ];
    let mut arguments = vec!["distill", settings.as_str(), "--out", "second"];
    arguments.extend(more);
    place.succeeds(&arguments);
    assert!(
        place
            .path("experts/expert-0002-epoch-0004.safetensors")
            .exists()
    );
}

#[test]
fn that_are_damaged_or_no_experts() {
    let (place, settings) = recorded();
    let path = place.path("experts/expert-0001-epoch-0001.safetensors");
    let whole = fs::read(&path).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    let set = fs::read(place.path("first/synthetic.safetensors")).unwrap();
    for content in [&whole[..whole.len() / 2], &changed, &set, b"", b"weights"] {
        fs::write(&path, content).unwrap();
        let arguments = ["distill", settings.as_str(), "--out", "second"];
        place.refuses(&arguments, &["expert-0001-epoch-0001"]);
    }
    fs::remove_file(&path).unwrap();
    place.succeeds(&["distill", &settings, "--out", "second"]);
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn with_settings_that_cannot_be() {
    let place = Workplace::new();
    let settings = place.file("small.toml", FOLLOWING);
    for (set, named) in [
        ("objective.experts.path=", &["objective.experts.path"][..]),
        (
            "objective.experts.count=0",
            &["objective.experts.count = 0"],
        ),
        (
            "objective.experts.batch=0",
            &["objective.experts.batch = 0"],
        ),
        (
            "objective.experts.learning_rate=0",
            &["objective.experts.learning_rate"],
        ),
        (
            "objective.experts.epoch=3",
            &["objective.experts.epoch`", "objective.experts.epochs"],
        ),
        (
            "objective.max_start_epoch=9",
            &["objective.experts.epochs = 3", "10"],
        ),
        ("objective.parts=7", &["objective.parts = 7"]),
        ("objective.experts=3", &["objective.experts", "3"]),
    ] {
        place.refuses(&["distill", &settings, "--set", set], named);
    }
    let file = place.file("occupied", "a file");
    let set = format!("objective.experts.path={file}");
    place.refuses(&["distill", &settings, "--set", &set], &["occupied"]);
}
