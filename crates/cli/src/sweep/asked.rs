//! The arguments of `sweep`, stored with its runs, so that a sweep can be continued or repeated without
//! naming them.

use std::path::{Path, PathBuf};

use retort_core::store::atomic;
use retort_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::arguments::SweepArguments;
use crate::plan::VERSION;
use crate::program;

/// The arguments that decide which runs a sweep has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Version of the program that began the sweep.
    pub retort: String,
    /// The preset or file.
    pub source: String,
    /// `--set`.
    pub set: Vec<String>,
    /// `--over`.
    pub over: Vec<String>,
    /// `--seeds`.
    pub seeds: Vec<u64>,
    /// Name of the backend. `None` if the version that began the sweep did not store it.
    #[serde(default)]
    pub backend: Option<String>,
}

impl Asked {
    /// The file in a sweep's directory.
    pub fn file(root: &Path) -> PathBuf {
        root.join("sweep.json")
    }

    /// The request in these arguments, on this backend. Without a preset or file, it is that of the sweep to
    /// be resumed.
    ///
    /// # Errors
    /// [`Error::Setting`]: there is neither a source nor a sweep to resume, or an argument would change the
    /// sweep.
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
                        let accepted = "a resumed sweep keeps its arguments: remove this one, or give the \
                                        preset or file and all arguments again";
                        Err(Error::setting(name, value, accepted))
                    }
                };
            }
            (None, _) => {
                let accepted =
                    "name a preset or a settings file; only `--out DIR --resume` works without one";
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

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::Data`]: the file does not exist, or is damaged.
    pub fn load(path: &Path) -> Result<Self> {
        let remedy = "give the preset or file of the sweep and all its arguments again";
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::data(path, format!("cannot be read ({error}): {remedy}")))?;
        serde_json::from_str(&text)
            .map_err(|error| Error::data(path, format!("is damaged ({error}): {remedy}")))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(|error| Error::write(path, std::io::Error::other(error)))?;
        text.push(b'\n');
        atomic::write(path, &text)
    }

    /// Refuses to continue a sweep that another backend began. An unknown backend is accepted.
    ///
    /// # Errors
    /// [`Error::Setting`], which names both backends and the program to continue with.
    pub fn check_against(&self, begun: &Self, root: &Path) -> Result<()> {
        let (Some(now), Some(then)) = (&self.backend, &begun.backend) else {
            return Ok(());
        };
        if now == then {
            return Ok(());
        }
        let accepted = format!(
            "this sweep was begun on the backend {then}, but this program uses {now}, which rounds \
             differently: continue with {}, or begin a new sweep with another --out",
            program::words(Some(then)).join(" ")
        );
        Err(Error::setting("--out", root.display(), accepted))
    }

    /// The words of the command, without the program's name and `--out`.
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
