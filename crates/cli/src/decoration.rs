//! Decorations of a run, on which nothing depends: sheets of pictures, and their animation. They are made
//! after points and scores are safe. One that cannot be drawn or written is left out with a note.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::sheet::Sheet;
use burn::tensor::backend::Backend;
use retort_core::shape::InputShape;
use retort_core::synthetic::{Artefact, SyntheticSet};
use retort_core::{Error, Result};

use crate::animation;
use crate::busy::during;
use crate::console::note;
use crate::run_directory::RunDirectory;
use crate::summary::Summary;

/// Largest number of steps that a message names.
const NAMED: usize = 12;

/// Prints a note about a decoration that could not be made, with the reason.
pub fn left_out(path: &Path, error: &Error) {
    match error {
        // This error names the file itself.
        Error::Write { .. } => note(format_args!("{error}: it is left out")),
        _ => note(format_args!(
            "{}: cannot be made ({error}): it is left out",
            path.display()
        )),
    }
}

/// Makes the decorations of a finished run: the sheet of the set, and the animation of the previews after
/// `steps`, if there are any. Names the previews that could not be made (`missing`).
pub fn finish<B: Backend>(
    directory: &RunDirectory,
    sheet: Option<&Sheet<'_>>,
    set: &SyntheticSet<B>,
    steps: &BTreeSet<usize>,
    missing: &BTreeSet<usize>,
) {
    let Some(sheet) = sheet else {
        return;
    };
    let path = directory.preview();
    if let Err(error) = during("drawing the set", || sheet.save(set, "", &path)) {
        left_out(&path, &error);
    }
    let made: Vec<PathBuf> = steps
        .difference(missing)
        .map(|step| directory.preview_of(*step))
        .collect();
    // A single missing preview was already named when it failed.
    if missing.len() > 1 || (made.is_empty() && !missing.is_empty()) {
        note(all_left_out(&directory.previews(), missing, made.len()));
    }
    if !made.is_empty() {
        animate(directory, &made);
    }
}

/// Message that names the missing previews and what follows for the animation.
fn all_left_out(folder: &Path, missing: &BTreeSet<usize>, made: usize) -> String {
    let named: Vec<String> = missing
        .iter()
        .take(NAMED)
        .map(|step| step.to_string())
        .collect();
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let animation = match made {
        0 => "so there is no preview.gif",
        _ => "and preview.gif is made of the others",
    };
    format!(
        "{}: the sheets after steps {}{more} are left out, {animation}",
        folder.display(),
        named.join(", ")
    )
}

fn animate(directory: &RunDirectory, sheets: &[PathBuf]) {
    let path = directory.animation();
    if let Err(error) = during("making the animation", || animation::save(sheets, &path)) {
        left_out(&path, &error);
    }
}

/// Makes the missing decorations of a run that was killed after its scores were written. Existing files stay
/// as they are.
pub fn complete<B: Backend>(
    directory: &RunDirectory,
    summary: &Summary,
    steps: &BTreeSet<usize>,
    device: &B::Device,
) {
    let made = directory.previews_made().into_iter();
    let sheets: Vec<PathBuf> = made
        .filter_map(|(step, path)| steps.contains(&step).then_some(path))
        .collect();
    let has_pictures = matches!(summary.task.inputs, InputShape::Picture(_));
    let lacks = |path: &Path| has_pictures && path.symlink_metadata().is_err();
    if lacks(&directory.preview()) {
        let drawn = redrawn::<B>(directory, device);
        drawn.unwrap_or_else(|error| left_out(&directory.preview(), &error));
    }
    if !sheets.is_empty() && lacks(&directory.animation()) {
        animate(directory, &sheets);
    }
}

/// Draws the sheet of a stored set.
fn redrawn<B: Backend>(directory: &RunDirectory, device: &B::Device) -> Result<()> {
    let artefact = Artefact::<B>::load(&directory.set(), device)?;
    let draw = || crate::sheet::save(&artefact, &directory.preview());
    during("drawing the set", draw).map(drop)
}
