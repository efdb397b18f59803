//! Folders of pictures in the shapes in which people have them.

use std::fs;
use std::path::{Path, PathBuf};

use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::task::{Background, Folder, PictureFindings, Task};

use crate::assert_sound;
use crate::wording::told;

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("loaders/inputs/pictures")
        .join(name)
}

fn settings(name: &str, side: usize) -> Folder {
    Folder {
        path: at(name),
        side: Some(side),
        normalise: false,
        ..Folder::default()
    }
}

fn loaded(settings: &Folder) -> (Task, PictureFindings) {
    let (task, found) = settings.load_found(&Seed::new(0)).unwrap();
    assert_sound(&task);
    (task, found)
}

fn rows(task: &Task) -> usize {
    [&task.train, &task.validation, &task.test]
        .map(|part| part.len())
        .iter()
        .sum()
}

fn said(found: &PictureFindings, setting: &str) -> String {
    let decisions = found.decisions();
    let mut of = decisions.iter().filter(|(_, key)| *key == Some(setting));
    of.next().map(|(text, _)| told(text)).unwrap_or_default()
}

#[test]
fn a_truncated_jpeg_is_refused_by_path() {
    let error = settings("truncated-jpeg", 32)
        .load_found(&Seed::new(0))
        .unwrap_err();
    let place = at("truncated-jpeg/c1/5.jpg");
    assert!(
        matches!(&error, Error::Data { path, .. } if *path == place),
        "{error}"
    );
}

#[test]
fn transparent_pixels_are_the_background_and_not_the_noise_under_them() {
    let (task, found) = loaded(&settings("transparent", 32));
    assert_eq!((found.counts.clear, found.counts.all), (10, 10));
    assert!(said(&found, "task.background").contains("10"));
    let white = |task: &Task| task.train.inputs.iter().filter(|&&v| v == 1.0).count();
    let shares = white(&task) as f64 / task.train.inputs.len() as f64;
    assert!(shares > 0.3, "{shares}");
    let grey = Folder {
        background: Background::Grey(51),
        ..settings("transparent", 32)
    };
    let (grey, _) = loaded(&grey);
    for (white, grey) in task.train.inputs.iter().zip(grey.train.inputs.iter()) {
        assert!(
            *white != 1.0 || *grey == 0.2 || *grey == 1.0,
            "{white} {grey}"
        );
    }
}

#[test]
fn a_class_may_be_called_train() {
    let (task, found) = loaded(&settings("class-named-train", 8));
    assert_eq!(task.target.class_names(), ["bus", "car", "train"]);
    assert_eq!(rows(&task), 12);
    assert!(found.parts.is_empty());
}

#[test]
fn parts_are_seen_in_any_case() {
    let (task, found) = loaded(&settings("capital-train", 8));
    assert_eq!(task.test.len(), 4);
    assert_eq!(task.train.len() + task.validation.len(), 10);
    assert_eq!(found.parts, ["Train", "Test"]);
}

#[test]
fn six_formats_under_all_their_names_are_read() {
    let (task, found) = loaded(&settings("endings", 40));
    assert_eq!(rows(&task), 16);
    let formats: Vec<(&str, usize)> = found.formats.iter().map(|(n, c)| (*n, *c)).collect();
    let wanted = [
        ("BMP", 2),
        ("GIF", 2),
        ("JPEG", 6),
        ("PNG", 2),
        ("TIFF", 2),
        ("WebP", 2),
    ];
    assert_eq!(formats, wanted);
    assert_eq!((found.misnamed, found.counts.cut), (0, 0));
    assert_eq!(found.sizes, [[40, 40]; 2]);
}

#[test]
fn litter_is_passed_over() {
    let (task, found) = loaded(&settings("litter", 8));
    assert_eq!(task.target.class_names(), ["c0", "c1"]);
    assert_eq!(rows(&task), 8);
    assert_eq!(found.litter.count, 6);
}

#[test]
fn twelve_bits_survive() {
    let folder = Folder {
        channels: 1,
        ..settings("twelve-bit", 32)
    };
    let (task, found) = loaded(&folder);
    assert_eq!(found.deep, Some((12, 4095)));
    assert_eq!(task.normalisation.divisor, Some(4095));
    assert!(said(&found, "task.bits").contains("4095"));
    // The numbers of a file, undone.
    let file = image::open(at("twelve-bit/c0/0.png"))
        .unwrap()
        .into_luma16();
    let parts = [&task.train, &task.validation, &task.test];
    let mut rows = parts.iter().flat_map(|part| part.inputs.rows());
    let is_file = |row: ndarray::ArrayView1<'_, f32>| {
        let numbers = row.iter().map(|v| (v * 4095.0).round() as u16);
        numbers.eq(file.iter().copied())
    };
    assert!(rows.any(is_file));
    let given = Folder {
        bits: Some(16),
        ..folder.clone()
    };
    let (given, _) = loaded(&given);
    assert_eq!(given.normalisation.divisor, Some(65535));
    let narrow = Folder {
        bits: Some(8),
        ..folder
    };
    let error = narrow.load_found(&Seed::new(0)).unwrap_err();
    let here = at("").display().to_string();
    let message = told(error.to_string().replace(&here, ""));
    assert!(message.contains("task.bits = 8"), "{message}");
}

#[test]
fn eight_bits_among_sixteen_have_the_same_white() {
    let folder = tempfile::tempdir().unwrap();
    for (class, level) in [("dark", 51_u8), ("light", 255)] {
        let place = folder.path().join(class);
        fs::create_dir(&place).unwrap();
        for number in 0..4 {
            let name = place.join(format!("{number}.png"));
            if number % 2 == 0 {
                image::GrayImage::from_pixel(4, 4, image::Luma([level])).save(name)
            } else {
                let deep = u16::from(level) * 257;
                image::ImageBuffer::from_pixel(4, 4, image::Luma([deep])).save(name)
            }
            .unwrap();
        }
    }
    let settings = Folder {
        path: folder.path().to_owned(),
        side: Some(2),
        normalise: false,
        ..Folder::default()
    };
    let (task, found) = loaded(&settings);
    assert_eq!(found.deep, Some((4, 65535)));
    for part in [&task.train, &task.validation, &task.test] {
        for (row, label) in part.inputs.rows().into_iter().zip(&part.labels) {
            assert!(row.iter().all(|&v| v == [0.2, 1.0][*label]), "{row}");
        }
    }
}
