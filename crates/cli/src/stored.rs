//! A stored set, named by its run directory or its file.

use std::path::{Path, PathBuf};

use burn::tensor::backend::Backend;
use retort_core::run::Settings;
use retort_core::synthetic::Artefact;
use retort_core::{Error, Result};
use toml::Table;

use crate::busy::during;
use crate::run_directory::RunDirectory;

/// A set that was read, and the run it belongs to if a run was named.
#[derive(Debug)]
pub struct Stored<B: Backend> {
    /// The file that the set was read from.
    pub path: PathBuf,
    /// The set.
    pub artefact: Artefact<B>,
    /// The run directory, if one was named.
    pub run: Option<RunDirectory>,
}

impl<B: Backend> Stored<B> {
    /// Reads the set of this run directory or file.
    ///
    /// # Errors
    /// The path does not exist, the run has no set yet, or the file is not an artefact.
    pub fn load(path: &Path, device: &B::Device) -> Result<Self> {
        let run = path.is_dir().then(|| RunDirectory::at(path));
        let file = run
            .as_ref()
            .map_or_else(|| path.to_owned(), RunDirectory::set);
        if !file.exists() {
            let problem = match &run {
                Some(_) => {
                    "does not exist: either the run is not finished (`distill --resume --out DIR` \
                            finishes it), or this is not a run directory"
                }
                None => "does not exist: name a run directory, or a file that `distill` wrote",
            };
            return Err(Error::data(&file, problem));
        }
        if !file.is_file() {
            let problem = "is no file: name a run directory, or a file that `distill` wrote";
            return Err(Error::data(&file, problem));
        }
        let artefact = during("reading the set", || Artefact::load(&file, device))?;
        Ok(Self {
            path: file,
            artefact,
            run,
        })
    }

    /// The settings that the set was made with, as a table.
    ///
    /// # Errors
    /// The settings in the manifest cannot be read.
    pub fn settings(&self) -> Result<Table> {
        let mut settings = self.artefact.manifest.settings.clone();
        drop_nulls(&mut settings);
        let mut settings = Table::try_from(&settings).map_err(|error| Error::Artefact {
            path: self.path.clone(),
            problem: format!("the settings in its manifest cannot be read ({error})"),
        })?;
        Settings::drop_unread_of_stored(&mut settings);
        Ok(settings)
    }
}

/// Removes nulls: JSON writes a setting that is not given as null, TOML omits it.
fn drop_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
