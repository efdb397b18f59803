//! A settings file: its sections, and what stands above them.

use std::path::Path;

use retort_core::run::Settings;
use retort_core::{Error, Result};
use toml::{Table, Value};

use crate::presets;

/// A settings file, or the text of one.
#[derive(Debug, Default)]
pub struct Document {
    /// The preset it starts from, or of a run's own the one that run started from.
    pub preset: Option<String>,
    /// Seed of the run.
    pub seed: Option<u64>,
    /// The version that wrote it; only a run's own has one.
    pub version: Option<String>,
    /// The sections.
    pub settings: Table,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Toml`]: it cannot be read; [`Error::Setting`]: what stands at its top is not accepted.
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

    /// The settings, over those of the preset that the document starts from.
    ///
    /// # Errors
    /// There is no such preset.
    pub fn layers(&self) -> Result<Vec<Table>> {
        let own = self.settings.clone();
        match (&self.version, &self.preset) {
            (None, Some(preset)) => Ok(vec![preset_table(preset)?, own]),
            _ => Ok(vec![own]),
        }
    }
}

/// The settings of a preset, as they stand in its file.
///
/// # Errors
/// There is no preset of that name.
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
