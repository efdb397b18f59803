//! `distill`: distils a set, scores it, and writes a run directory.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use crate::sheet::Sheet;
use burn::tensor::backend::Backend;
use retort_core::distill::{Distiller, Provenance, State};
use retort_core::evaluate::evaluate;
use retort_core::experts::Experts;
use retort_core::kernel::Kernels;
use retort_core::network::AnyNetwork;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::synthetic::{Artefact, SyntheticSet};
use retort_core::task::{Resident, Task, TaskSettings};
use retort_core::{Error, Result};

use crate::Machine;
use crate::arguments::DistillArguments;
use crate::auto;
use crate::busy::{Busy, during};
use crate::class_counts;
use crate::console::{note, result};
use crate::decoration;
use crate::exit::after_beginning;
use crate::fault;
use crate::plan::{Plan, Request};
use crate::run_directory::{Claim, Content, Existing, RunDirectory};
use crate::summary::{self, Seconds, Summary};
use crate::table;
use crate::watch::{Checkpoints, Metrics, Previews, Together, elapsed, progress, recording};

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &DistillArguments) -> anyhow::Result<()> {
    let request = Request::of(&arguments.settings)?;
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
    if let Some(plan) = &fresh {
        let (protocol, labels) = (&plan.settings.evaluate, plan.settings.synthetic.labels);
        let remarks = [request.remark(plan)?, protocol.remark_on_labels(labels)];
        remarks.into_iter().flatten().for_each(note);
    }
    let root = arguments.out.clone().unwrap_or_else(|| request.directory());
    if arguments.resume
        && !request.has_source()
        && Content::of(&RunDirectory::at(&root))? == Content::Nothing
    {
        return Err(no_run(arguments, &root).into());
    }
    let mut claim = Claim::take(&root, existing)?;
    let stored = if arguments.resume {
        claim.stored()?
    } else {
        None
    };
    let begun = stored.is_some();
    let mut plan = match (stored, fresh) {
        (Some(stored), _) => {
            request.check_against(&stored)?;
            stored
        }
        (None, Some(fresh)) => fresh,
        // The run has been removed since the check above.
        (None, None) if !request.has_source() => return Err(no_run(arguments, &root).into()),
        (None, None) => {
            let plan = request.plan()?;
            note(format_args!(
                "{}: no run is there to resume, so it begins",
                root.display()
            ));
            plan
        }
    };
    let directory = claim.directory.clone();
    if begun && directory.summary().exists() {
        let summary = summary::load(&directory.summary())?;
        summary::check_seed(&summary, plan.seed, &directory.summary())?;
        note(format_args!(
            "{} is finished: nothing to resume",
            root.display()
        ));
        let printed = result(table::of_summary(&summary));
        let steps = preview_steps(&plan);
        decoration::complete::<B>(&directory, &summary, &steps, &machine.device);
        return Ok(printed?);
    }

    let seed = Seed::new(plan.seed);
    let task = prepared(&plan.settings.task, &seed)?;
    plan.settings.check_interface(task.interface())?;
    let resident = Resident::<B>::new(&task, &machine.device);
    let network = plan
        .settings
        .network
        .template::<B>(task.interface(), &machine.device);
    plan.settings.evaluate.fits(&*network)?;
    if plan.is_auto {
        let Settings { network, .. } = &plan.settings;
        let points = auto::points(network, &resident, &machine.device, &seed)?;
        plan.settings.synthetic.points = Some(points);
        plan.is_auto = false;
    }
    let beginning = Busy::with("preparing the run");
    let provenance = Provenance::new(&plan.settings, &task, &*network, machine.backend, plan.seed)?;
    let experts = experts_of(&plan.settings, &*network, &resident)?;
    let mut distiller = Distiller::new(plan.settings.recipe()?, &resident, &*network, &seed);
    for followed in &experts {
        distiller = distiller.with_experts(followed.stage, &followed.experts);
    }
    let run = Run {
        machine,
        plan: &plan,
        directory: &directory,
        resident: &resident,
        network: &*network,
        experts: &experts,
        distiller,
        seed,
    };
    let (start, done) = if begun && directory.state().exists() {
        let start = run.distiller.load(&directory.state(), &provenance)?;
        let done = run.distiller.steps_done(&start);
        (start, Some(done))
    } else {
        if begun {
            let root = root.display();
            note(format_args!(
                "{root}: no state is stored there yet, so the run starts again"
            ));
        }
        (run.distiller.start()?, None)
    };
    experts
        .iter()
        .try_for_each(|followed| followed.experts.make_folder())?;
    drop(beginning);
    // From here on, no error counts as bad input.
    let beginning = if begun { Ok(()) } else { claim.begin(&plan) };
    beginning
        .map_err(anyhow::Error::from)
        .and_then(|()| run.carry_out(start, provenance, done))
        .map_err(after_beginning)
}

/// Loads the task. Prints lines of progress if that takes long.
pub fn prepared(task: &TaskSettings, seed: &Seed) -> Result<Task> {
    let what = format!("preparing the task ({})", task.kind());
    during(&what, || task.source().load(seed))
}

/// The outer steps after which a plan asks for a preview.
fn preview_steps(plan: &Plan) -> BTreeSet<usize> {
    let Settings {
        distill, objective, ..
    } = &plan.settings;
    distill.previews(distill.total_steps(objective.len()))
}

/// The error if there is no run to resume, and neither a preset nor a file to begin one.
fn no_run(arguments: &DistillArguments, root: &Path) -> Error {
    let remedy = "or give a preset or settings file to begin a run there";
    match &arguments.out {
        Some(out) => {
            let accepted =
                format!("there is no run to resume: name the directory of a run, {remedy}");
            Error::setting("--out", out.display(), accepted)
        }
        None => {
            let accepted = format!(
                "there is no run to resume in {}: name the directory of a run with --out, {remedy}",
                root.display()
            );
            Error::setting("--resume", "without --out", accepted)
        }
    }
}

/// A run that has begun.
struct Run<'a, B: Backend> {
    machine: &'a Machine<B>,
    plan: &'a Plan,
    directory: &'a RunDirectory,
    resident: &'a Resident<'a, B>,
    network: &'a dyn AnyNetwork<B>,
    experts: &'a [Followed<'a, B>],
    distiller: Distiller<'a, B>,
    seed: Seed,
}

/// Experts that a stage follows, and the number of their files that are missing.
struct Followed<'a, B: Backend> {
    stage: usize,
    experts: Experts<'a, B>,
    missing: usize,
}

/// The experts of each stage that follows experts. A folder with experts of other settings is refused.
fn experts_of<'a, B: Backend>(
    settings: &Settings,
    network: &'a dyn AnyNetwork<B>,
    resident: &'a Resident<'a, B>,
) -> Result<Vec<Followed<'a, B>>> {
    let mut found = Vec::new();
    for (stage, objective) in settings.objective.iter().enumerate() {
        let Some(wanted) = objective.method().experts() else {
            continue;
        };
        let made_of = &settings.network;
        let experts = Experts::new(wanted, &settings.augment, made_of, network, resident)?;
        let missing = experts.missing()?;
        found.push(Followed {
            stage,
            experts,
            missing,
        });
    }
    Ok(found)
}

impl<B: Backend> Run<'_, B> {
    /// Distils and scores. A resumed run has already done `done` outer steps.
    fn carry_out(
        &self,
        start: State<B>,
        provenance: Provenance,
        done: Option<usize>,
    ) -> anyhow::Result<()> {
        let root = self.directory.root().display();
        note(format_args!("{root}: {}", self.describe()));
        for remark in class_counts::remarks(&start.set, self.resident.task) {
            note(remark);
        }
        if let Some(done) = done {
            let total = self.distiller.total_steps();
            note(format_args!("resumed after {done} of {total} steps"));
        }
        self.record_experts()?;
        let mut checkpoints = Checkpoints::new(self.directory, provenance, done);
        let (end, left_out) = self
            .outer_loop(start, done, &mut checkpoints)
            .map_err(|error| self.with_state(&error, checkpoints.stored()))?;
        during("storing the set", || self.store(end.set))?;
        self.score(&left_out)
    }

    /// Runs the outer loop to its end. Also returns the steps whose previews could not be made.
    fn outer_loop(
        &self,
        start: State<B>,
        done: Option<usize>,
        checkpoints: &mut Checkpoints,
    ) -> Result<(State<B>, BTreeSet<usize>)> {
        let mut metrics = Metrics::open(&self.directory.metrics(), done.unwrap_or(0))?;
        let mut progress = progress::<B>(self.plan.settings.objective.len());
        // Order matters: metrics reach the disk before the checkpoint that relies on them.
        let mut health = fault::Health(self.machine.fault);
        let mut watchers = Together(vec![&mut health, &mut metrics, checkpoints, &mut *progress]);
        let mut previews = self.previews();
        if let Some(previews) = &mut previews {
            watchers.0.push(previews);
        }
        let lower = fault::remedy(&self.plan.settings);
        let end = fault::guarded(self.machine.fault, &lower, || {
            self.distiller.run(start, &mut watchers)
        })?;
        Ok((end, previews.map(Previews::left_out).unwrap_or_default()))
    }

    /// The observer that makes the previews. `None` if the settings ask for none, or the task has no
    /// pictures.
    fn previews(&self) -> Option<Previews<'_>> {
        if preview_steps(self.plan).is_empty() {
            return None;
        }
        let total = self.distiller.total_steps();
        Previews::open(self.directory, self.resident.task, total)
    }

    /// An error of the outer loop, with the place of the last stored state.
    fn with_state(&self, error: &Error, stored: Option<usize>) -> anyhow::Error {
        match stored {
            Some(steps) => anyhow::anyhow!(
                "{error}; the last good state, after {steps} of {} steps, is in {}",
                self.distiller.total_steps(),
                self.directory.state().display()
            ),
            None => anyhow::anyhow!("{error}; no state has been stored yet"),
        }
    }

    /// Trains and writes the missing experts.
    fn record_experts(&self) -> anyhow::Result<()> {
        for Followed {
            experts, missing, ..
        } in self.experts
        {
            if *missing == 0 {
                continue;
            }
            let mut watch = recording(*missing);
            let mut waits =
                || note("another process records into the same folder: waiting until it is done");
            fault::guarded(self.machine.fault, fault::RECORDING, || {
                experts.record(&mut waits, &mut watch)
            })?;
        }
        Ok(())
    }

    fn store(&self, set: SyntheticSet<B>) -> Result<()> {
        let Plan {
            settings,
            seed,
            preset,
            ..
        } = self.plan;
        let task = self.resident.task;
        let artefact = Artefact::new(set, task, settings, *seed, preset.as_deref())?;
        artefact.save(&self.directory.set())
    }

    /// Scores the stored set and writes the summary. Then makes the decorations, without the previews after
    /// the steps in `left_out`.
    fn score(&self, left_out: &BTreeSet<usize>) -> anyhow::Result<()> {
        let load = || Artefact::<B>::load(&self.directory.set(), &self.machine.device);
        let artefact = during("reading the set", load)?;
        let started = Instant::now();
        let evaluation = fault::guarded(self.machine.fault, fault::EVALUATION, || {
            let busy = Busy::with("scoring the set");
            evaluate(
                &self.plan.settings.evaluate,
                &self.plan.settings.augment,
                self.resident,
                self.network,
                &artefact.set,
                &self.seed,
                &mut |name, score| {
                    note(table::score_line(name, score));
                    busy.told();
                },
            )
        })?;
        let seconds = Seconds {
            distill: elapsed(&self.directory.elapsed()),
            evaluate: started.elapsed().as_secs_f64(),
        };
        let summary = Summary::new(
            self.plan,
            self.machine.backend,
            self.resident.task,
            &artefact.manifest,
            evaluation,
            seconds,
        );
        summary::save(&self.directory.summary(), &summary)?;
        let printed = result(table::of_summary(&summary));
        let task = self.resident.task;
        let sheet = Sheet::new(task.inputs, &task.target, &task.normalisation);
        let steps = preview_steps(self.plan);
        decoration::finish(
            self.directory,
            sheet.as_ref(),
            &artefact.set,
            &steps,
            left_out,
        );
        Ok(printed?)
    }

    fn describe(&self) -> String {
        let task = self.resident.task;
        format!(
            "{} ({} training rows) through {}, seed {}",
            task.name,
            task.train.len(),
            self.plan.settings.network.kind(),
            self.plan.seed
        )
    }
}
