//! `export`: writes a stored set for other programs, in the units of the data it was made from.

use std::io::Write;
use std::path::Path;

use burn::tensor::backend::Backend;
use retort_core::store::atomic;
use retort_core::synthetic::RawSet;
use retort_core::{Error, Result};

use crate::Machine;
use crate::arguments::ExportArguments;
use crate::console::note;
use crate::export::{ExportFormat, Files, check_source_data, files};
use crate::stored::Stored;

/// Runs the command.
pub fn run<B: Backend>(machine: &Machine<B>, arguments: &ExportArguments) -> anyhow::Result<()> {
    let ExportArguments {
        stored,
        format,
        out,
        force,
    } = arguments;
    let to_console = out.as_os_str() == "-";
    check(out, *format, *force, to_console)?;
    let stored = Stored::<B>::load(stored, &machine.device)?;
    if !to_console {
        let task = &stored.artefact.manifest.settings["task"];
        check_source_data(out, task, &stored.path)?;
        check_replaced(out, *format)?;
    }
    let set = RawSet::of(&stored.artefact)?;
    let files = files(&set, &stored.artefact.manifest.task.name, *format)?;
    match (&files, to_console) {
        (Files::One(bytes), true) => {
            let mut console = std::io::stdout().lock();
            console.write_all(bytes)?;
            console.flush()?;
        }
        (Files::One(bytes), false) => atomic::write(out, bytes)?,
        (Files::Folder(files), _) => atomic::write_folder(out, files)?,
    }
    let left_out = format.left_out(&set);
    if !left_out.is_empty() {
        note(format_args!(
            "not in this format: {}; take npz or safetensors for them",
            left_out.join(", ")
        ));
    }
    format.changed_pixels(&set).into_iter().for_each(note);
    format.misread_words(&set).into_iter().for_each(note);
    if !to_console {
        note(format_args!(
            "{}: {} points",
            out.display(),
            set.inputs.nrows()
        ));
    }
    Ok(())
}

/// Refuses a path that is taken, before any work.
fn check(out: &Path, format: ExportFormat, force: bool, to_console: bool) -> Result<()> {
    let refused = |accepted: &str| Err(Error::setting("--out", out.display(), accepted));
    if to_console {
        return match format {
            ExportFormat::Csv => Ok(()),
            _ => refused("only csv goes to standard output: name a path"),
        };
    }
    match std::fs::symlink_metadata(out) {
        Ok(_) if !force => refused("is there already: name another path, or replace it by --force"),
        _ => Ok(()),
    }
}

/// Refuses a path whose content an export must not replace.
fn check_replaced(out: &Path, format: ExportFormat) -> Result<()> {
    let refused = |accepted: &str| Err(Error::setting("--out", out.display(), accepted));
    let is_folder = out.is_dir();
    match std::fs::symlink_metadata(out) {
        Err(_) => Ok(()),
        Ok(_) if is_folder != (format == ExportFormat::Pictures) => refused(
            "is of another kind than what would be written: remove it, or name another path",
        ),
        Ok(_) if is_folder && !holds_only_pictures(out) => refused(
            "has other files than folders of PNG files, which would be lost: remove it, or name another path",
        ),
        Ok(_) => Ok(()),
    }
}

/// Whether a folder has nothing but folders of PNG files.
fn holds_only_pictures(folder: &Path) -> bool {
    let each = |folder: &Path, fits: &dyn Fn(&Path) -> bool| {
        std::fs::read_dir(folder).is_ok_and(|entries| {
            entries
                .into_iter()
                .all(|entry| entry.is_ok_and(|entry| fits(&entry.path())))
        })
    };
    let is_picture =
        |path: &Path| path.is_file() && path.extension().is_some_and(|ending| ending == "png");
    each(folder, &|class| class.is_dir() && each(class, &is_picture))
}
