//! `budget`: how many points a task needs, from its intrinsic dimension.

use std::fmt::Write;

use retort_core::intrinsic::{Intrinsic, IntrinsicSettings, Proposal};
use retort_core::kernel::Kernels;
use retort_core::seed::Seed;
use retort_core::task::{Resident, Task};
use serde_json::json;

use crate::Machine;
use crate::arguments::BudgetArguments;
use crate::auto::Looked;
use crate::console::{note, result};
use crate::plan::{Request, VERSION};

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &BudgetArguments) -> anyhow::Result<()> {
    let source = arguments.source.as_deref();
    let request = Request::new(source, &arguments.set, arguments.seed)?;
    let plan = request.plan_with(&[])?;
    let settings = IntrinsicSettings {
        rows: arguments.rows,
        starts: arguments.starts,
        shuffles: arguments.shuffles,
        most: arguments.most,
        ..IntrinsicSettings::default()
    };
    let seed = Seed::new(plan.seed);
    let task = plan.settings.task.source().load(&seed)?;
    let resident = Resident::<B>::new(&task, &machine.device);
    let looked = Looked::new(&plan.settings.network, &resident, &machine.device);
    if !looked.is_own {
        note(format_args!(
            "looked at through a two-layer network of {} neurons, which the theory is for, in place of \
             network.kind = {:?}",
            looked.width,
            plan.settings.network.kind()
        ));
    }
    let found = looked.estimate(&settings, &resident, &seed)?;
    let proposal = looked.proposal(&found, &task);
    if arguments.json {
        let all = json!({
            "retort": VERSION,
            "task": {"name": task.name, "inputs": task.inputs, "outputs": task.target.len(), "train": task.train.len()},
            "seed": plan.seed,
            "width": looked.width,
            "settings": settings,
            "intrinsic": found,
            "proposal": proposal,
        });
        result(format_args!("{all}\n"))?;
    } else {
        result(text(&task, &settings, &found, proposal)?)?;
    }
    Ok(())
}

/// The findings for people.
fn text(
    task: &Task,
    settings: &IntrinsicSettings,
    found: &Intrinsic,
    proposal: Option<Proposal>,
) -> anyhow::Result<String> {
    let mut text = String::new();
    let rows = settings.rows.min(task.train.len());
    writeln!(
        text,
        "{}: {rows} training rows of {} numbers\n",
        task.name,
        task.inputs.len()
    )?;
    let spectrum: Vec<String> = found.spectrum.iter().map(|of| format!("{of:.2}")).collect();
    writeln!(
        text,
        "spectrum    {}\n            (eigenvalues over the largest that shuffled targets give, on average)\n",
        spectrum.join(" ")
    )?;
    writeln!(
        text,
        "direction  strength  deviations above the null  standard errors on held-out rows  explained"
    )?;
    for (place, direction) in found.directions.iter().enumerate() {
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
        };
        writeln!(
            text,
            "{:9}{:10.2}{:27.1}{:>34}{:>11}{}",
            place + 1,
            direction.strength,
            direction.above_null,
            number(direction.held_out, 1),
            number(direction.explained, 3),
            if place < found.rank {
                ""
            } else {
                "  does not count"
            }
        )?;
    }
    let more = if found.is_bound {
        " or more: the search ends there (--most)"
    } else {
        ""
    };
    writeln!(text, "\nintrinsic dimension  {}{more}", found.rank)?;
    writeln!(
        text,
        "how sure             {}",
        sureness(found, settings.threshold)
    )?;
    match proposal {
        Some(of) => {
            writeln!(
                text,
                "proposal             {} points and {} labels: 2r² and L",
                of.points, of.labels
            )?;
            writeln!(
                text,
                "memory               {} numbers (r²d + L = {}): {:.1} times less than the data, {:.1} times \
                 less than the network's weights",
                of.floats, of.theory_floats, of.less_than_data, of.less_than_model
            )?;
            if of.less_than_data < 1.0 || of.points + of.labels > task.train.len() {
                writeln!(
                    text,
                    "                     which is no compression: the theory's recipe is not for this task"
                )?;
            }
        }
        None => writeln!(
            text,
            "proposal             none: no direction of the inputs was found that the targets depend on"
        )?,
    }
    Ok(text)
}

/// How far apart what counts and what does not are, in words.
fn sureness(found: &Intrinsic, threshold: f64) -> String {
    let counted = &found.directions[..found.rank];
    let least = |values: Vec<f64>| values.into_iter().fold(f64::INFINITY, f64::min);
    let weakest = least(counted.iter().map(|of| of.above_null).collect());
    let gain = least(counted.iter().filter_map(|of| of.held_out).collect());
    let counted = if found.rank == 0 {
        "nothing counts".to_owned()
    } else {
        format!(
            "the weakest lies {weakest:.1} deviations above the null and {gain:.1} standard errors above 0 on \
             held-out rows"
        )
    };
    let next = match found.directions.get(found.rank) {
        None => "what comes next was not looked at".to_owned(),
        Some(next) => match next.held_out {
            Some(gain) => format!(
                "the next one lies {:.1} above the null, but {gain:.1} on held-out rows",
                next.above_null
            ),
            None => format!(
                "the next one {:.1} ({threshold} are asked for)",
                next.above_null
            ),
        },
    };
    format!("{counted}; {next}")
}
