//! A settings file: its sections, and the keys above them.

use std::path::Path;

use retort_core::run::Settings;
use retort_core::{Error, Result};
use toml::{Table, Value};

use crate::presets;

/// Name of the file with a run's own settings in its directory.
pub const OF_RUN: &str = "config.toml";

/// A settings file, or the text of one.
#[derive(Debug, Default)]
pub struct Document {
    /// The preset that the file starts from. In a run's own `config.toml`: the preset that the run started
    /// from.
    pub preset: Option<String>,
    /// Seed of the run.
    pub seed: Option<u64>,
    /// Version of the program that wrote the file. Only a run's own file has one.
    pub version: Option<String>,
    /// The sections.
    pub settings: Table,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Toml`]: the file cannot be read. [`Error::Setting`]: a key at its top is not accepted.
    pub fn read(path: &Path) -> Result<Self> {
        let refused = |problem: String| Error::Toml {
            origin: path.display().to_string(),
            problem,
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| refused(format!("cannot be read: {error}")))?;
        let settings = text.parse().map_err(|error: toml::de::Error| {
            let problem = error.to_string();
            refused(problem.trim_end().to_owned())
        })?;
        Self::of(settings)
    }

    fn of(mut settings: Table) -> Result<Self> {
        let word = |key: &str, table: &mut Table| match table.remove(key) {
            None => Ok(None),
            Some(Value::String(word)) => Ok(Some(word)),
            Some(other) => Err(Error::setting(key, other, "must be a word in quotes")),
        };
        let preset = word("preset", &mut settings)?;
        let version = word("version", &mut settings)?;
        let seed = match settings.remove("seed") {
            None => None,
            Some(Value::Integer(seed)) if seed >= 0 => Some(seed.unsigned_abs()),
            Some(other) => {
                let accepted = "must be a whole number, 0 or above";
                return Err(Error::setting("seed", other, accepted));
            }
        };
        if version.is_some() {
            Settings::drop_unread_of_stored(&mut settings);
        }
        Ok(Self {
            preset,
            seed,
            version,
            settings,
        })
    }

    /// The layers of settings, lowest first: those of the preset that the document starts from, if there is
    /// one, and its own.
    ///
    /// # Errors
    /// The preset does not exist.
    pub fn layers(&self) -> Result<Vec<Table>> {
        let own = self.settings.clone();
        match (&self.version, &self.preset) {
            (None, Some(preset)) => Ok(vec![preset_table(preset)?, own]),
            _ => Ok(vec![own]),
        }
    }
}

/// The settings in a preset's file.
///
/// # Errors
/// There is no preset with this name.
pub fn preset_table(name: &str) -> Result<Table> {
    let preset = presets::find("preset", name, "")?;
    preset
        .text
        .parse()
        .map_err(|error: toml::de::Error| Error::Toml {
            origin: format!("preset {name}"),
            problem: error.to_string(),
        })
}
