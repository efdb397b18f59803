//! What a run shows and nothing depends on: sheets of pictures, and their animation. They come after points
//! and scores are safe, and one that cannot be drawn or written is named and left out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use burn::tensor::backend::Backend;
use retort_core::synthetic::sheet::Sheet;
use retort_core::synthetic::{Artefact, SyntheticSet};
use retort_core::{Error, Result};
use serde_json::{Map, Value};

use crate::animation;
use crate::busy::during;
use crate::console::note;
use crate::run_directory::RunDirectory;

/// Names a decoration that could not be made, and why.
pub fn left_out(path: &Path, error: &Error) {
    match error {
        // It names the file itself.
        Error::Write { .. } => note(format_args!("{error}: it is left out")),
        _ => note(format_args!(
            "{}: cannot be made ({error}): it is left out",
            path.display()
        )),
    }
}

/// Makes those of a run that has come to its end: the sheet of the set, and the animation of the sheets on
/// its way, where there are any.
pub fn finish<B: Backend>(
    directory: &RunDirectory,
    sheet: Option<&Sheet<'_>>,
    set: &SyntheticSet<B>,
    sheets: &[PathBuf],
) {
    let Some(sheet) = sheet else {
        return;
    };
    let path = directory.preview();
    if let Err(error) = during("drawing the set", || sheet.save(set, "", &path)) {
        left_out(&path, &error);
    }
    animate(directory, sheets);
}

fn animate(directory: &RunDirectory, sheets: &[PathBuf]) {
    let path = directory.animation();
    if let Err(error) = during("making the animation", || animation::save(sheets, &path)) {
        left_out(&path, &error);
    }
}

/// Makes what a run lacks that was killed after its scores were written. What stands in the place of a
/// decoration stays.
pub fn complete<B: Backend>(
    directory: &RunDirectory,
    summary: &Map<String, Value>,
    steps: &BTreeSet<usize>,
    device: &B::Device,
) {
    let made = directory.previews_made().into_iter();
    let sheets: Vec<PathBuf> = made
        .filter_map(|(step, path)| steps.contains(&step).then_some(path))
        .collect();
    let has_pictures = summary["task"]["inputs"].is_array();
    let lacks = |path: &Path| has_pictures && path.symlink_metadata().is_err();
    if lacks(&directory.preview()) {
        let drawn = redrawn::<B>(directory, device);
        drawn.unwrap_or_else(|error| left_out(&directory.preview(), &error));
    }
    if !sheets.is_empty() && lacks(&directory.animation()) {
        animate(directory, &sheets);
    }
}

/// The sheet of a stored set.
fn redrawn<B: Backend>(directory: &RunDirectory, device: &B::Device) -> Result<()> {
    let artefact = Artefact::<B>::load(&directory.set(), device)?;
    let draw = || retort_core::synthetic::sheet::save(&artefact, &directory.preview());
    during("drawing the set", draw).map(drop)
}
