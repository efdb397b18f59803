//! `evaluate`: scores a stored set with fresh networks, also of other architectures.

use std::io::ErrorKind;

use retort_core::evaluate::{Protocol, evaluate};
use retort_core::kernel::Kernels;
use retort_core::network::AnyNetwork;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::synthetic::Foreign;
use retort_core::task::{Resident, Task};
use retort_core::{Error, Result};
use serde_json::json;

use super::foreign;
use crate::arguments::EvaluateArguments;
use crate::busy::Busy;
use crate::class_counts;
use crate::console::{note, result};
use crate::exit::after_beginning;
use crate::fresh::prepared;
use crate::run_directory::{Claim, RunDirectory};
use crate::stored::Stored;
use crate::summary::{EvaluationRecord, StoredSummary};
use crate::{Machine, fault, layers, table};

/// Sections whose settings an evaluation may change.
const SECTIONS: [&str; 4] = ["network", "augment", "evaluate", "task"];

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &EvaluateArguments) -> anyhow::Result<()> {
    check(&arguments.set)?;
    if let Some(source) = &arguments.task {
        return foreign::run(machine, arguments, source, &assignments(arguments));
    }
    if Foreign::is_at(&arguments.stored) {
        let accepted = "an export, or a set of another program, has no task of its own: name a preset, a settings file, a run \
                        directory or data";
        return Err(Error::setting("--task", "(not given)", accepted).into());
    }
    let stored = Stored::<B>::load(&arguments.stored, &machine.device)?;
    let plans = plans(&stored, &assignments(arguments))?;
    let manifest = &stored.artefact.manifest;
    let Some(first) = plans.first() else {
        return Ok(());
    };
    let task = prepared(&first.settings.task, &Seed::new(manifest.seed))?;
    check_task(&stored, &task, &first.settings.evaluate.protocol)?;
    let networks = plans
        .iter()
        .map(|plan| plan.network(&task, machine))
        .collect::<Result<Vec<_>>>()?;
    let mut summary = stored.run.as_ref().map_or(Ok(None), open)?;
    let resident = Resident::<B>::new(&task, &machine.device);
    let seed = arguments.seed.unwrap_or(manifest.seed);
    if first.settings.evaluate.baselines {
        let remarks = class_counts::remarks(&stored.artefact.set, &task);
        remarks.into_iter().for_each(note);
    }
    let (mut transfer, mut lost) = (Vec::new(), None);
    for (plan, network) in plans.iter().zip(&networks) {
        let Settings {
            evaluate: protocol,
            augment,
            network: named,
            ..
        } = &plan.settings;
        let kind = named.kind();
        if plans.len() > 1 {
            note(format_args!("network.kind = {kind}"));
        }
        let labels = stored.artefact.set.label_count();
        protocol.remark_on_labels(labels).into_iter().for_each(note);
        let evaluation = fault::guarded(machine.fault, fault::EVALUATION, || {
            let busy = Busy::with("scoring the set");
            evaluate(
                protocol,
                augment,
                &resident,
                &**network,
                &stored.artefact.set,
                &Seed::new(seed),
                &mut |name, score| {
                    note(table::score_line(name, score));
                    busy.told();
                },
            )
        });
        let evaluation = match evaluation {
            Ok(evaluation) => evaluation,
            // Go on: the other networks may still get scores.
            Err(error) if plans.len() > 1 => {
                note(format_args!("{kind} has no scores: {error}"));
                lost = Some(error);
                continue;
            }
            Err(error) => return Err(after_beginning(error.into())),
        };
        let overrides = &plan.assignments;
        let record = EvaluationRecord::new(kind, overrides, seed, machine.backend, &evaluation);
        let is_own = seed == manifest.seed && overrides.iter().all(|it| is_of_judges(it));
        let stored = summary
            .as_mut()
            .map_or(Ok(()), |summary| summary.stored.add(&record, is_own));
        // Print the scores even if they cannot be stored.
        let title = format!("{kind} on {}", task.name);
        match arguments.json {
            true => result(format_args!("{}\n", json!(record)))?,
            false => result(table::of_evaluation(&title, &evaluation))?,
        }
        stored.map_err(|error| after_beginning(error.into()))?;
        transfer.push((kind, evaluation));
    }
    if transfer.len() > 1 && !arguments.json {
        result(table::of_transfer(&transfer))?;
    }
    match lost {
        None => Ok(()),
        Some(error) => Err(after_beginning(error.into())),
    }
}

/// The setting that `--judges` gives.
const JUDGES: &str = "evaluate.judges";

/// The assignments of the arguments, with the judges as the last one.
fn assignments(arguments: &EvaluateArguments) -> Vec<String> {
    let mut all = arguments.set.clone();
    if !arguments.judges.is_empty() {
        let names: Vec<&str> = arguments.judges.iter().map(|name| name.trim()).collect();
        all.push(format!("{JUDGES}={}", json!(names)));
    }
    all
}

/// Whether an assignment changes the judges alone.
fn is_of_judges(assignment: &str) -> bool {
    let key = assignment.split('=').next();
    key.map(str::trim) == Some(JUDGES)
}

/// One requested evaluation: its assignments, and the settings that they give.
struct Plan {
    assignments: Vec<String>,
    settings: Settings,
}

impl Plan {
    /// The network, checked against the task and the protocol.
    fn network<B: Kernels>(
        &self,
        task: &Task,
        machine: &Machine<B>,
    ) -> Result<Box<dyn AnyNetwork<B>>> {
        self.settings.check_interface(task.interface())?;
        let network = self
            .settings
            .network
            .template::<B>(task.interface(), &machine.device);
        self.settings.evaluate.fits(&*network)?;
        Ok(network)
    }
}

/// The requested evaluations: one for each kind in a list `network.kind=A,B`.
fn plans<B: Kernels>(stored: &Stored<B>, assignments: &[String]) -> Result<Vec<Plan>> {
    let listed = |assignment: &&String| {
        let mut parts = assignment.splitn(2, '=');
        parts.next().map(str::trim) == Some("network.kind")
    };
    let kinds = assignments.iter().rfind(listed);
    let kinds = kinds.map_or(vec![None], |assignment| {
        let names = assignment.split('=').nth(1).unwrap_or_default();
        names.split(',').map(|name| Some(name.trim())).collect()
    });
    let plan = |kind: Option<&str>| {
        let others = assignments.iter().filter(|other| !listed(other)).cloned();
        let kind = kind.map(|kind| format!("network.kind={kind}"));
        let assignments: Vec<String> = kind.into_iter().chain(others).collect();
        let mut settings = stored.settings()?;
        layers::assign(&mut settings, &assignments)?;
        Ok(Plan {
            settings: Settings::read_stored(&settings)?,
            assignments,
        })
    };
    kinds.into_iter().map(plan).collect()
}

/// Refuses data other than those that the set was made from. Under the protocol `transfer`, another task is
/// accepted if the features can serve it.
fn check_task<B: Kernels>(stored: &Stored<B>, task: &Task, protocol: &Protocol) -> Result<()> {
    let made_for = &stored.artefact.manifest.task;
    let fingerprint = task.fingerprint();
    let renamed = made_for.renamed_classes(task);
    if fingerprint == made_for.fingerprint {
        let matched = renamed.map(|renamed| format!("{renamed}; they are matched by order"));
        matched.into_iter().for_each(note);
        return Ok(());
    }
    if matches!(protocol, Protocol::Transfer(_)) {
        return check_transfer(stored, task);
    }
    if let Some(renamed) = renamed {
        return Err(Error::Mismatch(format!(
            "{}: {renamed}, and the data are others or in another order: give them the names of the set",
            stored.path.display()
        )));
    }
    Err(Error::Mismatch(format!(
        "{}: the set was made for the task {:?} with fingerprint {}, but these settings give \
         {:?} with {fingerprint}: scores would not be comparable. Do not change task settings, \
         and point task.path at the same data; or give evaluate.protocol = \"transfer\" for another \
         target on the same inputs",
        stored.path.display(),
        made_for.name,
        made_for.fingerprint,
        task.name,
    )))
}

/// Refuses another task if its targets are of another kind, or if its principal subspace is known to differ.
fn check_transfer<B: Kernels>(stored: &Stored<B>, task: &Task) -> Result<()> {
    let manifest = &stored.artefact.manifest;
    let settings = Settings::read_stored(&stored.settings()?)?;
    let own = prepared(&settings.task, &Seed::new(manifest.seed))?;
    let refused = |problem: &str| {
        Err(Error::Mismatch(format!(
            "{}: {problem}",
            stored.path.display()
        )))
    };
    if own.fingerprint() != manifest.task.fingerprint {
        return refused(
            "the data of the task that the set was made for have changed, so a transfer from it cannot be \
             checked: point its task.path at the same data",
        );
    }
    if own.target.classes().is_some() != task.target.classes().is_some() {
        return refused(
            "a set made for classes cannot serve a task with values, and a set made for values cannot serve \
             classes",
        );
    }
    if let (Some(own), Some(other)) = (&own.subspace, &task.subspace)
        && own != other
    {
        return refused(
            "the targets of these settings depend on other directions than those that the set was made for: \
             do not change task.dim and task.rank",
        );
    }
    Ok(())
}

/// A run's summary. It is locked and read before the work, so that the work is not lost if that fails.
struct OpenSummary {
    stored: StoredSummary,
    _claim: Claim,
}

/// Opens the summary to add to. Returns `None` if the run has no summary yet, or is read-only.
fn open(run: &RunDirectory) -> Result<Option<OpenSummary>> {
    if !run.summary().exists() {
        note("the run has no summary yet: scores are printed and not stored");
        return Ok(None);
    }
    match Claim::join(run.clone()) {
        Ok(claim) => Ok(Some(OpenSummary {
            // Read it only now: another process may have added to it before the lock was taken.
            stored: StoredSummary::read(&run.summary())?,
            _claim: claim,
        })),
        Err(Error::Write { path, source }) if is_read_only(&source) => {
            note(format_args!(
                "{}: cannot write ({source}): scores are printed and not stored",
                path.display()
            ));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_read_only(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// Refuses settings that an evaluation does not read.
fn check(assignments: &[String]) -> Result<()> {
    for assignment in assignments {
        let section = assignment
            .split(['.', '='])
            .next()
            .unwrap_or_default()
            .trim();
        if !SECTIONS.contains(&section) {
            let accepted = format!(
                "an evaluation only takes settings of {}: the set has been made already",
                SECTIONS.join(", ")
            );
            return Err(Error::setting("--set", assignment, accepted));
        }
    }
    Ok(())
}
