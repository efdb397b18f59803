//! What the argument SOURCE names: a preset, a settings file, a run to make again, or data.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use retort_core::settings::keys::nearest;
use retort_core::task::{Recognised, recognise};
use retort_core::{Error, Result};
use toml::{Table, Value};

use crate::document::{Document, OF_RUN, preset_table};
use crate::presets::{PRESETS, Preset};

/// Endings of data files, by which a word without a separator is told to be a path.
const DATA_ENDINGS: [&str; 12] = [
    ".csv", ".tsv", ".txt", ".gz", ".npz", ".npy", ".parquet", ".tar", ".tgz", ".bin", ".xlsx",
    ".zip",
];

/// Side of the pictures of a folder, unless the settings give it.
const SIDE: i64 = 32;

/// The share of the rows of a table or of arrays that tests a set, and the share that chooses learning rates. Few rows
/// are better to learn from than to hold out.
const HELD_OUT: f64 = 0.1;

/// Endings that are left out of the name of a run.
const DOUBLE_ENDINGS: [&str; 3] = [".csv.gz", ".tsv.gz", ".tar.gz"];

/// A source of settings.
#[derive(Debug)]
pub enum Source {
    /// A preset.
    Preset(&'static Preset),
    /// A settings file, or the `config.toml` of a run.
    File {
        /// Its path.
        path: PathBuf,
        /// Its content.
        document: Document,
    },
    /// Data, for which settings are chosen.
    Data {
        /// The path as it was given.
        path: PathBuf,
        /// How a task reads it.
        task: Recognised,
    },
}

impl Source {
    /// The source that a word or path names. A word that is a preset is the preset, also if a file of that
    /// name is there. A path is told by a separator, by its ending or by being there.
    ///
    /// # Errors
    /// [`Error::Setting`] if the word is neither a preset nor a path; [`Error::Toml`] or [`Error::Data`] if
    /// the file or folder cannot be read.
    pub fn of(text: &str) -> Result<Self> {
        if let Some(preset) = PRESETS.iter().find(|preset| preset.name == text) {
            return Ok(Self::Preset(preset));
        }
        let path = PathBuf::from(text);
        if text.ends_with(".toml") {
            return Self::settings(path);
        }
        let lower = text.to_lowercase();
        let is_path = path.components().count() > 1
            || DATA_ENDINGS.iter().any(|ending| lower.ends_with(ending))
            || path.symlink_metadata().is_ok();
        if !is_path {
            let names = PRESETS.iter().map(|preset| preset.name.to_owned());
            let near = like(text, names.chain(files(Path::new("."))));
            let accepted = format!(
                "is neither a preset (the command `presets` lists them) nor a file or folder in the working \
                 directory{near}"
            );
            return Err(Error::setting("SOURCE", format!("{text:?}"), accepted));
        }
        if path.symlink_metadata().is_err() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
            let near = like(&name, files(folder.unwrap_or(Path::new("."))).into_iter());
            return Err(Error::data(&path, format!("does not exist{near}")));
        }
        let config = path.join(OF_RUN);
        if config.is_file() {
            return Self::settings(config);
        }
        let task = recognise(&path)?;
        Ok(Self::Data { path, task })
    }

    fn settings(path: PathBuf) -> Result<Self> {
        let document = Document::read(&path)?;
        Ok(Self::File { path, document })
    }

    /// The preset that the settings start from or are.
    pub fn preset(&self) -> Option<&str> {
        match self {
            Self::Preset(preset) => Some(preset.name),
            Self::File { document, .. } => document.preset.as_deref(),
            Self::Data { .. } => None,
        }
    }

    /// The seed that the source gives.
    pub fn seed(&self) -> Option<u64> {
        match self {
            Self::File { document, .. } => document.seed,
            _ => None,
        }
    }

    /// Name of the preset, of the file, of the run whose `config.toml` it is, or of the data.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Preset(preset) => preset.name.into(),
            Self::File { path, document } => {
                let run = path.parent().and_then(Path::file_name);
                let run = run.filter(|_| document.version.is_some());
                let name = run.or(path.file_stem()).unwrap_or_default();
                name.to_string_lossy()
            }
            Self::Data { path, .. } => data_name(path).into(),
        }
    }

    /// The layers of settings, lowest first. Those of data are the task alone.
    ///
    /// # Errors
    /// The preset does not exist.
    pub fn layers(&self) -> Result<Vec<Table>> {
        match self {
            Self::Preset(preset) => Ok(vec![preset_table(preset.name)?]),
            Self::File { document, .. } => document.layers(),
            Self::Data { task, .. } => Ok(vec![task_section(task)?]),
        }
    }

    /// Adds the path of data to assignments that give `task.kind` and no path. A new kind empties its section, but the
    /// user has named the path.
    pub fn keep_path(&self, assignments: &mut Vec<String>) {
        let gives = |key: &str| {
            let mut keys = assignments.iter().filter_map(|it| it.split('=').next());
            keys.any(|given| given.trim() == key)
        };
        if let (Self::Data { task, .. }, true, false) =
            (self, gives("task.kind"), gives("task.path"))
            && let Some(path) = task.path.to_str()
        {
            assignments.push(format!("task.path={}", Value::from(path)));
        }
    }

    /// A remark if the name of a preset is also that of a file.
    pub fn remark(&self) -> Option<String> {
        match self {
            Self::Preset(preset) if Path::new(preset.name).exists() => Some(format!(
                "{name} is taken as the preset of this name; for the file or folder, give ./{name}",
                name = preset.name
            )),
            _ => None,
        }
    }
}

/// The names of files and folders in a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// The end of a message that suggests the most similar name, if one is similar.
fn like(name: &str, names: impl Iterator<Item = String>) -> String {
    let is_long = |other: &String| 2 * other.len() >= name.len();
    let names: Vec<String> = names.filter(is_long).collect();
    let near = nearest(name, names.iter().map(String::as_str));
    near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}

/// The section `task` that reads the data, as a layer of settings.
fn task_section(task: &Recognised) -> Result<Table> {
    let path = task.path.to_str().ok_or_else(|| {
        let accepted = "must be UTF-8, so that it can be stored with the run: rename it";
        Error::setting("SOURCE", task.path.display(), accepted)
    })?;
    let section = [("kind", task.kind), ("path", path)];
    let section = section.map(|(key, value)| (key.to_owned(), Value::from(value)));
    let mut section = Table::from_iter(section);
    match task.kind {
        "folder" => {
            section.insert("side".to_owned(), Value::from(SIDE));
        }
        "csv" | "parquet" | "arrays" => {
            for part in ["validation", "test"] {
                section.insert(part.to_owned(), Value::from(HELD_OUT));
            }
        }
        _ => {}
    }
    let section = Value::Table(section);
    Ok(Table::from_iter([("task".to_owned(), section)]))
}

/// The name of a run on the data at this path: the file's name without its ending.
fn data_name(path: &Path) -> String {
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = whole
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if whole.is_dir() {
        return name;
    }
    let lower = name.to_lowercase();
    let double = DOUBLE_ENDINGS
        .iter()
        .find(|ending| lower.ends_with(*ending));
    let stem = match double {
        Some(ending) => name.get(..name.len() - ending.len()),
        None => name.rsplit_once('.').map(|(stem, _)| stem),
    };
    stem.filter(|stem| !stem.is_empty())
        .unwrap_or(&name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;
    use crate::wording::told;

    #[test]
    fn data_and_runs_are_told_from_presets() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::write(path("mine.CSV.GZ"), "").unwrap();
        fs::create_dir(path("flowers")).unwrap();
        fs::create_dir(path("run")).unwrap();
        fs::write(path("run/config.toml"), "version = \"0.1.0\"\nseed = 3\n").unwrap();
        let of = |name: &str| Source::of(path(name).to_str().unwrap()).unwrap();
        for (name, kind, called) in [
            ("mine.CSV.GZ", "csv", "mine"),
            ("flowers", "folder", "flowers"),
        ] {
            let source = of(name);
            assert_eq!(source.name(), called);
            let layers = source.layers().unwrap();
            assert_eq!(layers[0]["task"]["kind"].as_str(), Some(kind));
        }
        let run = of("run");
        assert_eq!((&*run.name(), run.seed()), ("run", Some(3)));
        assert_eq!(Source::of("digits").unwrap().preset(), Some("digits"));
        for nothing in ["digit", "mine.csv", "./digits"] {
            let message = told(Source::of(nothing).unwrap_err());
            assert!(message.contains(nothing), "{message}");
        }
    }
}
