//! Every kind of picture file: what Pillow reads from it, and that no piece of it passes for the whole.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::task::{Folder, Task, TaskSource};
use tempfile::TempDir;

use crate::allocation::largest;
use crate::assert_sound;
use crate::wording::told;

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("loaders/inputs/odd")
}

/// Names of the odd pictures, and the numbers that Pillow reads.
fn odd() -> Vec<(String, Vec<f32>)> {
    let text = fs::read_to_string(inputs().join("pillow.txt")).unwrap();
    let line = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap().to_owned();
        (name, words.map(|word| word.parse().unwrap()).collect())
    };
    text.lines().map(line).collect()
}

/// A folder with a class of black pictures, and one whose pictures are these bytes.
fn folder(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for class in ["a", "b"] {
        fs::create_dir(folder.path().join(class)).unwrap();
    }
    for number in 0..3 {
        let black = image::RgbImage::new(4, 4);
        black
            .save(folder.path().join(format!("b/{number}.png")))
            .unwrap();
        fs::write(folder.path().join(format!("a/{number}{name}")), bytes).unwrap();
    }
    let first = folder.path().join(format!("a/0{name}"));
    (folder, first)
}

fn settings(path: &Path) -> Folder {
    Folder {
        path: path.to_owned(),
        side: Some(2),
        normalise: false,
        ..Folder::default()
    }
}

fn load(path: &Path) -> retort_core::Result<Task> {
    settings(path).load(&Seed::new(0))
}

#[test]
fn pictures_are_what_pillow_reads() {
    for (name, expected) in odd() {
        let bytes = fs::read(inputs().join(&name)).unwrap();
        // The ending does not matter.
        let (folder, _) = folder(".jpg", &bytes);
        let (task, found) = settings(folder.path()).load_found(&Seed::new(0)).unwrap();
        let row = task
            .train
            .labels
            .iter()
            .position(|&label| label == 0)
            .unwrap();
        let row = task.train.inputs.row(row);
        // Coefficients of JPEG and lossy WebP are rounded in many ways; colours of four inks are their product.
        let slack = if name.ends_with("jpg") || name.contains("lossy") {
            5.0
        } else {
            1.0
        };
        for (seen, expected) in row.iter().zip(&expected) {
            assert!(
                (seen * 255.0 - expected).abs() <= slack,
                "{name}: {row} {expected:?}"
            );
        }
        let (is_jpeg, counts) = (name.ends_with("jpg"), found.counts);
        assert_eq!(found.misnamed, if is_jpeg { 0 } else { 3 }, "{name}");
        assert_eq!(counts.turned > 0, name.contains("turned"), "{name}");
        let has_more = name.contains("animated") || name.contains("pages");
        assert_eq!(counts.more > 0, has_more, "{name}");
        let is_clear = ["rgba.", "la.", "lossy", "trns", "clear"];
        let is_clear = is_clear.iter().any(|kind| name.contains(kind)) && name != "rgba.bmp";
        assert_eq!(counts.clear > 0, is_clear, "{name}");
    }
}

/// Refuses the file that is cut after that many bytes.
fn assert_cut(name: &str, bytes: &[u8], length: usize) {
    let (folder, first) = folder(".png", &bytes[..length]);
    let error = load(folder.path())
        .map(|_| ())
        .expect_err(&format!("{name}: {length}"));
    assert!(
        matches!(&error, Error::Data { path, .. } if *path == first),
        "{name}: {length}: {error}"
    );
}

#[test]
fn a_jpeg_or_png_that_is_cut_anywhere_is_refused() {
    let mut files = odd();
    // After its first picture an MPO has another one.
    files.retain(|(name, _)| (name.ends_with("jpg") && name != "mpo.jpg") || name.ends_with("png"));
    for (name, _) in files {
        let bytes = fs::read(inputs().join(&name)).unwrap();
        for place in 0..50 {
            assert_cut(&name, &bytes, place * bytes.len() / 50);
        }
        for missing in 1..20 {
            assert_cut(&name, &bytes, bytes.len() - missing);
        }
    }
}

#[test]
fn a_file_of_another_format_that_is_cut_is_refused_unless_the_picture_is_whole() {
    for name in [
        "rgba.webp",
        "lossy.webp",
        "turned-8.webp",
        "clear.gif",
        "rgba.bmp",
        "interlaced.bmp",
        "rgba.tif",
        "tiff_lzw.tif",
        "tiff_adobe_deflate.tif",
        "packbits.tif",
        "raw.tif",
    ] {
        let bytes = fs::read(inputs().join(name)).unwrap();
        for place in 0..50 {
            assert_cut(name, &bytes, place * bytes.len() / 50);
        }
    }
}

#[test]
fn a_png_with_any_wrong_bit_in_its_numbers_is_refused() {
    let bytes = fs::read(inputs().join("rgba.png")).unwrap();
    let start = bytes.windows(4).position(|four| four == b"IDAT").unwrap();
    for at in (start..bytes.len() - 12).step_by(7) {
        let mut wrong = bytes.clone();
        wrong[at] ^= 0x10;
        let (folder, first) = folder(".png", &wrong);
        let error = load(folder.path()).unwrap_err();
        assert!(
            matches!(&error, Error::Data { path, .. } if *path == first),
            "{error}"
        );
    }
}

#[test]
fn kinds_that_are_not_read_are_named() {
    let jpeg = fs::read(inputs().join("grey.jpg")).unwrap();
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = jpeg.clone();
        bytes[at] = byte;
        bytes
    };
    for (name, bytes, said) in [
        (".jpg", with(frame + 1, 0xc3), "lossless"),
        (".jpg", with(frame + 1, 0xc9), "arithmetic"),
        (".jpg", with(frame + 4, 12), "8 bits"),
        (".HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1".to_vec(), "HEIC"),
        (
            ".png",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            "SVG",
        ),
        (".NEF", fs::read(inputs().join("raw.tif")).unwrap(), "RAW"),
        ("", b"numbers, and no picture".to_vec(), "TIFF"),
    ] {
        let (folder, first) = folder(name, &bytes);
        let error = load(folder.path()).unwrap_err();
        assert!(
            matches!(&error, Error::Data { path, .. } if *path == first),
            "{error}"
        );
        let message = told(error);
        assert!(message.contains(said), "{message}");
    }
}

/// The largest single allocation of loading, on a thread that does all of it.
fn alone(path: &Path) -> (retort_core::Result<Task>, usize) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    pool.install(|| largest(|| load(path)))
}

fn assert_sound_or_refused(bytes: &[u8]) {
    let (folder, _) = folder("", bytes);
    let (result, largest) = alone(folder.path());
    // What may be decoded at all.
    assert!(largest <= 1 << 29, "{largest} bytes");
    match result {
        Ok(task) => assert_sound(&task),
        Err(error) => assert!(error.is_bad_input(), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_of_every_kind_are_sound_or_refused(
        number: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let files = odd();
        let (name, _) = &files[number.index(files.len())];
        let mut bytes = fs::read(inputs().join(name)).unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        assert_sound_or_refused(&bytes);
    }

    #[test]
    fn random_bytes_behind_any_beginning_are_refused_or_sound(
        number: prop::sample::Index,
        kept in 0_usize..40,
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let files = odd();
        let (name, _) = &files[number.index(files.len())];
        let whole = fs::read(inputs().join(name)).unwrap();
        assert_sound_or_refused(&[&whole[..kept], &bytes].concat());
    }
}
