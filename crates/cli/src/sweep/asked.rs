//! What was asked of `sweep`, kept beside its runs, so that it can go on and be asked again without it.

use std::path::{Path, PathBuf};

use retort_core::store::atomic;
use retort_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::arguments::SweepArguments;
use crate::plan::VERSION;
use crate::program;

/// The arguments that decide which runs there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Version that was asked.
    pub retort: String,
    /// The preset or file.
    pub source: String,
    /// `--set`.
    pub set: Vec<String>,
    /// `--over`.
    pub over: Vec<String>,
    /// `--seeds`.
    pub seeds: Vec<u64>,
    /// Name of the backend; none where the version that began it did not write that down.
    #[serde(default)]
    pub backend: Option<String>,
}

impl Asked {
    /// Where a sweep remembers it.
    pub fn file(root: &Path) -> PathBuf {
        root.join("sweep.json")
    }

    /// What these arguments ask for on that backend: without a preset or file what was asked of the sweep that is
    /// gone on with.
    ///
    /// # Errors
    /// [`Error::Setting`]: neither a source nor a sweep to go on with, or arguments that would change it.
    pub fn of(arguments: &SweepArguments, backend: &str) -> Result<Self> {
        let backend = Some(backend.to_owned());
        let SweepArguments {
            set, over, seeds, ..
        } = arguments;
        let source = match (&arguments.source, &arguments.out) {
            (Some(source), _) => source.clone(),
            (None, Some(out)) if arguments.resume => {
                let others = [("--set", set.first()), ("--over", over.first())];
                let seed = seeds.first().map(u64::to_string);
                let mut others = others.into_iter().chain([("--seeds", seed.as_ref())]);
                return match others.find_map(|(name, value)| Some((name, value?))) {
                    None => {
                        let begun = Self::load(&Self::file(out))?;
                        Ok(Self { backend, ..begun })
                    }
                    Some((name, value)) => {
                        let accepted = "the sweep goes on as it was asked for: leave this away, or give the preset or \
                                        file and everything with it";
                        Err(Error::setting(name, value, accepted))
                    }
                };
            }
            (None, _) => {
                let accepted =
                    "name a preset or a settings file; only `--out DIR --resume` goes on without";
                return Err(Error::setting("PRESET or FILE", "none", accepted));
            }
        };
        Ok(Self {
            retort: VERSION.to_owned(),
            source,
            set: set.clone(),
            over: over.clone(),
            seeds: seeds.clone(),
            backend,
        })
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Data`]: it is not there, or damaged.
    pub fn load(path: &Path) -> Result<Self> {
        let remedy = "name the preset or file of the sweep, and everything with it";
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::data(path, format!("cannot be read ({error}): {remedy}")))?;
        serde_json::from_str(&text)
            .map_err(|error| Error::data(path, format!("is damaged ({error}): {remedy}")))
    }

    /// Writes it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(|error| Error::write(path, std::io::Error::other(error)))?;
        text.push(b'\n');
        atomic::write(path, &text)
    }

    /// Refuses to go on with a sweep that another backend began. One that is not known began it perhaps here.
    ///
    /// # Errors
    /// [`Error::Setting`] that names both, and the program to go on with.
    pub fn check_against(&self, begun: &Self, root: &Path) -> Result<()> {
        let (Some(now), Some(then)) = (&self.backend, &begun.backend) else {
            return Ok(());
        };
        if now == then {
            return Ok(());
        }
        let accepted = format!(
            "the sweep there was begun on the backend {then} and this is {now}, which rounds otherwise: go on with \
             {}, or begin a new sweep with another --out",
            program::words(Some(then)).join(" ")
        );
        Err(Error::setting("--out", root.display(), accepted))
    }

    /// The words of the command after the program's name and before its `--out`.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec!["sweep".to_owned(), self.source.clone()];
        for (name, values) in [("--set", &self.set), ("--over", &self.over)] {
            for value in values {
                words.extend([name.to_owned(), value.clone()]);
            }
        }
        if !self.seeds.is_empty() {
            let seeds: Vec<String> = self.seeds.iter().map(u64::to_string).collect();
            words.extend(["--seeds".to_owned(), seeds.join(",")]);
        }
        words
    }
}
