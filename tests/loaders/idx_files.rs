//! IDX files: random bytes, mutated valid files, and headers that lie about sizes.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::task::{Idx, Task, TaskSource};

use crate::allocation::largest;
use crate::assert_sound;
use crate::wording::told;

const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// Buffers of a reader or of the inflating, whatever the file.
const BUFFERS: usize = 256 << 10;

fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let words = [&[magic], sizes].concat();
    let header: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    [&header, bytes].concat()
}

fn valid() -> [Vec<u8>; 4] {
    let pixels: Vec<u8> = (0..80).map(|place| place * 3).collect();
    [
        idx(0x803, &[20, 2, 2], &pixels),
        idx(0x801, &[20], &[[0, 1, 2, 1]; 5].concat()),
        idx(0x803, &[4, 2, 2], &pixels[..16]),
        idx(0x801, &[4], &[2, 1, 0, 0]),
    ]
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Writes the files, compressing all of them if asked, then puts `raw` in the place of one.
fn write(folder: &Path, gz: bool, place: usize, raw: &[u8]) {
    for (index, (name, bytes)) in FILES.iter().zip(valid()).enumerate() {
        let bytes = match (index == place, gz) {
            (true, _) => raw.to_vec(),
            (false, true) => pack(&bytes),
            (false, false) => bytes,
        };
        let name = if gz {
            format!("{name}.gz")
        } else {
            (*name).to_owned()
        };
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn load(folder: &Path) -> retort_core::Result<Task> {
    let settings = Idx {
        path: folder.to_owned(),
        classes: 3,
        validation: 4,
        ..Idx::default()
    };
    settings.load(&Seed::new(0))
}

/// Loads one file in the place of a valid one: sound or refused as bad input, and no allocation
/// beyond a small multiple of what the bytes can justify.
fn try_file(gz: bool, place: usize, raw: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), gz, place, raw);
    let (result, largest) = largest(|| load(folder.path()));
    // One pixel becomes a number of four bytes; buffers grow by doubling.
    assert!(largest <= BUFFERS + 8 * raw.len(), "{largest} bytes");
    match result {
        Ok(task) => assert_sound(&task),
        Err(error) => assert!(error.is_bad_input(), "{error}"),
    }
}

/// Sets, inserts and removes bytes.
fn mutate(mut bytes: Vec<u8>, changes: &[(u8, prop::sample::Index, u8)]) -> Vec<u8> {
    for (kind, place, value) in changes {
        let place = place.index(bytes.len().max(1));
        match kind {
            0 if place < bytes.len() => bytes[place] = *value,
            1 => bytes.insert(place.min(bytes.len()), *value),
            2 => bytes.truncate(bytes.len() - bytes.len().min(usize::from(*value))),
            // Sizes and magic numbers: what a single changed byte hits most rarely.
            3 if bytes.len() >= 16 => bytes[place % 16] = *value,
            _ => {}
        }
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(u8, prop::sample::Index, u8)>> {
    prop::collection::vec((0_u8..4, any::<prop::sample::Index>(), any::<u8>()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_refused(
        raw in prop::collection::vec(any::<u8>(), 0..200), place in 0_usize..4, gz: bool,
    ) {
        try_file(gz, place, &raw);
    }

    #[test]
    fn mutated_files_are_sound_or_refused(place in 0_usize..4, changes in changes()) {
        try_file(false, place, &mutate(valid()[place].clone(), &changes));
    }

    #[test]
    fn files_mutated_before_compression_are_sound_or_refused(
        place in 0_usize..4, changes in changes(),
    ) {
        try_file(true, place, &pack(&mutate(valid()[place].clone(), &changes)));
    }

    #[test]
    fn files_mutated_after_compression_are_sound_or_refused(
        place in 0_usize..4, changes in changes(),
    ) {
        try_file(true, place, &mutate(pack(&valid()[place]), &changes));
    }
}

#[test]
fn the_valid_files_load() {
    for gz in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let first = if gz {
            pack(&valid()[0])
        } else {
            valid()[0].clone()
        };
        write(folder.path(), gz, 0, &first);
        let task = load(folder.path()).unwrap();
        assert_sound(&task);
        assert_eq!((task.train.len(), task.test.len()), (16, 4));
    }
}

#[test]
fn a_header_of_four_billion_pictures_costs_nothing() {
    for sizes in [[u32::MAX, 28, 28], [u32::MAX; 3], [1 << 31, 1, 1]] {
        let lie = idx(0x803, &sizes, &[0; 4]);
        try_file(false, 0, &lie);
        try_file(true, 0, &pack(&lie));
    }
    let lie = idx(0x801, &[u32::MAX], &[0; 4]);
    try_file(false, 1, &lie);
    try_file(true, 1, &pack(&lie));
}

#[test]
fn a_bomb_of_zeros_is_read_no_further_than_its_header_announces() {
    // 64 MiB of zeros behind a header that announces four bytes, and behind one that announces
    // sixteen times as much as there is.
    for announced in [4_u32, 1 << 30] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), true, 0, &[]);
        let file = File::create(folder.path().join(format!("{}.gz", FILES[0]))).unwrap();
        let mut packed = GzEncoder::new(file, Compression::best());
        packed
            .write_all(&idx(0x803, &[announced, 1, 1], &[]))
            .unwrap();
        for _ in 0..64 {
            packed.write_all(&[0; 1 << 20]).unwrap();
        }
        packed.finish().unwrap();
        let (result, largest) = largest(|| load(folder.path()));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Data { .. }), "{error}");
        told(error);
        assert!(largest <= BUFFERS, "{largest} bytes");
    }
}
