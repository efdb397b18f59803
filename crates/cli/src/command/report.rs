//! `report`: writes the results of runs and sweeps as one file.

use std::path::{Path, PathBuf};

use retort_core::Error;
use retort_core::store::atomic;

use crate::arguments::ReportArguments;
use crate::busy::during;
use crate::console::{note, result};
use crate::report::{Report, print};
use crate::run_directory::RunDirectory;

/// Runs the command.
pub fn run(arguments: &ReportArguments) -> anyhow::Result<()> {
    let report = during("reading the runs", || Report::gather(&arguments.paths))?;
    report.remarks().into_iter().for_each(note);
    let out = out(arguments);
    if out.is_dir() {
        let accepted = "is a directory: name a file";
        return Err(Error::setting("--out", out.display(), accepted).into());
    }
    // A file of a run lies in the run's directory, or in a folder of it.
    let named = std::path::absolute(&out).unwrap_or_default();
    let mut roots = named.ancestors().skip(1).take(2);
    if roots.any(|root| RunDirectory::at(root).reads(&out)) {
        let accepted = "is a file of the run itself: name another file";
        return Err(Error::setting("--out", out.display(), accepted).into());
    }
    let bytes = during("drawing the report", || print(&report, arguments.format))?;
    atomic::write(&out, &bytes)?;
    result(format_args!("{}\n", out.display()))?;
    Ok(())
}

/// The file to write. Its default place is the reported directory if there is one, or else the working
/// directory.
fn out(arguments: &ReportArguments) -> PathBuf {
    let name = arguments.format.file_name();
    match (&arguments.out, &arguments.paths[..]) {
        (Some(out), _) => out.clone(),
        (None, [one]) => one.join(name),
        (None, _) => Path::new(&name).to_owned(),
    }
}
