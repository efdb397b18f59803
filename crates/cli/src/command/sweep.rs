//! `sweep`: carries out many runs that differ in some settings, as processes side by side.

use std::num::NonZero;
use std::path::Path;
use std::thread::available_parallelism;

use retort_core::{Error, Result};

use crate::Program;
use crate::arguments::SweepArguments;
use crate::busy::{Busy, during};
use crate::console::{note, result};
use crate::exit::after_beginning;
use crate::interrupt;
use crate::plan::Request;
use crate::program::words;
use crate::sweep::{
    Asked, Grids, Job, Law, Outcome, Results, SweepDirectory, Workers, jobs, seeds, shown,
};

/// Runs the command. Each run is a process of `program`, which is this program.
pub fn run(program: &Program, arguments: &SweepArguments) -> anyhow::Result<()> {
    let asked = Asked::of(arguments, program.backend)?;
    let request = Request::new(Some(&asked.source), &asked.set, None)?;
    let over = asked.over.iter();
    let grids = over.fold(Grids::read(request.sweep_section()?), |grids, over| {
        grids?.over(over)
    })?;
    let seeds = match (asked.seeds.as_slice(), grids.seeds.as_slice()) {
        ([], []) => &[request.seed()],
        ([], seeds) | (seeds, _) => seeds,
    };
    let jobs = during("planning the runs", || jobs(&request, &grids, seeds))?;
    grids.law.map_or(Ok(()), |law| law.check(&jobs))?;
    let (at_once, threads) = shares(arguments)?;
    let root = match &arguments.out {
        Some(out) => out.clone(),
        None => Path::new("sweeps").join(&*request.name()),
    };
    let unbegun = arguments.resume && !SweepDirectory::at(&root).plans().is_dir();
    let take = || SweepDirectory::take(&root, &asked, &jobs, arguments.resume);
    let directory = during("writing the plans", take)?;
    if unbegun {
        note(format_args!(
            "{}: there is no sweep to resume here, so a new one begins",
            root.display()
        ));
    }
    // From here on, no error counts as bad input.
    let (name, law) = (request.name(), grids.law);
    carry_out(program, &directory, &jobs, (at_once, threads), &name, law).map_err(after_beginning)
}

/// Carries out the missing runs, `at_once` at a time with `threads` each, and prints the results of all runs.
fn carry_out(
    program: &Program,
    directory: &SweepDirectory,
    jobs: &[Job],
    (at_once, threads): (usize, usize),
    name: &str,
    law: Option<Law>,
) -> anyhow::Result<()> {
    let words = words(Some(program.backend));
    let root = directory.root().to_string_lossy();
    let command = ["sweep", "--out", &root, "--resume"];
    let words: Vec<&str> = words.iter().map(String::as_str).chain(command).collect();
    interrupt::goes_on_with(&words);
    let mut results = Results::of(directory, jobs);
    let missing = results.missing();
    note(format_args!(
        "{}: {} runs, {} of them finished already; {at_once} at a time with {threads} thread{} each",
        directory.root().display(),
        jobs.len(),
        jobs.len() - missing.len(),
        if threads == 1 { "" } else { "s" }
    ));
    let workers = Workers {
        program: &program.arguments,
        at_once,
        threads,
        directory,
    };
    results.write()?;
    let busy = Busy::with(at_work(results.ended(), jobs.len()));
    workers.carry_out(&missing, &mut |job, ended| {
        results.note(job, ended);
        results.keep_up()?;
        let found = results.score(job);
        let found = found.map_or_else(
            || "failed".to_owned(),
            |score| format!("distilled {score:.4}"),
        );
        let (done, all) = (results.ended(), jobs.len());
        note(format_args!(
            "{done}/{all}  run {}  {}: {found}",
            job.name,
            job.shown()
        ));
        busy.on_with(at_work(done, all));
        Ok(())
    })?;
    drop(busy);
    results.write()?;
    let failed = results.failed();
    if let Some(law) = &law {
        let found = during("comparing with the law", || law.found(results.outcomes()));
        let said = shown(&found);
        Outcome::new(name, jobs.len(), failed.len(), found).save(&directory.summary())?;
        result(format_args!("{said}\n"))?;
    }
    let over_seeds = results.over_seeds();
    // The text of a law already summarises its runs over seeds.
    if law.is_none() && seeds::are_several(&over_seeds) {
        result(format_args!("{}\n", seeds::printed(&over_seeds)))?;
    }
    result(format_args!("{}\n", directory.table().display()))?;
    for (job, why) in &failed {
        note(format_args!(
            "run {} failed ({}): {why}",
            job.name,
            job.shown()
        ));
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(anyhow::anyhow!(
        "{} of {} runs failed; the other runs are in {}; --resume tries the failed ones again",
        failed.len(),
        jobs.len(),
        directory.table().display()
    ))
}

/// Line of progress while the runs are silent.
fn at_work(done: usize, all: usize) -> String {
    format!("{done} of {all} runs done")
}

/// Number of runs at a time, and of threads of each run.
fn shares(arguments: &SweepArguments) -> Result<(usize, usize)> {
    let all = arguments
        .threads
        .unwrap_or_else(|| available_parallelism().map_or(1, NonZero::get));
    let each = arguments.threads_per_run;
    if each <= all {
        return Ok((all / each, each));
    }
    let accepted = format!(
        "there are {all} threads for all runs together: give {all} or fewer, or raise --threads"
    );
    Err(Error::setting("--threads-per-run", each, accepted))
}
