//! The directory of a sweep.
//!
//! ```text
//!   sweep.json        what was asked for
//!   plans/NNNN.toml   the resolved settings of each run
//!   runs/NNNN/        its run directory
//!   logs/NNNN.txt     what its processes said
//!   results.csv       one row a run, with what varies and the scores
//!   results.jsonl     the same with the whole summaries
//!   seeds.csv         the scores over seeds, where there are several
//!   summary.json      what the runs say together, where a law is asked for
//!   lock              held by the process that works here
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use retort_core::store::atomic;
use retort_core::store::lock::Lock;
use retort_core::{Error, Result};

use super::asked::Asked;
use super::job::Job;
use crate::plan::Plan;
use crate::run_directory::{RunDirectory, lock, tidy};

/// The directory of a sweep, and where it was taken the right to work in it, for as long as it lives.
#[derive(Debug)]
pub struct SweepDirectory {
    root: PathBuf,
    _lock: Option<Lock>,
}

impl SweepDirectory {
    /// The directory at that path, to be read. Whether anything is there is another question.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            _lock: None,
        }
    }

    /// Takes a directory for the sweep of these runs: a new or empty one, or with `resume` that of the
    /// same sweep.
    ///
    /// # Errors
    /// It cannot be written, another process works in it, or it holds something else or the sweep of another
    /// backend.
    pub fn take(root: &Path, asked: &Asked, jobs: &[Job], resume: bool) -> Result<Self> {
        let plans = root.join("plans");
        let refused = |accepted: &str| Err(Error::setting("--out", root.display(), accepted));
        let is_empty = || fs::read_dir(root).map_or(true, |mut entries| entries.next().is_none());
        match (plans.is_dir(), resume) {
            (true, false) => {
                return refused(
                    "a sweep is there already: give --resume to go on with it, or another --out",
                );
            }
            (false, _) if !is_empty() => {
                return refused("is not empty and holds no sweep: name a new or empty directory");
            }
            _ => {}
        }
        // One that is damaged says nothing of its backend; checkpoints of the runs still do.
        if let Ok(begun) = Asked::load(&Self::at(root).asked()) {
            asked.check_against(&begun, root)?;
        }
        for folder in ["plans", "runs", "logs"].map(|name| root.join(name)) {
            fs::create_dir_all(&folder).map_err(|error| Error::write(&folder, error))?;
        }
        let taken = Self {
            root: root.to_owned(),
            _lock: Some(lock(&root.join("lock"), root)?),
        };
        for folder in [root, &plans] {
            tidy(folder);
        }
        taken.keep_plans(jobs)?;
        if !taken.asked().exists() {
            asked.write(&taken.asked())?;
        }
        Ok(taken)
    }

    /// Writes the plans that are not there yet, and refuses those that are others.
    fn keep_plans(&self, jobs: &[Job]) -> Result<()> {
        let other = |name: &str| {
            let accepted = format!(
                "plans/{name}.toml in it is of another sweep than the one asked for: give the same \
                 settings, or another --out"
            );
            Err(Error::setting("--out", self.root.display(), accepted))
        };
        let last = Job::name(jobs.len());
        if self.plan(&last).exists() {
            return other(&last);
        }
        for job in jobs {
            let path = self.plan(&job.name);
            if !path.exists() {
                atomic::write(&path, job.plan.to_toml()?.as_bytes())?;
                continue;
            }
            match Plan::load(&path) {
                Ok(Some(stored)) if is_same(&stored, &job.plan) => {}
                Ok(_) => return other(&job.name),
                Err(error) => {
                    let problem = format!(
                        "is no plan of a run ({error}): remove it, and it is written again"
                    );
                    return Err(Error::data(&path, problem));
                }
            }
        }
        Ok(())
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What was asked for.
    pub fn asked(&self) -> PathBuf {
        Asked::file(&self.root)
    }

    /// The plans of all runs.
    pub fn plans(&self) -> PathBuf {
        self.root.join("plans")
    }

    /// The plan of a run.
    pub fn plan(&self, name: &str) -> PathBuf {
        self.plans().join(format!("{name}.toml"))
    }

    /// A run's own directory.
    pub fn run(&self, name: &str) -> RunDirectory {
        RunDirectory::at(&self.root.join("runs").join(name))
    }

    /// What a run's processes said.
    pub fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.txt"))
    }

    /// The results as a table.
    pub fn table(&self) -> PathBuf {
        self.root.join("results.csv")
    }

    /// The scores over seeds.
    pub fn seeds(&self) -> PathBuf {
        self.root.join("seeds.csv")
    }

    /// What the runs say together.
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }

    /// The results, one object a line.
    pub fn lines(&self) -> PathBuf {
        self.root.join("results.jsonl")
    }
}

/// Whether both are the same plan, if perhaps written by another version.
fn is_same(stored: &Plan, plan: &Plan) -> bool {
    let of_that_version = Plan {
        version: stored.version.clone(),
        ..plan.clone()
    };
    *stored == of_that_version
}
