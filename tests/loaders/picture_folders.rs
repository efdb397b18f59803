//! Folders of pictures: both layouts, every fault by its path, and pictures that lie.

use std::fs;
use std::path::Path;

use image::{GrayImage, Luma, Rgb, RgbImage};
use proptest::prelude::*;
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::task::{Folder, RowsOrFraction, Task, TaskSource};
use tempfile::TempDir;

use crate::allocation::largest;
use crate::assert_sound;
use crate::wording::told;

/// A picture of one colour, of the number's own size and kind.
fn picture(path: &Path, number: usize, level: u8) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let (across, down) = (8 + number as u32 % 5, 8 + number as u32 % 3);
    match number % 3 {
        0 => GrayImage::from_pixel(across, down, Luma([level])).save(path.with_extension("png")),
        1 => RgbImage::from_pixel(across, down, Rgb([level; 3])).save(path.with_extension("JPG")),
        _ => RgbImage::from_pixel(across, down, Rgb([level; 3])).save(path.with_extension("jpeg")),
    }
    .unwrap();
}

/// Classes of one grey level each, with this number of pictures each.
fn classes(folder: &Path, names: &[&str], count: usize) {
    for (class, name) in names.iter().enumerate() {
        for number in 0..count {
            picture(
                &folder.join(name).join(format!("{number}")),
                number,
                50 * (class as u8 + 1),
            );
        }
    }
}

/// `train` and `test`.
fn parts() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    classes(&folder.path().join("train"), &["cat", "dog", "eel"], 6);
    classes(&folder.path().join("test"), &["cat", "dog", "eel"], 2);
    folder
}

fn settings(path: &Path) -> Folder {
    Folder {
        path: path.to_owned(),
        side: Some(4),
        ..Folder::default()
    }
}

fn load(path: &Path) -> retort_core::Result<Task> {
    settings(path).load(&Seed::new(0))
}

/// Loading is refused because of what is at that place.
fn refused(path: &Path, place: &Path) {
    let error = load(path).unwrap_err();
    assert!(
        matches!(&error, Error::Data { path, .. } if path == place),
        "{error}"
    );
    told(error);
}

fn sizes(task: &Task) -> [usize; 3] {
    [&task.train, &task.validation, &task.test].map(|part| part.len())
}

/// Whether each picture has the level of its class still.
fn assert_levels(task: &Task) {
    for part in [&task.train, &task.validation, &task.test] {
        let mut raw = part.inputs.as_ref().clone();
        task.normalisation.undo_inputs(&mut raw).unwrap();
        for (row, &label) in raw.rows().into_iter().zip(&part.labels) {
            let level = 50.0 * (label as f32 + 1.0);
            assert!(row.iter().all(|v| (v * 255.0 - level).abs() < 3.0), "{row}");
        }
    }
}

#[test]
fn two_parts_are_read_as_they_are() {
    let folder = parts();
    // What systems and people leave beside pictures.
    for name in [
        "README.md",
        ".DS_Store",
        "train/labels.txt",
        "train/cat/Thumbs.db",
        "test/dog/.hidden",
    ] {
        fs::write(folder.path().join(name), "no picture").unwrap();
    }
    fs::create_dir(folder.path().join(".cache")).unwrap();
    let task = load(folder.path()).unwrap();
    assert_sound(&task);
    assert_eq!(task.target.class_names(), ["cat", "dog", "eel"]);
    assert_eq!(sizes(&task), [15, 3, 6]);
    assert_eq!(task.inputs, InputShape::Picture([3, 4, 4]));
    assert_eq!(task.test.labels, [0, 0, 1, 1, 2, 2]);
    assert_levels(&task);
}

#[test]
fn class_folders_alone_are_split_by_the_seed() {
    let folder = tempfile::tempdir().unwrap();
    classes(folder.path(), &["cat", "dog"], 10);
    let wanted = |test, validation, seed| {
        let settings = Folder {
            test,
            validation,
            channels: 1,
            side: None,
            height: Some(2),
            width: Some(3),
            ..settings(folder.path())
        };
        settings.load(&Seed::new(seed))
    };
    let task = wanted(RowsOrFraction::Fraction(0.2), RowsOrFraction::Rows(6), 0).unwrap();
    assert_sound(&task);
    assert_eq!(sizes(&task), [10, 6, 4]);
    assert_eq!(task.inputs, InputShape::Picture([1, 2, 3]));
    assert_eq!(task.test.labels, [0, 0, 1, 1]);
    assert_levels(&task);
    let again = wanted(RowsOrFraction::Rows(4), RowsOrFraction::Rows(6), 0).unwrap();
    assert_eq!(task.fingerprint(), again.fingerprint());
    let message = told(wanted(RowsOrFraction::Rows(19), RowsOrFraction::Rows(1), 0).unwrap_err());
    assert!(message.starts_with("task.test = 19: "), "{message}");
    assert!(message.contains("20"), "{message}");
    let message = told(wanted(RowsOrFraction::Rows(9), RowsOrFraction::Rows(10), 0).unwrap_err());
    assert!(message.starts_with("task.validation = 10"), "{message}");
}

#[test]
fn whitened_pictures_are_the_same_task_as_long_as_the_penalty_is() {
    let folder = parts();
    let load = |zca, zca_penalty| {
        let settings = Folder {
            zca,
            zca_penalty,
            ..settings(folder.path())
        };
        settings.load(&Seed::new(0)).unwrap()
    };
    let (task, plain) = (load(true, None), load(false, Some(0.5)));
    assert_sound(&task);
    assert_levels(&task);
    assert_eq!(task.fingerprint(), load(true, Some(0.1)).fingerprint());
    assert_ne!(task.fingerprint(), load(true, Some(0.2)).fingerprint());
    assert_ne!(task.fingerprint(), plain.fingerprint());
    assert_eq!(plain.normalisation.whitening, None);
    // The mean of the training part is taken off, pixel by pixel.
    let means = task.train.inputs.mean_axis(ndarray::Axis(0)).unwrap();
    assert!(means.iter().all(|mean| mean.abs() < 1e-5), "{means}");
}

#[test]
fn a_class_may_lack_in_test_and_not_in_train() {
    let folder = parts();
    fs::remove_dir_all(folder.path().join("test/dog")).unwrap();
    let task = load(folder.path()).unwrap();
    assert_eq!(task.test.labels, [0, 0, 2, 2]);
    fs::remove_dir_all(folder.path().join("train/cat")).unwrap();
    refused(folder.path(), &folder.path().join("test/cat"));
}

#[test]
fn folders_that_are_no_layout_are_named() {
    let at = |name: &str| {
        let folder = parts();
        let place = folder.path().join(name);
        (folder, place)
    };
    let (folder, place) = at("train/dog");
    fs::remove_dir_all(&place).unwrap();
    fs::create_dir(&place).unwrap();
    fs::write(place.join(".hidden"), "").unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("test/eel");
    fs::remove_dir_all(&place).unwrap();
    fs::create_dir(&place).unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("val");
    fs::create_dir(&place).unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("train/dog/notes.txt");
    fs::write(&place, "").unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("train/stray.png");
    fs::write(&place, "").unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("test");
    fs::remove_dir_all(&place).unwrap();
    fs::create_dir(&place).unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("more");
    fs::create_dir(&place).unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("training");
    classes(&place, &["cat"], 1);
    refused(folder.path(), &place);
    let (folder, place) = at("train");
    fs::remove_dir_all(&place).unwrap();
    refused(folder.path(), folder.path());
    fs::create_dir(&place).unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("train");
    fs::remove_dir_all(place.join("dog")).unwrap();
    fs::remove_dir_all(place.join("eel")).unwrap();
    refused(folder.path(), &place);
    let (folder, place) = at("nowhere");
    refused(&place, &place);
    drop(folder);
    let empty = tempfile::tempdir().unwrap();
    refused(empty.path(), empty.path());
}

#[test]
fn pictures_that_do_not_decode_are_named() {
    let folder = parts();
    let place = folder.path().join("train/dog/0.png");
    let whole = fs::read(&place).unwrap();
    for bytes in [
        &b""[..],
        b"not at all",
        b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        &whole[..whole.len() / 2],
    ] {
        fs::write(&place, bytes).unwrap();
        refused(folder.path(), &place);
    }
    // The first of several is named.
    fs::write(folder.path().join("train/eel/0.png"), "").unwrap();
    refused(folder.path(), &place);
    fs::write(&place, &whole).unwrap();
    refused(folder.path(), &folder.path().join("train/eel/0.png"));
}

#[test]
fn a_jpeg_that_is_called_png_is_read() {
    let folder = parts();
    let jpeg = folder.path().join("train/dog/1.JPG");
    fs::copy(&jpeg, folder.path().join("train/dog/0.png")).unwrap();
    assert_levels(&load(folder.path()).unwrap());
}

/// A PNG that announces that size, followed by these chunks.
fn announced(across: u32, down: u32) -> Vec<u8> {
    let header = [
        &across.to_be_bytes()[..],
        &down.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let mut crc = flate2::Crc::new();
    crc.update(b"IHDR");
    crc.update(&header);
    let chunk = [b"\0\0\0\x0dIHDR", &header[..], &crc.sum().to_be_bytes()].concat();
    [
        b"\x89PNG\r\n\x1a\n",
        &chunk[..],
        b"\0\0\0\x02IDAT\x78\x9c\0\0\0\0",
    ]
    .concat()
}

/// The largest single allocation of loading, on a thread that does all of it.
fn alone(path: &Path) -> (retort_core::Result<Task>, usize) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    pool.install(|| largest(|| load(path)))
}

#[test]
fn a_picture_that_announces_a_huge_size_costs_nothing() {
    let folder = parts();
    let place = folder.path().join("train/dog/0.png");
    for (across, down) in [(100_000, 100_000), (u32::MAX >> 1, 1), (1, 1 << 27)] {
        fs::write(&place, announced(across, down)).unwrap();
        let (result, largest) = alone(folder.path());
        let error = result.unwrap_err();
        assert!(
            matches!(&error, Error::Data { path, .. } if *path == place),
            "{error}"
        );
        told(error);
        assert!(largest < 1 << 20, "{largest} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn mutated_pictures_are_sound_or_refused(
        number in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let folder = tempfile::tempdir().unwrap();
        classes(folder.path(), &["cat", "dog"], 3);
        let place = folder.path().join("dog").join(["0.png", "1.JPG", "2.jpeg"][number]);
        let mut bytes = fs::read(&place).unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        fs::write(&place, &bytes).unwrap();
        let (result, largest) = alone(folder.path());
        // What may be decoded at all.
        prop_assert!(largest <= 1 << 29, "{largest} bytes");
        match result {
            Ok(task) => assert_sound(&task),
            Err(error) => prop_assert!(error.is_bad_input(), "{error}"),
        }
    }
}
