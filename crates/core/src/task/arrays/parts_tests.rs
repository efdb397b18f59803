//! Tests of parts that files give, and of arrays that are not read.
#![allow(clippy::unwrap_used)]

use super::tests::{archive, half, integers, load, refused, vectors, words};
use super::*;
use crate::error::Error;
use crate::seed::Seed;
use crate::task::csv::TargetKind;
use crate::task::{Task, TaskSource};
use crate::wording::told;
#[test]
fn given_parts_are_kept() {
    let y = integers(&half([0, 1]));
    let task = load(&[
        ("X_train", vectors()),
        ("y_train", y.clone()),
        ("X_test", vectors()),
        ("y_test", y),
    ])
    .unwrap();
    assert_eq!(
        [task.train.len(), task.validation.len(), task.test.len()],
        [10, 2, 12]
    );
}

/// What is said of the load.
fn said(task: &Task) -> String {
    let decisions = task.inspection.decisions.iter();
    decisions.map(|it| format!("{}\n", it.text)).collect()
}

#[test]
fn parts_beside_all_rows_are_kept_and_other_arrays_are_told() {
    let y = || integers(&half([0, 1]));
    let task = load(&[
        ("X", vectors()),
        ("y", y()),
        ("X_test", vectors()),
        ("y_test", y()),
        ("ids", y()),
        ("X_val", vectors()),
    ])
    .unwrap();
    assert_eq!(
        [task.train.len(), task.validation.len(), task.test.len()],
        [10, 2, 12]
    );
    let said = said(&task);
    assert!(said.contains("`ids`, `X_val`"), "{said}");
    assert!(said.contains("`X_test` [12, 2]"), "{said}");
    let both = [
        ("X", vectors()),
        ("y", y()),
        ("X_val", vectors()),
        ("y_val", y()),
        ("X_valid", vectors()),
        ("y_valid", y()),
    ];
    refused(&both, &["\"X_val\"", "\"X_valid\""]);
}

#[test]
fn other_names_of_classes_are_used_if_they_fit() {
    let load = |names: &[&str], problem| {
        let folder = tempfile::tempdir().unwrap();
        let arrays = [
            ("X", vectors()),
            ("y", integers(&half([1, 0]))),
            ("class_names", words(names)),
        ];
        let settings = Arrays {
            problem,
            ..archive(folder.path(), &arrays)
        };
        settings.load(&Seed::new(0)).unwrap()
    };
    let task = load(&["rose", "iris"], TargetKind::Auto);
    assert_eq!(task.target.class_names(), ["rose", "iris"]);
    assert!(!said(&task).contains("class_names"));
    let other = load(&["rose", "iris", "lily"], TargetKind::Auto);
    assert_eq!(other.target.class_names(), ["0", "1"]);
    let values = load(&["rose", "iris"], TargetKind::Regression);
    for task in [other, values] {
        assert!(said(&task).contains("`class_names`"));
    }
}

#[test]
fn parts_beside_a_file_of_all_rows_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["X.npy", "X_test.npy", "X_validation.npy", "val_X.npy"] {
        std::fs::write(path(name), vectors()).unwrap();
    }
    for name in ["y.npy", "y_test.npy", "y_validation.npy"] {
        std::fs::write(path(name), integers(&half([0, 1]))).unwrap();
    }
    let settings = Arrays {
        path: path("X.npy"),
        ..Arrays::default()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    assert_eq!(
        [task.train.len(), task.validation.len(), task.test.len()],
        [12, 12, 12]
    );
    assert!(said(&task).contains("`val_X.npy`"));
    std::fs::write(path("val_y.npy"), integers(&half([0, 1]))).unwrap();
    let error = settings.load(&Seed::new(0)).unwrap_err();
    assert!(told(error).contains("val_X.npy"));
}

#[test]
fn files_beside_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("mine_X.npy"), vectors()).unwrap();
    let settings = Arrays {
        path: path("mine_X.npy"),
        ..Arrays::default()
    };
    let error = settings.load(&Seed::new(0)).unwrap_err();
    assert!(matches!(&error, Error::Setting { key, .. } if key == "task.labels"));
    told(error);
    std::fs::write(path("mine_y.npy"), integers(&half([0, 1]))).unwrap();
    assert_eq!(settings.load(&Seed::new(0)).unwrap().name, "mine_X");
}
