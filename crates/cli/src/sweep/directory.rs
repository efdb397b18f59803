//! The directory of a sweep.
//!
//! ```text
//!   sweep.json        the arguments of the sweep
//!   plans/NNNN.toml   the resolved settings of each run
//!   runs/NNNN/        the directory of each run
//!   logs/NNNN.txt     the messages of each run's process
//!   results.csv       one row per run, with the settings that vary and the scores
//!   results.jsonl     the same with the whole summaries
//!   seeds.csv         the scores over seeds, if there are several
//!   summary.json      the comparison with a law, if the settings ask for one
//!   lock              locked by the process that works here
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

/// The directory of a sweep. If it was taken, this value is also the right to work in it.
#[derive(Debug)]
pub struct SweepDirectory {
    root: PathBuf,
    _lock: Option<Lock>,
}

impl SweepDirectory {
    /// The directory at this path, for reading. It need not exist.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            _lock: None,
        }
    }

    /// Locks and prepares a directory for the sweep of these runs: a new or empty one, or, with `resume`, that of the same
    /// sweep.
    ///
    /// # Errors
    /// The directory cannot be written, another process works in it, or it holds other files, another sweep,
    /// or the sweep of another backend.
    pub fn take(root: &Path, asked: &Asked, jobs: &[Job], resume: bool) -> Result<Self> {
        let plans = root.join("plans");
        let refused = |accepted: &str| Err(Error::setting("--out", root.display(), accepted));
        let is_empty = || fs::read_dir(root).map_or(true, |mut entries| entries.next().is_none());
        match (plans.is_dir(), resume) {
            (true, false) => {
                return refused(
                    "already holds a sweep: give --resume to continue it, or another --out",
                );
            }
            (false, _) if !is_empty() => {
                return refused("is neither empty nor a sweep: name a new or empty directory");
            }
            _ => {}
        }
        // If the file is damaged, the backend is checked only by the checkpoints of the runs.
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

    /// Writes the missing plans, and refuses a stored plan that differs.
    fn keep_plans(&self, jobs: &[Job]) -> Result<()> {
        let other = |name: &str| {
            let accepted = format!(
                "its plans/{name}.toml belongs to another sweep than the requested one: give the same \
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
                        "is not the plan of a run ({error}): remove it, and it is written again"
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

    /// The arguments of the sweep.
    pub fn asked(&self) -> PathBuf {
        Asked::file(&self.root)
    }

    /// The folder of the plans of all runs.
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

    /// The messages of a run's process.
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

    /// The comparison of the runs with a law.
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }

    /// The results, one object per line.
    pub fn lines(&self) -> PathBuf {
        self.root.join("results.jsonl")
    }
}

/// Whether both plans are the same, except for the version that wrote them.
fn is_same(stored: &Plan, plan: &Plan) -> bool {
    let of_that_version = Plan {
        version: stored.version.clone(),
        ..plan.clone()
    };
    *stored == of_that_version
}
