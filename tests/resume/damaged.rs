//! Whatever a file holds, reading it ends with an error or with the value that was stored.

use std::path::Path;

use burn_flex::Flex;
use proptest::prelude::*;
use retort_core::distill::{Provenance, checkpoint};
use retort_core::synthetic::Artefact;
use retort_core::{Error, Result};

use crate::round_trip::{two_phase, with_step_sizes};
use crate::scene::{Run, pictures, settings};
use crate::wording::told;

/// A reader of one kind of file: an error, or what the file's value is as a file again.
type Reader<'a> = &'a dyn Fn(&Path) -> Result<Vec<u8>>;

/// Reads a file with these bytes: bad input, or a value that is stored as `valid`.
fn read(bytes: &[u8], valid: Option<&[u8]>, folder: &Path, reader: Reader<'_>) {
    let file = folder.join("seventh.bin");
    std::fs::write(&file, bytes).unwrap();
    match reader(&file) {
        Ok(value) => assert_eq!(Some(value.as_slice()), valid, "another value was read"),
        Err(error) => {
            assert!(matches!(
                error,
                Error::Artefact { .. } | Error::Checkpoint { .. }
            ));
            assert!(error.is_bad_input());
            // The name of the file.
            assert!(error.to_string().contains("seventh.bin"), "{error}");
        }
    }
}

fn artefacts(path: &Path) -> Result<Vec<u8>> {
    let artefact = Artefact::<Flex>::load(path, &Default::default())?;
    let again = path.with_extension("again");
    artefact.save(&again)?;
    Ok(std::fs::read(again).unwrap())
}

fn checkpoints(expected: Provenance) -> impl Fn(&Path) -> Result<Vec<u8>> {
    move |path| {
        let state = checkpoint::load::<Flex>(path, &expected, &Default::default())?;
        let again = path.with_extension("again");
        checkpoint::save(&state, &expected, &again)?;
        Ok(std::fs::read(again).unwrap())
    }
}

/// A checkpoint with every kind of tensor but labels.
fn checkpoint_file(folder: &Path) -> (Vec<u8>, Provenance) {
    let task = pictures();
    let settings = settings(
        r#"
        network = { kind = "mlp", width = 3, depth = 1 }
        distill = { steps = 4, batch = 8, checkpoint_every = 2 }
        objective = { kind = "gradient-matching", life = 9, ageing_steps = 1 }
        "#,
    );
    let run = Run {
        settings: &settings,
        task: &task,
    };
    let (_, keeper) = run.finish::<Flex>(None, folder);
    (
        std::fs::read(&keeper.files[1]).unwrap(),
        run.provenance::<Flex>(),
    )
}

/// Flipped bits, cut ends, bytes put over others, and nonsense.
fn hold_out(valid: &[u8], reader: Reader<'_>, folder: &Path) {
    read(valid, Some(valid), folder, reader);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 400,
        source_file: Some(file!()),
        ..ProptestConfig::default()
    });
    let header = 8 + u64::from_le_bytes(valid[..8].try_into().unwrap()) as usize;
    let place = prop_oneof![0..8_usize, 0..header, 0..valid.len()];
    let flips = prop::collection::vec((place.clone(), 0..8_u32), 1..5);
    let flipped = runner.run(&flips, |flips| {
        let mut bytes = valid.to_vec();
        for (place, bit) in flips {
            bytes[place] ^= 1 << bit;
        }
        read(&bytes, Some(valid), folder, reader);
        Ok(())
    });
    flipped.unwrap();
    let overwritten = runner.run(&(place, "[0-9\\-eE\\[\\]{}\", .]{1,6}"), |(place, text)| {
        let mut bytes = valid.to_vec();
        let end = bytes.len().min(place + text.len());
        bytes[place..end].copy_from_slice(&text.as_bytes()[..end - place]);
        read(&bytes, Some(valid), folder, reader);
        Ok(())
    });
    overwritten.unwrap();
    let cut = runner.run(&(0..valid.len()), |length| {
        read(&valid[..length], None, folder, reader);
        Ok(())
    });
    cut.unwrap();
    let nonsense = prop::collection::vec(any::<u8>(), 0..200);
    let framed = runner.run(&(nonsense, any::<bool>()), |(mut bytes, framed)| {
        if framed {
            let length = (bytes.len() as u64).to_le_bytes();
            bytes.splice(0..0, length);
        }
        read(&bytes, None, folder, reader);
        Ok(())
    });
    framed.unwrap();
}

#[test]
fn damaged_artefacts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for artefact in [
        two_phase::<Flex>(folder.path()),
        with_step_sizes::<Flex>(folder.path()),
    ] {
        let file = folder.path().join("valid");
        artefact.save(&file).unwrap();
        let valid = std::fs::read(&file).unwrap();
        hold_out(&valid, &artefacts, folder.path());
    }
}

#[test]
fn damaged_checkpoints_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (valid, provenance) = checkpoint_file(folder.path());
    hold_out(&valid, &checkpoints(provenance), folder.path());
}

#[test]
fn one_kind_of_file_is_not_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let (valid, provenance) = checkpoint_file(folder.path());
    let file = folder.path().join("checkpoint");
    std::fs::write(&file, &valid).unwrap();
    let error = artefacts(&file).unwrap_err();
    assert!(matches!(error, Error::Artefact { .. }), "{error}");
    assert!(told(error).contains("\"manifest\""));
    let error = checkpoints(provenance)(folder.path()).unwrap_err();
    assert!(matches!(error, Error::Checkpoint { .. }), "{error}");
    told(error);
}
