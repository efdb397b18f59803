//! Processes of this program, each with one run of a sweep.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use retort_core::{Error, Result};

use super::directory::SweepDirectory;
use super::job::Job;
use crate::leash;

/// Environment variable for the number of rayon's threads. All work here runs on rayon's threads.
const THREADS: &str = "RAYON_NUM_THREADS";

/// Starts a process for each run.
#[derive(Debug)]
pub struct Workers<'a> {
    /// Arguments of the program before the command, which choose the backend or device.
    pub program: &'a [String],
    /// Number of processes at a time.
    pub at_once: usize,
    /// Number of threads of each process.
    pub threads: usize,
    /// Directory of the sweep.
    pub directory: &'a SweepDirectory,
}

/// How a run's process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The run has a summary.
    Finished,
    /// The run has no summary, for this reason.
    Failed(String),
}

impl Workers<'_> {
    /// Carries out the runs in order, and calls `ended` for each one that has ended.
    ///
    /// # Errors
    /// The path of this program is unknown, or `ended` fails.
    pub fn carry_out(
        &self,
        jobs: &[&Job],
        ended: &mut dyn FnMut(&Job, Ended) -> Result<()>,
    ) -> Result<()> {
        let program = std::env::current_exe()
            .map_err(|error| Error::write("this program".as_ref(), error))?;
        let next = AtomicUsize::new(0);
        let (tell, told) = channel();
        thread::scope(|scope| {
            for _ in 0..self.at_once.clamp(1, jobs.len().max(1)) {
                let tell: Sender<(usize, Ended)> = tell.clone();
                let (next, program) = (&next, &program);
                scope.spawn(move || {
                    loop {
                        let place = next.fetch_add(1, Ordering::SeqCst);
                        let Some(job) = jobs.get(place) else {
                            break;
                        };
                        if tell.send((place, self.run(program, job))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(tell);
            // If results cannot be written, no further run is started.
            let heard = told
                .iter()
                .try_for_each(|(place, how)| ended(jobs[place], how));
            if heard.is_err() {
                next.store(jobs.len(), Ordering::SeqCst);
            }
            heard
        })
    }

    /// Carries out one run to its end.
    fn run(&self, program: &Path, job: &Job) -> Ended {
        match self.wait(program, job) {
            // A process that was killed while it drew pictures has already stored its scores.
            Ok(status)
                if status.code().is_none_or(|code| code == 0)
                    && self.directory.run(&job.name).summary().exists() =>
            {
                Ended::Finished
            }
            Ok(status) => Ended::Failed(self.last_words(job, status)),
            Err(error) => Ended::Failed(format!("no process could be started: {error}")),
        }
    }

    fn wait(&self, program: &Path, job: &Job) -> io::Result<ExitStatus> {
        let log = File::options()
            .create(true)
            .write(true)
            .truncate(true)
            .open(self.directory.log(&job.name))?;
        let mut child = Command::new(program)
            .args(self.program)
            .arg("distill")
            .arg(self.directory.plan(&job.name))
            .arg("--out")
            .arg(self.directory.run(&job.name).root())
            .arg("--resume")
            .env(THREADS, self.threads.to_string())
            .env(leash::VARIABLE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        // Keep standard input open until the process has ended: `wait` would close it.
        let leash = child.stdin.take();
        let ended = child.wait();
        drop(leash);
        ended
    }

    /// The last error in the run's log, or how its process ended.
    fn last_words(&self, job: &Job, status: ExitStatus) -> String {
        let path = self.directory.log(&job.name);
        let said = std::fs::read(&path).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let last = said
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("error: "));
        last.map_or_else(
            || {
                format!(
                    "its process ended with {status}; its messages are in {}",
                    path.display()
                )
            },
            str::to_owned,
        )
    }
}
