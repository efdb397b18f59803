//! `evaluate`: trains fresh networks, also of other architectures, on a stored set.

use std::io::ErrorKind;

use retort_core::evaluate::evaluate;
use retort_core::kernel::Kernels;
use retort_core::seed::Seed;
use retort_core::settings::Settings;
use retort_core::task::Resident;
use retort_core::{Error, Result};
use serde_json::{Map, Value, json};

use crate::arguments::EvaluateArguments;
use crate::console::{note, result};
use crate::exit::after_beginning;
use crate::run_directory::{Claim, RunDirectory};
use crate::stored::Stored;
use crate::{Machine, fault, layers, summary, table};

/// Sections that an evaluation may have its own settings of.
const SECTIONS: [&str; 3] = ["network", "evaluate", "task"];

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &EvaluateArguments) -> anyhow::Result<()> {
    check(&arguments.set)?;
    let stored = Stored::<B>::load(&arguments.stored, &machine.device)?;
    let manifest = &stored.artefact.manifest;
    let mut settings = stored.settings()?;
    layers::assign(&mut settings, &arguments.set)?;
    let settings = Settings::read(&settings)?;
    let task = settings.task.source().load(&Seed::new(manifest.seed))?;
    let fingerprint = task.fingerprint();
    if fingerprint != manifest.task.fingerprint {
        return Err(Error::Mismatch(format!(
            "{}: the set was made for the task {:?} with fingerprint {}, but these settings give \
             {:?} with {fingerprint}: scores would not be comparable. Leave task settings as they \
             were, and point task.path at the same data",
            stored.path.display(),
            manifest.task.name,
            manifest.task.fingerprint,
            task.name,
        ))
        .into());
    }
    settings.network.check_interface(task.interface())?;
    let network = settings
        .network
        .template::<B>(task.interface(), &machine.device);
    settings.evaluate.fits(&*network)?;
    let mut summary = stored.run.as_ref().map_or(Ok(None), open)?;
    let resident = Resident::<B>::new(&task, &machine.device);
    let seed = arguments.seed.unwrap_or(manifest.seed);
    let evaluation = fault::guarded(machine.fault, fault::EVALUATION, || {
        evaluate(
            &settings.evaluate,
            &resident,
            &*network,
            &stored.artefact.set,
            &Seed::new(seed),
            &mut |name, score| note(table::score_line(name, score)),
        )
    })
    .map_err(|error| after_beginning(error.into()))?;
    if let Some(summary) = &mut summary {
        let mut entry = json!({
            "network": settings.network.kind(),
            "overrides": arguments.set,
            "seed": seed,
            "backend": machine.backend,
            "metric": evaluation.metric,
            "scores": summary::scores(&evaluation.scores),
            "memory": evaluation.memory,
            "alignment": evaluation.alignment,
        });
        if let Some(failed) = summary::failed(&evaluation.failed) {
            entry[summary::FAILED] = Value::Object(failed);
        }
        summary
            .add(entry)
            .map_err(|error| after_beginning(error.into()))?;
    }
    let title = format!("{} on {}", settings.network.kind(), task.name);
    result(table::of_evaluation(&title, &evaluation))?;
    Ok(())
}

/// A run's summary, locked and read before the work, so that the work is not lost.
struct OpenSummary {
    claim: Claim,
    summary: Map<String, Value>,
}

impl OpenSummary {
    fn add(&mut self, entry: Value) -> Result<()> {
        summary::add_evaluation(&mut self.summary, entry);
        summary::write(&self.claim.directory.summary(), &self.summary)
    }
}

/// The summary to add to; none where the run has none yet, or must not be written to.
fn open(run: &RunDirectory) -> Result<Option<OpenSummary>> {
    if !run.summary().exists() {
        note("the run has no summary yet: scores are printed and not stored");
        return Ok(None);
    }
    match Claim::join(run.clone()) {
        Ok(claim) => Ok(Some(OpenSummary {
            // Another process may have added to it since.
            summary: summary::load(&run.summary())?,
            claim,
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
                "an evaluation takes settings of {} only: the set is made already",
                SECTIONS.join(", ")
            );
            return Err(Error::setting("--set", assignment, accepted));
        }
    }
    Ok(())
}
