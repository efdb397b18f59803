#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::error::Error;
use crate::seed::Seed;
use crate::shape::InputShape;
use crate::store::numpy::{archive_bytes, to_npy};
use crate::task::csv::TargetKind;
use crate::task::{Csv, Target, Task, TaskSource};
use crate::wording::told;

pub(super) fn floats(shape: &[usize], values: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    to_npy("<f8", shape, &bytes)
}

pub(super) fn integers(values: &[i64]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    to_npy("<i8", &[values.len()], &bytes)
}

pub(super) fn words(values: &[&str]) -> Vec<u8> {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|word| format!("{word:\0<6}").into_bytes())
        .collect();
    to_npy("|S6", &[values.len()], &bytes)
}

/// Twelve rows of two numbers.
pub(super) fn vectors() -> Vec<u8> {
    floats(
        &[12, 2],
        &(0..24).map(|v| f64::from(v * v)).collect::<Vec<_>>(),
    )
}

pub(super) fn half(values: [i64; 2]) -> Vec<i64> {
    (0..12).map(|row| values[row % 2]).collect()
}

pub(super) fn archive(folder: &Path, arrays: &[(&str, Vec<u8>)]) -> Arrays {
    let path = folder.join("mine.npz");
    let arrays: Vec<_> = arrays
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()))
        .collect();
    std::fs::write(&path, archive_bytes(&arrays).unwrap()).unwrap();
    Arrays {
        path,
        ..Arrays::default()
    }
}

pub(super) fn load(arrays: &[(&str, Vec<u8>)]) -> Result<Task, Error> {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path(), arrays).load(&Seed::new(0))
}

pub(super) fn refused(arrays: &[(&str, Vec<u8>)], named: &[&str]) {
    let error = load(arrays).unwrap_err();
    assert!(error.is_bad_input());
    let message = told(error);
    for name in named {
        assert!(message.contains(name), "{name} is not in {message}");
    }
}

#[test]
fn vectors_are_standardised_like_a_table_of_the_same_numbers() {
    let task = load(&[("X", vectors()), ("y", integers(&half([5, -2])))]).unwrap();
    assert_eq!(task.target.class_names(), ["-2", "5"]);
    assert_eq!(task.inputs, InputShape::Vector(2));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    let rows = (0..12).map(|row| {
        let [a, b] = [2 * row, 2 * row + 1].map(|v| v * v);
        format!("{a},{b},{}\n", half([5, -2])[row])
    });
    std::fs::write(&path, format!("a,b,kind\n{}", rows.collect::<String>())).unwrap();
    let table = Csv {
        path,
        ..Csv::default()
    };
    let table = table.load(&Seed::new(0)).unwrap();
    assert_eq!(task.train.labels, table.train.labels);
    assert_eq!(task.test.labels, table.test.labels);
    for (ours, theirs) in task.train.inputs.iter().zip(table.train.inputs.iter()) {
        assert!((ours - theirs).abs() < 1e-5, "{ours} and {theirs}");
    }
}

#[test]
fn targets_follow_one_rule() {
    let of = |targets: Vec<u8>| {
        load(&[("x", vectors()), ("Labels", targets)])
            .unwrap()
            .target
    };
    let classes = |names: &[&str]| Target::Classes(names.iter().map(ToString::to_string).collect());
    let rows = |two: [f64; 2]| (0..12).map(|row| two[row % 2]).collect::<Vec<_>>();
    assert_eq!(of(floats(&[12], &rows([1.0, -0.0]))), classes(&["0", "1"]));
    assert_eq!(
        of(floats(&[12, 1], &rows([1.0, 3.0]))),
        classes(&["1", "3"])
    );
    assert_eq!(
        of(floats(&[12], &rows([1.0, 0.5]))),
        Target::Values(vec!["y".to_owned()])
    );
    let kinds = ["rose", "iris"].repeat(6);
    assert_eq!(of(words(&kinds)), classes(&["iris", "rose"]));
    let one_hot: Vec<f64> = [1.0, 0.0, 0.0, 1.0].repeat(6);
    assert_eq!(of(floats(&[12, 2], &one_hot)), classes(&["0", "1"]));
    let several = Target::Values(vec!["y0".to_owned(), "y1".to_owned()]);
    assert_eq!(of(floats(&[12, 2], &[1.0, 0.5].repeat(12))), several);
    assert_eq!(
        of(to_npy("|b1", &[12], &[1, 0].repeat(6))),
        classes(&["0", "1"])
    );
}

#[test]
fn an_archive_can_name_its_classes() {
    let named = |classes: &[&str]| {
        [
            ("X", vectors()),
            ("y", integers(&half([1, 0]))),
            ("classes", words(classes)),
        ]
    };
    let task = load(&named(&["rose", "iris"])).unwrap();
    assert_eq!(task.target.class_names(), ["rose", "iris"]);
    refused(&named(&["rose", "iris", "lily"]), &["lily"]);
    refused(&named(&["rose"]), &["\"1\""]);
}

#[test]
fn names_of_classes_differ_in_more_than_blanks() {
    let named = |classes: &[&str]| {
        [
            ("X", vectors()),
            ("y", integers(&[0, 1, 2].repeat(4))),
            ("classes", words(classes)),
        ]
    };
    refused(&named(&["a", "a", "b"]), &["\"a\" and \"a\""]);
    refused(&named(&["b", " a", "a "]), &["\" a\" and \"a \""]);
    refused(&named(&["b", "", "a"]), &["mine.npz"]);
    let texts = |texts: &[&str]| [("X", vectors()), ("y", words(&texts.repeat(4)))];
    refused(&texts(&[" a", "b", "a "]), &["\" a\" and \"a \"", "\"y\""]);
    let task = load(&texts(&[" a", "b", "c"])).unwrap();
    assert_eq!(task.target.class_names(), [" a", "b", "c"]);
}

#[test]
fn the_rule_for_booleans_calls_them_so() {
    let truth = to_npy("|b1", &[12], &[1, 0].repeat(6));
    let task = load(&[("X", vectors()), ("y", truth)]).unwrap();
    assert!(task.inspection.target.rule.contains("booleans"));
}

#[test]
fn pictures_are_told_by_their_axes() {
    let of = |descr: &str, shape: &[usize], bytes: &[u8]| {
        let y = integers(&half([0, 1]));
        load(&[("images", to_npy(descr, shape, bytes)), ("labels", y)]).unwrap()
    };
    let pixels: Vec<u8> = (0..=143).collect();
    for (shape, expected) in [
        (vec![12, 3, 4], [1, 3, 4]),
        (vec![12, 2, 2, 3], [3, 2, 2]),
        (vec![12, 3, 2, 2], [3, 2, 2]),
        (vec![12, 3, 4, 1], [1, 3, 4]),
    ] {
        let task = of("|u1", &shape, &pixels);
        assert_eq!(task.inputs, InputShape::Picture(expected), "{shape:?}");
        let mean = task.normalisation.inputs.mean[0];
        assert!((0.2..0.4).contains(&mean), "{mean}");
    }
    // The first picture of channels last: its red pixels come first.
    let task = of("|u1", &[12, 2, 2, 3], &pixels);
    let mut all = vec![];
    for part in [&task.train, &task.validation, &task.test] {
        let mut rows = (*part.inputs).clone();
        task.normalisation.undo_inputs(&mut rows).unwrap();
        all.extend(
            rows.rows()
                .into_iter()
                .map(|row| row.mapv(|v| (v * 255.0).round() as u8).to_vec()),
        );
    }
    assert!(
        all.contains(&vec![0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]),
        "{all:?}"
    );
    // The same pixels as other types.
    for (descr, bytes) in [
        (
            "<f4",
            pixels
                .iter()
                .flat_map(|&v| (f32::from(v) / 255.0).to_le_bytes())
                .collect::<Vec<_>>(),
        ),
        (
            ">f8",
            pixels
                .iter()
                .flat_map(|&v| f64::from(v).to_be_bytes())
                .collect(),
        ),
        (
            "<i8",
            pixels
                .iter()
                .flat_map(|&v| i64::from(v).to_le_bytes())
                .collect(),
        ),
    ] {
        let other = of(descr, &[12, 2, 2, 3], &bytes);
        for (ours, theirs) in other.train.inputs.iter().zip(task.train.inputs.iter()) {
            assert!((ours - theirs).abs() < 1e-5, "{descr}: {ours} and {theirs}");
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let y = || ("y", integers(&half([0, 1])));
    let mut holed: Vec<f64> = (0..24).map(f64::from).collect();
    holed[7] = f64::NAN;
    refused(
        &[("X", floats(&[12, 2], &holed)), y()],
        &["mine.npz", "\"X\"", "NaN", "row 3", "column 1"],
    );
    for (value, said) in [(f64::MAX, "1.8e308"), (f64::INFINITY, "inf")] {
        holed[7] = value;
        let inputs = floats(&[12, 2], &holed);
        refused(&[("X", inputs), y()], &[said, "row 3", "numpy.clip"]);
        let targets = floats(&[12], &holed[..12]);
        refused(
            &[("X", vectors()), ("y", targets)],
            &[said, "row 7", "X[keep]"],
        );
    }
    holed[7] = f64::NAN;
    let targets = floats(&[12], &holed[..12]);
    refused(
        &[("X", vectors()), ("y", targets)],
        &["NaN", "row 7", "X[keep]"],
    );
    refused(
        &[("X", to_npy("|O", &[12, 2], b"pickle")), y()],
        &["\"X\"", "allow_pickle"],
    );
    refused(
        &[("X", to_npy("<c8", &[12, 2], &[0; 192])), y()],
        &["\"X\""],
    );
    refused(&[("X", floats(&[12], &holed[..12])), y()], &["[12]"]);
    refused(
        &[("X", to_npy("|u1", &[12, 2, 2, 2], &[0; 96])), y()],
        &["[2, 2, 2]", "task.layout"],
    );
    refused(
        &[("X", vectors()), ("y", integers(&[1; 12]))],
        &["\"1\"", "task.problem"],
    );
    refused(&[("X", vectors()), ("y", integers(&[1, 2]))], &["12", "2"]);
    refused(
        &[
            ("X", vectors()),
            ("y", words(&[&["a"; 11][..], &[""]].concat())),
        ],
        &["row 11"],
    );
    refused(&[("Z", vectors()), y()], &["\"y\""]);
    refused(&[], &["no arrays"]);
}

#[test]
fn integers_are_values_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Arrays {
        problem: TargetKind::Regression,
        ..archive(
            folder.path(),
            &[("X", vectors()), ("y", integers(&half([7, 9])))],
        )
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    assert_eq!(task.target, Target::Values(vec!["y".to_owned()]));
    assert!(task.train.targets.iter().all(|v| v.abs() < 1.5));
}
