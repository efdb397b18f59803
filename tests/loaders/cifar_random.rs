//! CIFAR's binary files, as a folder and as an archive: mutated, random, and lying about their sizes.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use crate::allocation::largest;
use crate::assert_sound;
use crate::cifar_files::{archive, load, ten, write};

/// Loads files with one changed or replaced: sound, or refused as bad input, and no allocation beyond
/// a small multiple of what the bytes can justify.
fn try_path(path: PathBuf, bytes: usize) {
    let (result, largest) = largest(|| load(path, None));
    // One pixel becomes a number of four bytes; buffers grow by doubling.
    assert!(largest <= (256 << 10) + 8 * bytes, "{largest} bytes");
    match result {
        Ok(task) => assert_sound(&task),
        Err(error) => assert!(error.is_bad_input(), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_are_sound_or_refused(
        place in 0_usize..7, at: prop::sample::Index, value: u8, cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut files = ten();
        let bytes = &mut files[place].1;
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &files);
        try_path(folder.path().to_owned(), files.iter().map(|(_, bytes)| bytes.len()).sum());
    }

    #[test]
    fn mutated_archives_are_sound_or_refused(
        before: bool, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        header in prop::option::of((0_usize..512, any::<u8>())),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cifar.tar.gz");
        let mut packed = archive("a/", &ten());
        let unpacked = 40 * 3073 + (16 << 10);
        if before {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut plain).unwrap();
            for (at, value) in &changes {
                let at = at.index(plain.len());
                plain[at] = *value;
            }
            if let Some((at, value)) = header {
                plain[at] = value;
            }
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&plain).unwrap();
            packed = encoder.finish().unwrap();
        } else {
            for (at, value) in &changes {
                let at = at.index(packed.len());
                packed[at] = *value;
            }
        }
        fs::write(&path, &packed).unwrap();
        try_path(path, unpacked);
    }

    #[test]
    fn random_bytes_are_refused(raw in prop::collection::vec(any::<u8>(), 0..200), packed: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cifar.tar.gz");
        let raw = if packed {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&raw).unwrap();
            encoder.finish().unwrap()
        } else {
            raw
        };
        fs::write(&path, &raw).unwrap();
        try_path(path, raw.len());
    }
}

#[test]
fn an_archive_that_lies_about_sizes_costs_nothing() {
    // A header that announces 2^40 bytes of a wanted file, of another file, and of a long name.
    for (name, kind) in [
        ("train.bin", tar::EntryType::Regular),
        ("other", tar::EntryType::Regular),
        ("long", tar::EntryType::GNULongName),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_size(3074 << 30);
        header.set_entry_type(kind);
        header.set_cksum();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(header.as_bytes()).unwrap();
        encoder.write_all(&[7; 5000]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cifar.tar.gz");
        fs::write(&path, encoder.finish().unwrap()).unwrap();
        try_path(path, 0);
    }
}
