//! The real files, from `$RETORT_DATA` or `../shared/data` beside the workspace: counted as ignored unless they
//! are asked for, `cargo test --test loaders -- --ignored`, as `.ci/run` does where the files are there.

use std::path::{Path, PathBuf};

use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::{Cifar, Csv, Idx, Target, Task, TaskSource};

use crate::assert_sound;

fn data(name: &str) -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("RETORT_DATA").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is absent: set RETORT_DATA",
        path.display()
    );
    path
}

fn table(name: &str) -> Task {
    let settings = Csv {
        path: data(name),
        ..Csv::default()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    assert_sound(&task);
    task
}

fn sizes(task: &Task) -> [usize; 3] {
    [&task.train, &task.validation, &task.test].map(|part| part.len())
}

#[test]
#[ignore = "needs the real files: --ignored"]
fn mnist_has_the_documented_sizes_and_moments() {
    let path = data("mnist");
    let settings = Idx {
        path,
        ..Idx::default()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    assert_sound(&task);
    assert_eq!(task.name, "mnist");
    assert_eq!(sizes(&task), [55_000, 5_000, 10_000]);
    assert_eq!(task.inputs, InputShape::Picture([1, 28, 28]));
    let columns = &task.normalisation.inputs;
    assert!((columns.mean[0] - 0.1307).abs() < 5e-4, "{columns:?}");
    assert!((columns.std[0] - 0.3082).abs() < 5e-4, "{columns:?}");
    // The class sizes of the original files.
    let count = |part: &retort_core::task::Split| -> Vec<usize> {
        part.rows_by_class(10).iter().map(Vec::len).collect()
    };
    let training: Vec<usize> = count(&task.train)
        .iter()
        .zip(count(&task.validation))
        .map(|(train, validation)| train + validation)
        .collect();
    assert_eq!(
        training,
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    );
    assert_eq!(
        count(&task.test),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    );
}

/// CIFAR-10 in the folder that its unpacking makes, beside the packed one.
#[test]
#[ignore = "needs the real files: --ignored"]
fn cifar_10_has_the_documented_sizes_and_moments() {
    let path = data("cifar10/cifar-10-batches-bin");
    let settings = Cifar {
        path,
        ..Cifar::default()
    };
    let task = settings.load(&Seed::new(0)).unwrap();
    assert_sound(&task);
    assert_eq!(task.name, "cifar-10-batches-bin");
    assert_eq!(sizes(&task), [45_000, 5_000, 10_000]);
    assert_eq!(task.inputs, InputShape::Picture([3, 32, 32]));
    assert_eq!(task.target.class_names()[0], "airplane");
    // Moments of the original files; compression has moved them a little.
    let columns = &task.normalisation.inputs;
    for (mean, original) in columns.mean.iter().zip([0.4914, 0.4822, 0.4465]) {
        assert!((mean - original).abs() < 2e-3, "{columns:?}");
    }
    for (std, original) in columns.std.iter().zip([0.2470, 0.2435, 0.2616]) {
        assert!((std - original).abs() < 2e-3, "{columns:?}");
    }
    let each = |part: &retort_core::task::Split, rows: usize| {
        part.rows_by_class(10)
            .iter()
            .all(|class| class.len() == rows)
    };
    assert!(each(&task.train, 4500) && each(&task.validation, 500) && each(&task.test, 1000));
}

#[test]
#[ignore = "needs the real files: --ignored"]
fn breast_cancer_is_two_named_classes() {
    let task = table("tabular/breast_cancer.csv");
    assert_eq!(task.name, "breast_cancer");
    assert_eq!(task.target.class_names(), ["benign", "malignant"]);
    assert_eq!(task.inputs, InputShape::Vector(30));
    assert_eq!(sizes(&task), [370, 85, 114]);
    let benign = |part: &retort_core::task::Split| part.labels.iter().filter(|&&l| l == 0).count();
    let benign = benign(&task.train) + benign(&task.validation) + benign(&task.test);
    assert_eq!(benign, 357);
}

#[test]
#[ignore = "needs the real files: --ignored"]
fn diabetes_is_regression() {
    let task = table("tabular/diabetes.csv");
    assert_eq!(task.target, Target::Values(vec!["progression".to_owned()]));
    assert_eq!(task.inputs, InputShape::Vector(10));
    assert_eq!(sizes(&task), [288, 66, 88]);
    let targets = &task.normalisation.targets;
    assert!((targets.mean[0] - 152.0).abs() < 10.0 && (targets.std[0] - 77.0).abs() < 8.0);
}

#[test]
#[ignore = "needs the real files: --ignored"]
fn digits_from_a_file_are_ten_classes() {
    let task = table("tabular/digits.csv");
    assert_eq!(task.target.class_names().join(""), "0123456789");
    assert_eq!(sizes(&task).iter().sum::<usize>(), 1797);
}

/// A table, its target, the number of classes (0 for numbers), and some columns that are left out.
const TABLES: &[(&str, &str, usize, &[&str])] = &[
    ("contraceptive", "class", 3, &[]),
    ("crx", "class", 2, &[]),
    ("diamonds", "price", 0, &["column 0"]),
    ("german", "class", 2, &[]),
    ("mammographic", "severity", 2, &[]),
    ("mpg", "hwy", 0, &["column 0"]),
    ("mushroom", "class", 2, &["veil_type"]),
    (
        "penguins-raw",
        "Species",
        3,
        &["Individual ID", "Region", "Stage"],
    ),
    ("penguins", "species", 3, &[]),
    ("phoneme", "class", 2, &[]),
    ("saheart", "chd", 2, &[]),
    ("segment", "class", 7, &[]),
    ("texture", "class", 11, &[]),
    ("vehicle", "class", 4, &[]),
];

#[test]
#[ignore = "needs the real files: --ignored"]
fn tables_as_people_have_them_are_read() {
    use retort_core::task::table::{Column, Encoding, Targets};
    for (name, target, classes, left_out) in TABLES {
        for encoding in [
            Encoding::Standard,
            Encoding::Quantile,
            Encoding::PiecewiseLinear,
        ] {
            let settings = Csv {
                path: data(&format!("tables/{name}.csv")),
                target: Some(Targets::One(Column::Name((*target).to_owned()))),
                encoding,
                ..Csv::default()
            };
            let task = settings.load(&Seed::new(0)).unwrap();
            assert_sound(&task);
            assert_eq!(
                task.target.classes().unwrap_or_default(),
                *classes,
                "{name}"
            );
            let columns = task
                .inspection
                .columns
                .iter()
                .filter(|column| column.role == "left out");
            let columns: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
            let mut expected = left_out.to_vec();
            expected.sort_by_key(|name| columns.iter().position(|other| other == name));
            assert_eq!(columns, expected, "{name}");
            let schema = task.columns.unwrap();
            let projected = schema.project(&task.train.inputs).unwrap();
            assert_eq!(schema.project(&projected).unwrap(), projected);
            for (a, b) in projected.iter().zip(task.train.inputs.iter()) {
                assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()), "{name}: {a} {b}");
            }
        }
    }
}
