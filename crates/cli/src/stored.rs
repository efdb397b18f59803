//! A stored set, named by its run directory or its file.

use std::path::{Path, PathBuf};

use burn::tensor::backend::Backend;
use retort_core::run::Settings;
use retort_core::synthetic::Artefact;
use retort_core::{Error, Result};
use toml::Table;

use crate::busy::during;
use crate::run_directory::RunDirectory;

/// A set that was found, and the run it belongs to if a run was named.
#[derive(Debug)]
pub struct Stored<B: Backend> {
    /// The file it was read from.
    pub path: PathBuf,
    /// The set.
    pub artefact: Artefact<B>,
    /// The run directory, where one was named.
    pub run: Option<RunDirectory>,
}

impl<B: Backend> Stored<B> {
    /// Reads what a path names.
    ///
    /// # Errors
    /// Nothing is there, a run that has no set yet, or a file that is no artefact.
    pub fn load(path: &Path, device: &B::Device) -> Result<Self> {
        let run = path.is_dir().then(|| RunDirectory::at(path));
        let file = run
            .as_ref()
            .map_or_else(|| path.to_owned(), RunDirectory::set);
        if !file.exists() {
            let problem = match &run {
                Some(_) => {
                    "is not there: the run has not come to its end, or this is no run \
                            directory; `distill --resume --out DIR` finishes a run"
                }
                None => "does not exist: name a run directory, or a file that `distill` wrote",
            };
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
    /// A manifest whose settings are no settings.
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

/// JSON writes a setting that is not given as null; TOML leaves it away.
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
