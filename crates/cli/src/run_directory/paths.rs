//! Paths of the files in a run directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::document::OF_RUN;

/// Beginning and end of a preview's file name.
const STEP: &str = "step-";
const PNG: &str = ".png";

/// The paths in a run directory, whether or not the files exist.
#[derive(Debug, Clone)]
pub struct RunDirectory {
    root: PathBuf,
}

impl RunDirectory {
    /// The directory at this path.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Whether a path, in any spelling, is one of the files that a run in this directory reads again.
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
        self.root.join(OF_RUN)
    }

    /// Logged steps.
    pub fn metrics(&self) -> PathBuf {
        self.root.join("metrics.jsonl")
    }

    /// The folder of the files that a run continues from.
    pub fn checkpoint(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    /// The state of the outer loop.
    pub fn state(&self) -> PathBuf {
        self.checkpoint().join("state.safetensors")
    }

    /// The time that the run took up to the stored state.
    pub fn elapsed(&self) -> PathBuf {
        self.checkpoint().join("elapsed.json")
    }

    /// The file that is locked by the process that works here.
    pub fn lock(&self) -> PathBuf {
        self.checkpoint().join("lock")
    }

    /// The artefact.
    pub fn set(&self) -> PathBuf {
        self.root.join("synthetic.safetensors")
    }

    /// The sheet of the finished set.
    pub fn preview(&self) -> PathBuf {
        self.root.join("preview.png")
    }

    /// The folder of the previews, the sheets after chosen outer steps.
    pub fn previews(&self) -> PathBuf {
        self.root.join("previews")
    }

    /// The preview after `done` outer steps, counted over all stages.
    pub fn preview_of(&self, done: usize) -> PathBuf {
        self.previews().join(format!("{STEP}{done:08}{PNG}"))
    }

    /// The existing previews by step, in order. Other files are not listed.
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

    /// The previews as one animated picture.
    pub fn animation(&self) -> PathBuf {
        self.root.join("preview.gif")
    }

    /// The results.
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }
}
