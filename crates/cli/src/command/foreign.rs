//! `evaluate FILE --task SOURCE`: scores a set that another program made, an export or the set of another run, on a
//! task that is named.

use std::path::Path;

use retort_core::evaluate::evaluate;
use retort_core::kernel::Kernels;
use retort_core::seed::Seed;
use retort_core::synthetic::{Foreign, Match, RawSet};
use retort_core::task::{Resident, Task};
use serde_json::json;

use crate::arguments::EvaluateArguments;
use crate::busy::{Busy, during};
use crate::console::{note, result};
use crate::exit::after_beginning;
use crate::fresh::{Fresh, prepared};
use crate::plan::Request;
use crate::run_directory::RunDirectory;
use crate::stored::Stored;
use crate::summary::EvaluationRecord;
use crate::{Machine, fault, table};

/// Scores the set under the protocol of the source. Nothing is written.
pub fn run<B: Kernels>(
    machine: &Machine<B>,
    arguments: &EvaluateArguments,
    source: &str,
    assignments: &[String],
) -> anyhow::Result<()> {
    let request = Request::new(Some(source), assignments, None)?;
    request.remark_on_source().into_iter().for_each(note);
    let Fresh { plan, task } = Fresh::to_score(&request)?;
    let task = match task {
        Some(task) => task,
        None => prepared(&plan.settings.task, &Seed::new(plan.seed))?,
    };
    let settings = &plan.settings;
    settings.check_interface(task.interface())?;
    let network = settings
        .network
        .template::<B>(task.interface(), &machine.device);
    settings.evaluate.fits(&*network)?;
    let foreign = read(machine, &arguments.stored, &task)?;
    remark(&foreign, &task);
    let set = foreign.raw.into_set::<B>(&task, &machine.device)?;
    let protocol = &settings.evaluate;
    protocol
        .remark_on_labels(set.label_count())
        .into_iter()
        .for_each(note);
    let resident = Resident::<B>::new(&task, &machine.device);
    let seed = Seed::new(arguments.seed.unwrap_or(plan.seed));
    let evaluation = fault::guarded(machine.fault, fault::EVALUATION, || {
        let busy = Busy::with("scoring the set");
        evaluate(
            protocol,
            &settings.augment,
            &resident,
            &*network,
            &set,
            &seed,
            &mut |name, score| {
                note(table::score_line(name, score));
                busy.told();
            },
        )
    });
    let evaluation = evaluation.map_err(|error| after_beginning(error.into()))?;
    if arguments.json {
        let kind = settings.network.kind();
        let seed = arguments.seed.unwrap_or(plan.seed);
        let record = EvaluationRecord::new(kind, assignments, seed, machine.backend, &evaluation);
        return Ok(result(format_args!("{}\n", json!(record)))?);
    }
    let title = format!(
        "{} with {} on {}",
        arguments.stored.display(),
        settings.network.kind(),
        task.name
    );
    Ok(result(table::of_evaluation(&title, &evaluation))?)
}

/// Reads the set for the task: a file or folder of another program, or the set of a run, which may have been made for
/// another task.
fn read<B: Kernels>(machine: &Machine<B>, path: &Path, task: &Task) -> anyhow::Result<Foreign> {
    let run = RunDirectory::at(path);
    let is_run = run.set().exists() || run.config().exists();
    let is_artefact = path.is_file() && !Foreign::is_at(path);
    if !is_run && !is_artefact {
        return Ok(during("reading the set", || Foreign::read(path, task))?);
    }
    let stored = Stored::<B>::load(path, &machine.device)?;
    let set = RawSet::of(&stored.artefact)?;
    Ok(Foreign::of_raw(&stored.path, &set, task)?)
}

/// Says how the set was read.
fn remark(foreign: &Foreign, task: &Task) {
    let points = foreign.raw.inputs.nrows();
    note(match foreign.matched {
        Some(Match::Names) => format!("{points} points; their classes are matched by name"),
        Some(Match::Order) => format!(
            "{points} points; their classes have other names than those of {}, and are matched by order",
            task.name
        ),
        None => format!("{points} points"),
    });
    for name in &foreign.left_out {
        note(format_args!(
            "the column {name:?} numbers the rows and is left out: the task has none of this name"
        ));
    }
    foreign.remarks.iter().for_each(note);
}
