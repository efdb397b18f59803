//! `distill`: distils a set, scores it, and leaves a run directory.

use std::time::Instant;

use burn::tensor::backend::Backend;
use retort_core::distill::{Distiller, Provenance, State, checkpoint};
use retort_core::evaluate::evaluate;
use retort_core::kernel::Kernels;
use retort_core::seed::Seed;
use retort_core::synthetic::{Artefact, sheet};
use retort_core::task::{Resident, Task};
use retort_core::{Error, Result};

use crate::Machine;
use crate::arguments::DistillArguments;
use crate::console::{note, result};
use crate::exit::after_beginning;
use crate::plan::{Plan, Request};
use crate::run_directory::{Claim, Existing, RunDirectory};
use crate::summary::{self, Seconds, Summary};
use crate::table;
use crate::watch::{Checkpoints, Metrics, Together, elapsed, progress};

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &DistillArguments) -> anyhow::Result<()> {
    let request = Request::of(arguments)?;
    let existing = match (arguments.resume, arguments.force) {
        (true, _) => Existing::Continue,
        (_, true) => Existing::Replace,
        _ => Existing::Refuse,
    };
    // Settings are checked before a directory is touched.
    let fresh = if arguments.resume {
        None
    } else {
        Some(request.plan()?)
    };
    let root = arguments.out.clone().unwrap_or_else(|| request.directory());
    let mut claim = Claim::take(&root, existing)?;
    let stored = if arguments.resume {
        claim.stored()?
    } else {
        None
    };
    let begun = stored.is_some();
    let plan = match stored {
        Some(stored) => {
            request.check_against(&stored)?;
            stored
        }
        None => fresh.map_or_else(|| request.plan(), Ok)?,
    };
    let directory = claim.directory.clone();
    if begun && directory.summary().exists() {
        note(format_args!(
            "{} is finished: nothing to resume",
            root.display()
        ));
        result(table::of_summary(&summary::load(&directory.summary())?))?;
        return Ok(());
    }

    let seed = Seed::new(plan.seed);
    let task = plan.settings.task.source().load(&seed)?;
    let resident = Resident::<B>::new(&task, &machine.device);
    let network = plan
        .settings
        .network
        .template::<B>(task.interface(), &machine.device);
    let distiller = Distiller::new(&plan.settings, &resident, &*network, &seed);
    let provenance = Provenance::new(&plan.settings, &task, plan.seed)?;
    let at_checkpoint = begun && directory.state().exists();
    let start = if at_checkpoint {
        checkpoint::load(&directory.state(), &provenance, &machine.device)?
    } else {
        distiller.start()?
    };
    if !begun {
        claim.begin(&plan)?;
    }
    note(format_args!(
        "{}: {}",
        root.display(),
        describe(&plan, &task)
    ));

    let done = distiller.steps_done(&start);
    if at_checkpoint {
        note(format_args!(
            "resumed after {done} of {} steps",
            distiller.total_steps()
        ));
    }
    let mut checkpoints = Checkpoints::new(&directory, provenance, at_checkpoint.then_some(done));
    let end = outer_loop(&distiller, start, &directory, &plan, &mut checkpoints, done)
        .map_err(|error| with_checkpoint(error, &directory, checkpoints.stored()))?;

    let distilled = Artefact::new(
        end.set,
        &task,
        &plan.settings,
        plan.seed,
        plan.preset.as_deref(),
    )?;
    distilled.save(&directory.set()).map_err(after_beginning)?;
    // What is scored is what was stored.
    let artefact = Artefact::<B>::load(&directory.set(), &machine.device)?;
    sheet::save(&artefact, &directory.preview()).map_err(after_beginning)?;

    let started = Instant::now();
    let evaluation = evaluate(
        &plan.settings.evaluate,
        &resident,
        &*network,
        &artefact.set,
        &seed,
        &mut |name, score| note(table::score_line(name, score)),
    )?;
    let seconds = Seconds {
        distill: elapsed(&directory.elapsed()),
        evaluate: started.elapsed().as_secs_f64(),
    };
    let summary = Summary::new(
        &plan,
        machine.backend,
        &task,
        &artefact.manifest,
        &evaluation,
        seconds,
    );
    summary
        .save(&directory.summary())
        .map_err(after_beginning)?;
    result(table::of_summary(&summary::load(&directory.summary())?))?;
    Ok(())
}

fn outer_loop<B: Backend>(
    distiller: &Distiller<'_, B>,
    start: State<B>,
    directory: &RunDirectory,
    plan: &Plan,
    checkpoints: &mut Checkpoints,
    done: usize,
) -> Result<State<B>> {
    let mut metrics = Metrics::open(&directory.metrics(), done)?;
    let mut progress = progress::<B>(plan.settings.objective.len());
    // Metrics reach the disk before the checkpoint that counts on them.
    let mut watchers = Together(vec![&mut metrics, checkpoints, &mut *progress]);
    distiller.run(start, &mut watchers)
}

/// An error of the outer loop, and what is left of the run.
fn with_checkpoint(error: Error, directory: &RunDirectory, stored: Option<usize>) -> anyhow::Error {
    if !matches!(error, Error::Diverged { .. }) {
        return after_beginning(error);
    }
    let left = match stored {
        Some(steps) => {
            let path = directory.state();
            format!(
                "the last good state, after {steps} steps, is in {}",
                path.display()
            )
        }
        None => "no checkpoint had been written yet".to_owned(),
    };
    anyhow::Error::from(error).context(left)
}

fn describe(plan: &Plan, task: &Task) -> String {
    format!(
        "{} ({} training rows) through {}, seed {}",
        task.name,
        task.train.len(),
        plan.settings.network.kind(),
        plan.seed
    )
}
