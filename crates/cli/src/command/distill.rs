//! `distill`: distils a set, scores it, and writes a run directory.

use std::path::{Path, PathBuf};

use retort_core::Error;
use retort_core::distill::{Distiller, Provenance};
use retort_core::kernel::Kernels;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::task::Resident;

use crate::arguments::DistillArguments;
use crate::busy::Busy;
use crate::console::{note, result};
use crate::distillation::{Distillation, experts_of, preview_steps};
use crate::exit::after_beginning;
use crate::fresh::{Fresh, prepared};
use crate::plan::Request;
use crate::program::words;
use crate::run_directory::{Claim, Content, Existing, RunDirectory};
use crate::{Machine, auto, decoration, inspection, interrupt, summary, table};

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &DistillArguments) -> anyhow::Result<()> {
    let request = Request::of(&arguments.settings())?;
    let existing = match (arguments.resume, arguments.force) {
        (true, _) => Existing::Continue,
        (_, true) => Existing::Replace,
        _ => Existing::Refuse,
    };
    if request.is_data() && !arguments.dry_run {
        // Before data are read and told of.
        Claim::check(&root(arguments, &request), existing)?;
    }
    // Settings are checked before a directory is touched.
    let fresh = if arguments.resume {
        None
    } else {
        Some(Fresh::of(&request)?)
    };
    request.remark_on_source().into_iter().for_each(note);
    if let Some(Fresh { plan, task }) = &fresh {
        if let Some(task) = task.as_ref().filter(|_| !plan.is_auto) {
            plan.settings.synthetic.check_size(task.training())?;
        }
        let (protocol, labels) = (&plan.settings.evaluate, plan.settings.synthetic.labels);
        let remarks = [request.remark(plan)?, protocol.remark_on_labels(labels)];
        remarks.into_iter().flatten().for_each(note);
        if arguments.dry_run {
            return Ok(result(plan.to_toml()?)?);
        }
    }
    let root = root(arguments, &request);
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
    let Fresh { mut plan, task } = match (stored, fresh) {
        (Some(stored), _) => {
            request.check_against(&stored)?;
            Fresh::of_stored(stored)
        }
        (None, Some(fresh)) => fresh,
        // The run has been removed since the check above.
        (None, None) if !request.has_source() => return Err(no_run(arguments, &root).into()),
        (None, None) => {
            let fresh = Fresh::of(&request)?;
            note(format_args!(
                "{}: no run is there to resume, so it begins",
                root.display()
            ));
            fresh
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
    let task = match task {
        Some(task) => task,
        None => {
            let task = prepared(&plan.settings.task, &seed)?;
            if !begun && inspection::is_own(&plan.settings.task) {
                note(inspection::text(&task));
            }
            task
        }
    };
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
    let run = Distillation {
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
    let program = words(Some(machine.backend));
    let root = root.to_string_lossy();
    let command = ["distill", "--out", &root, "--resume"];
    let goes_on: Vec<&str> = program.iter().map(String::as_str).chain(command).collect();
    interrupt::goes_on_with(&goes_on);
    beginning
        .map_err(anyhow::Error::from)
        .and_then(|()| run.carry_out(start, provenance, done))
        .map_err(after_beginning)
}

/// The directory of the run.
fn root(arguments: &DistillArguments, request: &Request) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| request.directory())
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
