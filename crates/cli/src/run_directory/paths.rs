//! Which file is where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the name of a sheet after some outer step begins and ends with.
const STEP: &str = "step-";
const PNG: &str = ".png";

/// The places in a run directory. Whether anything is there is another question.
#[derive(Debug, Clone)]
pub struct RunDirectory {
    root: PathBuf,
}

impl RunDirectory {
    /// The directory at that path.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Whether a path is one of the files that a run here reads again, in whatever way it is written.
    pub fn reads(&self, path: &Path) -> bool {
        let own = [
            self.config(),
            self.metrics(),
            self.state(),
            self.elapsed(),
            self.set(),
            self.summary(),
        ];
        path.canonicalize().is_ok_and(|path| {
            own.iter()
                .any(|own| own.canonicalize().is_ok_and(|own| own == path))
        })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Resolved settings.
    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// Logged steps.
    pub fn metrics(&self) -> PathBuf {
        self.root.join("metrics.jsonl")
    }

    /// What a run goes on from.
    pub fn checkpoint(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    /// The state of the outer loop.
    pub fn state(&self) -> PathBuf {
        self.checkpoint().join("state.safetensors")
    }

    /// The time that the run took up to that state.
    pub fn elapsed(&self) -> PathBuf {
        self.checkpoint().join("elapsed.json")
    }

    /// Locked by the process that works here.
    pub fn lock(&self) -> PathBuf {
        self.checkpoint().join("lock")
    }

    /// The artefact.
    pub fn set(&self) -> PathBuf {
        self.root.join("synthetic.safetensors")
    }

    /// The picture sheet.
    pub fn preview(&self) -> PathBuf {
        self.root.join("preview.png")
    }

    /// The folder of the sheets after chosen outer steps.
    pub fn previews(&self) -> PathBuf {
        self.root.join("previews")
    }

    /// The sheet after that many outer steps of all stages.
    pub fn preview_of(&self, done: usize) -> PathBuf {
        self.previews().join(format!("{STEP}{done:08}{PNG}"))
    }

    /// Those sheets that are there, with their steps, in order. Other files are not listed.
    pub fn previews_made(&self) -> BTreeMap<usize, PathBuf> {
        let entries = std::fs::read_dir(self.previews()).into_iter().flatten();
        let made = entries.flatten().filter_map(|entry| {
            let name = entry.file_name();
            let digits = name.to_str()?.strip_prefix(STEP)?.strip_suffix(PNG)?;
            let (done, path) = (digits.parse().ok()?, entry.path());
            (self.preview_of(done) == path).then_some((done, path))
        });
        made.collect()
    }

    /// Those sheets as one animated picture.
    pub fn animation(&self) -> PathBuf {
        self.root.join("preview.gif")
    }

    /// The results.
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }
}
