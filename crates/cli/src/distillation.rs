//! A run that has begun: records experts, carries out the outer loop, stores the set and scores it.

use std::collections::BTreeSet;
use std::time::Instant;

use burn::tensor::backend::Backend;
use retort_core::distill::{Distiller, Provenance, State};
use retort_core::evaluate::evaluate;
use retort_core::experts::Experts;
use retort_core::network::AnyNetwork;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::synthetic::{Artefact, SyntheticSet};
use retort_core::task::Resident;
use retort_core::{Error, Result};

use crate::busy::{Busy, during};
use crate::console::{note, result};
use crate::interrupt::{self, Interrupted, Stop};
use crate::plan::Plan;
use crate::run_directory::RunDirectory;
use crate::sheet::Sheet;
use crate::summary::{self, Seconds, Summary};
use crate::watch::{Checkpoints, Metrics, Previews, Together, elapsed, progress, recording};
use crate::{Machine, class_counts, decoration, fault, table};

/// The outer steps after which a plan asks for a preview.
pub fn preview_steps(plan: &Plan) -> BTreeSet<usize> {
    let Settings {
        distill, objective, ..
    } = &plan.settings;
    distill.previews(distill.total_steps(objective.len()))
}

/// A run that has begun.
pub struct Distillation<'a, B: Backend> {
    /// What computes.
    pub machine: &'a Machine<B>,
    /// What decides the run.
    pub plan: &'a Plan,
    /// The directory of the run.
    pub directory: &'a RunDirectory,
    /// The task, with its training rows on the device.
    pub resident: &'a Resident<'a, B>,
    /// The network that is trained on the points.
    pub network: &'a dyn AnyNetwork<B>,
    /// The experts of the stages that follow experts.
    pub experts: &'a [Followed<'a, B>],
    /// The outer loop.
    pub distiller: Distiller<'a, B>,
    /// The seed of every random number.
    pub seed: Seed,
}

/// Experts that a stage follows, and the number of their files that are missing.
pub struct Followed<'a, B: Backend> {
    /// The place of the stage, counted from 0.
    pub stage: usize,
    /// The experts.
    pub experts: Experts<'a, B>,
    /// Number of their files that are missing.
    pub missing: usize,
}

/// The experts of each stage that follows experts. A folder with experts of other settings is refused.
///
/// # Errors
/// Those of [`Experts::new`].
pub fn experts_of<'a, B: Backend>(
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

impl<B: Backend> Distillation<'_, B> {
    /// Distils and scores. A resumed run has already done `done` outer steps.
    ///
    /// # Errors
    /// The run diverged, or a file cannot be written.
    pub fn carry_out(
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
        interrupt::check("stopped before the set is scored")?;
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
        let mut stop = Stop;
        let mut watchers = Together(vec![
            &mut stop,
            &mut health,
            &mut metrics,
            checkpoints,
            &mut *progress,
        ]);
        let mut previews = self.previews();
        if let Some(previews) = &mut previews {
            watchers.0.push(previews);
        }
        let lower = fault::remedy(&self.plan.settings);
        let end = interrupt::storing(|| {
            fault::guarded(self.machine.fault, &lower, || {
                self.distiller.run(start, &mut watchers)
            })
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
        if let Error::Stopped { .. } = error {
            return Interrupted::after(error).into();
        }
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
