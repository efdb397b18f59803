#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;

use tempfile::TempDir;

use super::*;
use crate::error::Error;
use crate::error::Result;
use crate::seed::Seed;
use crate::shape::InputShape;
use crate::task::Task;
use crate::task::TaskSource;
use crate::wording::told;
use std::path::PathBuf;

const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let words = [&[magic], sizes].concat();
    let header: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    [&header, bytes].concat()
}

/// 12 training and 4 test pictures of 2×3 pixels in two classes.
fn valid() -> [Vec<u8>; 4] {
    let pixels: Vec<u8> = (0..72).map(|place| place * 3).collect();
    [
        idx(0x803, &[12, 2, 3], &pixels),
        idx(0x801, &[12], &[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]),
        idx(0x803, &[4, 2, 3], &pixels[..24]),
        idx(0x801, &[4], &[1, 1, 0, 0]),
    ]
}

fn write(files: &[Vec<u8>; 4], gz: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in FILES.iter().zip(files) {
        if gz {
            let file = fs::File::create(folder.path().join(format!("{name}.gz"))).unwrap();
            let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            packed.write_all(bytes).unwrap();
            packed.finish().unwrap();
        } else {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
    }
    folder
}

fn load(folder: &TempDir) -> Result<Task> {
    let settings = Idx {
        path: folder.path().to_owned(),
        classes: 2,
        validation: 3,
        ..Idx::default()
    };
    settings.load(&Seed::new(0))
}

#[test]
fn plain_and_compressed_files_are_the_same_task() {
    let task = load(&write(&valid(), false)).unwrap();
    let parts = [&task.train, &task.validation, &task.test];
    assert_eq!(parts.map(|part| part.len()), [9, 3, 4]);
    assert_eq!(task.inputs, InputShape::Picture([1, 2, 3]));
    assert_eq!(task.test.labels, [1, 1, 0, 0]);
    let packed = load(&write(&valid(), true)).unwrap();
    assert_eq!(task.fingerprint(), packed.fingerprint());
}

#[test]
fn pixels_are_normalised_by_the_training_part() {
    let task = load(&write(&valid(), false)).unwrap();
    assert!(task.train.inputs.mean().unwrap().abs() < 1e-5);
    let mut rows = Vec::new();
    for part in [&task.train, &task.validation] {
        let mut raw = ndarray::Array2::clone(&part.inputs);
        task.normalisation.inputs.undo(&mut raw);
        for (pixels, label) in raw.rows().into_iter().zip(&part.labels) {
            let first = (pixels[0] * 255.0).round() as usize / 18;
            assert_eq!(first % 2, *label, "a picture kept its label");
            rows.push(first);
        }
    }
    rows.sort_unstable();
    assert_eq!(rows, (0..12).collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let changed = |place: usize, change: &dyn Fn(&mut Vec<u8>), named: &[&str]| {
        let mut files = valid();
        change(&mut files[place]);
        for gz in [false, true] {
            let error = load(&write(&files, gz)).unwrap_err();
            assert!(matches!(error, Error::Data { .. }), "{error}");
            let message = told(error);
            assert!(message.contains(FILES[place]), "{message}");
            for name in named {
                assert!(message.contains(name), "{name:?} is not in: {message}");
            }
        }
    };
    let announce = |sizes: &[u32]| {
        let header = idx(0x803, sizes, &[]);
        move |file: &mut Vec<u8>| file[..16].copy_from_slice(&header)
    };
    changed(0, &|file| file[3] = 1, &["0x00000801"]);
    changed(0, &|file| file.truncate(10), &[]);
    changed(2, &|file| file.truncate(39), &[]);
    changed(3, &|file| file.push(0), &["4"]);
    changed(1, &|file| file[11] = 2, &["label 2 of row 3"]);
    changed(0, &announce(&[0, 2, 3]), &[]);
    changed(0, &announce(&[u32::MAX, 28, 28]), &[]);
    changed(0, &announce(&[u32::MAX; 3]), &[]);
    changed(2, &announce(&[4, 3, 2]), &["[3, 2]"]);
    changed(3, &|file| *file = idx(0x801, &[3], &[0; 3]), &["3", "4"]);
    changed(1, &|file| *file = idx(0x801, &[12], &[0; 12]), &["label 1"]);
    changed(2, &|file| *file = idx(0x803, &[0, 2, 3], &[]), &[]);
}

#[test]
fn a_missing_file_names_both_names_looked_for() {
    let folder = write(&valid(), false);
    fs::remove_file(folder.path().join(FILES[3])).unwrap();
    let message = told(load(&folder).unwrap_err());
    for name in [format!("{} ", FILES[3]), format!("{}.gz", FILES[3])] {
        assert!(message.contains(&name), "{message}");
    }
}

#[test]
fn files_with_the_wrong_ending_are_recognised() {
    let folder = write(&valid(), true);
    let path = folder.path().join(FILES[0]);
    fs::rename(path.with_extension("gz"), &path).unwrap();
    let message = told(load(&folder).unwrap_err());
    assert!(message.contains(FILES[0]), "{message}");
    fs::rename(&path, path.with_extension("gz")).unwrap();
    fs::write(path.with_extension("gz"), &valid()[0]).unwrap();
    let message = told(load(&folder).unwrap_err());
    assert!(message.contains(FILES[0]), "{message}");
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let folder = write(&valid(), false);
    let fails = |change: &dyn Fn(&mut Idx)| {
        let mut settings = Idx {
            path: folder.path().to_owned(),
            classes: 2,
            validation: 3,
            ..Idx::default()
        };
        change(&mut settings);
        told(settings.load(&Seed::new(0)).unwrap_err())
    };
    assert!(fails(&|s| s.path = PathBuf::new()).starts_with("task.path = (not given)"));
    assert!(fails(&|s| s.path.push("absent")).contains("absent: "));
    assert!(fails(&|s| s.classes = 1).starts_with("task.classes = 1"));
    assert!(fails(&|s| s.classes = 257).starts_with("task.classes = 257"));
    assert!(fails(&|s| s.zca_penalty = Some(0.0)).starts_with("task.zca_penalty = 0.0"));
    assert!(fails(&|s| s.validation = 0).starts_with("task.validation = 0"));
    assert!(fails(&|s| s.validation = 12).starts_with("task.validation = 12: "));
    assert!(fails(&|s| s.validation = 11).starts_with("task.validation = 11: "));
}
