//! CIFAR's binary files, as a folder and as an archive: whole, and wrong in one place.

use std::fs;
use std::path::{Path, PathBuf};

use flate2::{Compression, write::GzEncoder};
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::{Cifar, Task, TaskSource};

use crate::assert_sound;
use crate::wording::told;

const TRAIN: [&str; 5] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
];
const PIXELS: usize = 3072;

/// Named files.
pub type Files = Vec<(String, Vec<u8>)>;

/// Records of the labels, with as many label bytes each: red, green and blue planes of one level.
fn records(labels: &[u8], bytes: usize) -> Vec<u8> {
    let record = |&label: &u8| {
        let plane = |level: u8| vec![level; PIXELS / 3];
        let head = vec![label; bytes];
        [head, plane(label), plane(100), plane(200 - label)].concat()
    };
    labels.iter().flat_map(record).collect()
}

/// CIFAR-10 with three rows a class for training and one for the test.
pub fn ten() -> Files {
    let names = [
        "plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ];
    let row = |place: usize| (place % 10) as u8;
    let batch = |batch: usize| -> Vec<u8> { (0..6).map(|place| row(6 * batch + place)).collect() };
    let mut files: Files = (TRAIN.iter().enumerate())
        .map(|(place, name)| (name.to_string(), records(&batch(place), 1)))
        .collect();
    let test: Vec<u8> = (0..10).collect();
    files.push(("test_batch.bin".to_owned(), records(&test, 1)));
    files.push((
        "batches.meta.txt".to_owned(),
        (names.join("\n") + "\n\n").into_bytes(),
    ));
    files
}

/// CIFAR-100 with two rows a class for training and one for the test.
pub fn hundred() -> Files {
    let names: Vec<String> = (0..100).map(|class| format!("fine {class}")).collect();
    let labels: Vec<u8> = (0..100).collect();
    vec![
        ("train.bin".to_owned(), records(&labels.repeat(2), 2)),
        ("test.bin".to_owned(), records(&labels, 2)),
        (
            "fine_label_names.txt".to_owned(),
            names.join("\n").into_bytes(),
        ),
    ]
}

pub fn write(folder: &Path, files: &Files) {
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

pub fn archive(inside: &str, files: &Files) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let path = format!("{inside}{name}");
        archive.append_data(&mut header, path, &bytes[..]).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

pub fn load(path: PathBuf, classes: Option<usize>) -> retort_core::Result<Task> {
    let settings = Cifar {
        path,
        classes,
        validation: 10,
        ..Cifar::default()
    };
    settings.load(&Seed::new(0))
}

#[test]
fn a_split_seed_gives_runs_of_any_seed_the_same_parts() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &ten());
    let fingerprint = |split_seed, run| {
        let settings = Cifar {
            path: folder.path().to_owned(),
            validation: 10,
            split_seed,
            ..Cifar::default()
        };
        settings.load(&Seed::new(run)).unwrap().fingerprint()
    };
    assert_ne!(fingerprint(None, 1), fingerprint(None, 2));
    assert_eq!(fingerprint(Some(2), 1), fingerprint(None, 2));
    assert_eq!(fingerprint(Some(2), 1), fingerprint(Some(2), 7));
}

/// These files are refused, as a folder and as an archive, with a message that names all of `named`.
fn refused(files: &Files, named: &[&str]) {
    let place = tempfile::tempdir().unwrap();
    let packed = place.path().join("cifar.tar.gz");
    fs::write(&packed, archive("", files)).unwrap();
    let folder = place.path().join("folder");
    write(&folder, files);
    for path in [folder, packed] {
        let message = data(load(path.clone(), None));
        assert!(
            message.starts_with(&path.display().to_string()),
            "{message}"
        );
        for name in named {
            assert!(message.contains(name), "{name:?} is not in: {message}");
        }
    }
}

/// What is said of a data file that cannot be used.
fn data(task: retort_core::Result<Task>) -> String {
    let error = task.map(drop).unwrap_err();
    assert!(matches!(error, Error::Data { .. }), "{error}");
    told(error)
}

/// The files with one of them changed, which is named.
fn changed(name: &str, change: impl FnOnce(&mut Vec<u8>), named: &[&str]) {
    let mut files = ten();
    let file = files.iter_mut().find(|(other, _)| other == name).unwrap();
    change(&mut file.1);
    refused(&files, &[&[name][..], named].concat());
}

#[test]
fn folder_and_archive_are_the_same_task() {
    for (files, classes, inside, sizes) in [
        (ten(), 10, "cifar-10-batches-bin", [20, 10, 10]),
        (hundred(), 100, "cifar-100-binary", [190, 10, 100]),
    ] {
        let place = tempfile::tempdir().unwrap();
        write(&place.path().join(inside), &files);
        // In another order, as archives have them.
        let reversed: Files = files.iter().rev().cloned().collect();
        let packed = place.path().join("packed.tar.gz");
        fs::write(&packed, archive(&format!("./{inside}/"), &reversed)).unwrap();
        let task = load(place.path().join(inside), None).unwrap();
        assert_sound(&task);
        assert_eq!(task.name, inside);
        assert_eq!(task.inputs, InputShape::Picture([3, 32, 32]));
        let parts = [&task.train, &task.validation, &task.test];
        assert_eq!(parts.map(|part| part.len()), sizes);
        assert_eq!(task.target.class_names().len(), classes);
        assert_eq!(task.normalisation.inputs.mean.len(), 3);
        for (path, name) in [(packed, "packed"), (place.path().to_owned(), inside)] {
            let other = load(path, Some(classes)).unwrap();
            assert_eq!(other.fingerprint(), task.fingerprint());
            assert_eq!(other.target, task.target);
            assert_eq!(other.name, name);
        }
    }
}

#[test]
fn pixels_are_planes_and_labels_belong_to_them() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), &ten());
    let task = load(place.path().to_owned(), None).unwrap();
    assert_eq!(task.target.class_names()[3], "cat");
    for part in [&task.train, &task.validation, &task.test] {
        let mut raw = part.inputs.as_ref().clone();
        task.normalisation.undo_inputs(&mut raw).unwrap();
        for (row, &label) in raw.rows().into_iter().zip(&part.labels) {
            let levels = [0, 1024, 2048].map(|place| (row[place] * 255.0).round() as usize);
            assert_eq!(levels, [label, 100, 200 - label]);
        }
    }
}

#[test]
fn classes_without_a_file_of_names_are_numbers() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), &hundred()[..2].to_vec());
    let task = load(place.path().to_owned(), None).unwrap();
    assert_eq!(task.target.class_names()[99], "99");
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let (third, test, names) = ("data_batch_3.bin", "test_batch.bin", "batches.meta.txt");
    changed(third, |bytes| bytes.truncate(5 * (1 + PIXELS)), &["5"]);
    changed(third, |bytes| bytes.truncate(5000), &["5000", "3073"]);
    changed(test, Vec::clear, &["0"]);
    changed(test, |bytes| bytes.push(0), &["30731"]);
    let label = |bytes: &mut Vec<u8>| bytes[2 * 3073] = 10;
    changed("data_batch_2.bin", label, &["label 10 of record 2"]);
    changed(names, |bytes| bytes.truncate(5), &["1"]);
    changed(names, |bytes| bytes[1] = 0xff, &[]);
    let mut files = ten();
    for (_, bytes) in &mut files[..5] {
        bytes
            .chunks_exact_mut(3073)
            .filter(|record| record[0] == 7)
            .for_each(|record| record[0] = 6);
    }
    refused(&files, &["label 7 (horse)"]);
    files.remove(4);
    files.remove(1);
    refused(&files, &["data_batch_2.bin, data_batch_5.bin"]);
    refused(&Files::new(), &["CIFAR-10 (data_batch_1.bin", "CIFAR-100"]);
    refused(&[ten(), hundred()].concat(), &["task.classes"]);
    refused(&vec![("data_batch_1".to_owned(), vec![0; 9])], &[]);
}

#[test]
fn the_number_of_classes_chooses_among_both() {
    let place = tempfile::tempdir().unwrap();
    write(&place.path().join("cifar-10-batches-bin"), &ten());
    write(&place.path().join("cifar-100-binary"), &hundred());
    let message = data(load(place.path().to_owned(), None));
    assert!(message.contains("task.classes"), "{message}");
    for classes in [10, 100] {
        let task = load(place.path().to_owned(), Some(classes)).unwrap();
        assert_eq!(task.target.class_names().len(), classes);
    }
    let folder = place.path().join("cifar-10-batches-bin");
    let message = data(load(folder, Some(100)));
    assert!(message.contains("(train.bin, test.bin)"), "{message}");
    assert!(message.contains("task.classes = 100"), "{message}");
}

#[test]
fn what_is_wrong_with_an_archive_is_said() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("cifar.tar.gz");
    let said = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let message = data(load(path.clone(), None));
        assert!(message.contains("cifar.tar.gz"), "{message}");
        message
    };
    let whole = archive("cifar-10-batches-bin/", &ten());
    for length in [whole.len() / 2, whole.len() - 4] {
        said(&whole[..length]);
    }
    let mut wrong = whole.clone();
    let end = wrong.len();
    wrong[end - 8] ^= 1;
    said(&wrong);
    said(b"PK, a zip");
    let twice = [ten(), ten()].concat();
    let message = said(&archive("", &twice));
    assert!(message.contains("data_batch_1.bin: "), "{message}");
}
