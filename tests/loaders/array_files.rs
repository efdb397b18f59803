//! Arrays of numpy: random bytes, random headers, and mutated valid files.

use std::fs;

use proptest::prelude::*;
use retort_core::seed::Seed;
use retort_core::store::numpy::{Elements, archive_bytes};
use retort_core::task::csv::TargetKind;
use retort_core::task::{Arrays, Layout, TaskSource};

use crate::allocation::largest;
use crate::assert_sound;

/// An archive of ten rows of three numbers in two classes.
fn valid() -> Vec<u8> {
    let inputs = Elements::Numbers((0..30).map(|v| f64::from(v * v % 7)).collect());
    let targets = Elements::Integers([0, 1].repeat(5));
    let arrays = [
        ("X".to_owned(), inputs.to_npy(&[10, 3])),
        ("y".to_owned(), targets.to_npy(&[10])),
    ];
    archive_bytes(&arrays).unwrap()
}

fn settings() -> impl Strategy<Value = Arrays> {
    let problem = prop_oneof![
        Just(TargetKind::Auto),
        Just(TargetKind::Classification),
        Just(TargetKind::Regression)
    ];
    let layout = prop_oneof![
        4 => Just(Layout::Auto),
        1 => Just(Layout::Vectors),
        1 => Just(Layout::Nhwc),
        1 => Just(Layout::Nchw)
    ];
    (problem, layout).prop_map(|(problem, layout)| Arrays {
        problem,
        layout,
        ..Arrays::default()
    })
}

/// Loads files of these names and bytes, the first by its path: sound, or refused as bad input.
fn try_files(settings: &Arrays, files: &[(&str, &[u8])]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut settings = settings.clone();
    settings.path = folder.path().join(files[0].0);
    let (result, largest) = largest(|| settings.load(&Seed::new(0)));
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    // Linear in the files: tables of the decompression, elements, rows, and one-hot targets.
    assert!(largest <= (512 << 10) + 64 * bytes, "{largest} bytes");
    match result {
        Ok(task) => assert_sound(&task),
        Err(error) => assert!(error.is_bad_input(), "{error}"),
    }
}

/// A file `.npy` with any header of numpy's form and any bytes behind it.
fn array() -> impl Strategy<Value = Vec<u8>> {
    const TYPES: [&str; 12] = [
        "<f8", ">f4", "<f2", "|u1", "<i8", ">u2", "|b1", "|S3", "<U2", "|O", "<c8", "<M8[ns]",
    ];
    let length = prop_oneof![8 => 0_usize..6, 1 => Just(20_usize), 1 => Just(1 << 40), 1 => Just(usize::MAX)];
    (
        prop::sample::select(&TYPES[..]),
        any::<bool>(),
        prop::collection::vec(length, 0..5),
        prop::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..400),
        any::<bool>(),
    )
        .prop_map(|(descr, is_fortran, shape, mut bytes, is_exact)| {
            let lengths: String = shape.iter().map(|length| format!("{length},")).collect();
            let order = if is_fortran { "True" } else { "False" };
            let text = format!(
                "{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({lengths}), }}\n"
            );
            let size = match descr {
                "<f8" | "<i8" | "<U2" | "<c8" | "<M8[ns]" | "|O" => 8,
                ">f4" => 4,
                "|S3" => 3,
                "<f2" | ">u2" => 2,
                _ => 1,
            };
            let count = shape
                .iter()
                .try_fold(size, |count: usize, &length| count.checked_mul(length));
            if let Some(count) = count.filter(|&count| is_exact && count < 100_000) {
                bytes.resize(count, 1);
            }
            let length = (text.len() as u16).to_le_bytes();
            [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), &bytes].concat()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_sound_or_refused(
        settings in settings(), bytes in prop::collection::vec(any::<u8>(), 0..400), is_array: bool,
    ) {
        let magic: &[u8] = if is_array { b"\x93NUMPY\x01\x00" } else { b"PK\x03\x04" };
        let bytes = [magic, &bytes].concat();
        try_files(&settings, &[("X.npy", &bytes), ("y.npy", &bytes)]);
        try_files(&settings, &[("mine.npz", &bytes)]);
    }

    #[test]
    fn any_header_is_sound_or_refused(settings in settings(), inputs in array(), targets in array()) {
        try_files(&settings, &[("X.npy", &inputs), ("y.npy", &targets)]);
        let arrays = [("X".to_owned(), inputs), ("y".to_owned(), targets)];
        try_files(&settings, &[("mine.npz", &archive_bytes(&arrays).unwrap())]);
    }

    #[test]
    fn damaged_archives_are_sound_or_refused(
        settings in settings(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = valid();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        try_files(&settings, &[("mine.npz", &bytes)]);
        try_files(&settings, &[("mine.npz", &valid()[..length.index(valid().len())])]);
    }
}

#[test]
fn the_valid_archive_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.npz");
    fs::write(&path, valid()).unwrap();
    let settings = Arrays {
        path,
        ..Arrays::default()
    };
    assert_sound(&settings.load(&Seed::new(0)).unwrap());
}

#[test]
fn an_archive_of_zeros_that_unfold_to_much_is_refused_by_its_shape() {
    // A megabyte of zeros is a kilobyte in the archive; its header announces a terabyte.
    let mut inputs = Elements::Bytes(vec![0; 1 << 20]).to_npy(&[1 << 20]);
    let place = inputs
        .windows(9)
        .position(|bytes| bytes == b"(1048576,")
        .unwrap();
    inputs.splice(place..place + 9, *b"(1048576000000,");
    let arrays = [("X".to_owned(), inputs.clone()), ("y".to_owned(), inputs)];
    let bytes = archive_bytes(&arrays).unwrap();
    try_files(&Arrays::default(), &[("mine.npz", &bytes)]);
}
