//! `budget`: estimates how many points a task needs, from its intrinsic dimension.

use std::fmt::Write;

use retort_core::Error;
use retort_core::intrinsic::{Intrinsic, IntrinsicSettings, Proposal};
use retort_core::kernel::Kernels;
use retort_core::seed::Seed;
use retort_core::settings::Check;
use retort_core::task::{Resident, Task};
use serde_json::json;

use crate::arguments::BudgetArguments;
use crate::auto::{Looked, doubt};
use crate::console::{note, result};
use crate::fresh::prepared;
use crate::plan::{Request, VERSION};
use crate::{Machine, inspection};

/// Runs the command.
pub fn run<B: Kernels>(machine: &Machine<B>, arguments: &BudgetArguments) -> anyhow::Result<()> {
    let plan = Request::of(&arguments.settings)?.plan_of_task()?;
    let settings = IntrinsicSettings {
        rows: arguments.rows,
        starts: arguments.starts,
        shuffles: arguments.shuffles,
        most: arguments.most,
        threshold: arguments.threshold,
    };
    settings.check().map_err(Error::of_option)?;
    let seed = Seed::new(plan.seed);
    let task = prepared(&plan.settings.task, &seed)?;
    if inspection::is_own(&plan.settings.task) {
        note(inspection::text(&task));
    }
    let resident = Resident::<B>::new(&task, &machine.device);
    let looked = Looked::new(&plan.settings.network, &resident, &machine.device);
    let found = looked.estimate(&settings, &resident, &seed)?;
    let proposal = looked.proposal(&found, &task);
    let in_place_of = (!looked.is_own).then(|| plan.settings.network.kind());
    if arguments.json {
        let all = json!({
            "retort": VERSION,
            "task": {"name": task.name, "inputs": task.inputs, "outputs": task.target.len(), "train": task.train.len()},
            "seed": plan.seed,
            "network": {"kind": "two-layer", "width": looked.width, "in_place_of": in_place_of},
            "settings": settings,
            "intrinsic": found,
            "proposal": proposal,
            "doubt": doubt(&found, settings.threshold),
        });
        result(format_args!("{all}\n"))?;
    } else {
        let network = match looked.is_own {
            true => "the network's weights".to_owned(),
            false => format!("the weights of these {} neurons", looked.width),
        };
        result(text(&task, &settings, &found, proposal, &network)?)?;
    }
    Ok(())
}

/// The results as text for people.
fn text(
    task: &Task,
    settings: &IntrinsicSettings,
    found: &Intrinsic,
    proposal: Option<Proposal>,
    network: &str,
) -> anyhow::Result<String> {
    let mut text = String::new();
    let rows = settings.rows.min(task.train.len());
    writeln!(
        text,
        "{}: {rows} training rows of {} numbers; {} held-out rows decide what counts\n",
        task.name,
        task.inputs.len(),
        found.held_out_rows
    )?;
    let spectrum: Vec<String> = found.spectrum.iter().map(|of| format!("{of:.2}")).collect();
    writeln!(
        text,
        "spectrum    {}\n            (eigenvalues divided by the mean of the largest one for shuffled \
         targets)\n",
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
    if let Some(doubt) = doubt(found, settings.threshold) {
        writeln!(text, "                     {doubt}")?;
    }
    match proposal {
        Some(of) => {
            writeln!(
                text,
                "proposal             {} points and {} labels: 2r²{} and L",
                of.points,
                of.labels,
                match of.points == 2 * found.rank * found.rank {
                    true => "",
                    false => ", the next multiple of the classes,",
                }
            )?;
            writeln!(
                text,
                "memory               {} numbers (r²d + L = {}): {:.1} times less than the data, {:.1} times \
                 less than {network}",
                of.floats, of.theory_floats, of.less_than_data, of.less_than_model
            )?;
            for caution in of.cautions(task) {
                writeln!(text, "                     {caution}")?;
            }
            if of.less_than_data < 1.0 || of.points + of.labels > task.train.len() {
                writeln!(
                    text,
                    "                     which is no compression: the theory's recipe is not for this task"
                )?;
            }
        }
        None => writeln!(text, "proposal             none")?,
    }
    Ok(text)
}

/// Says in words how far the weakest direction that counts and the next one are from the threshold.
fn sureness(found: &Intrinsic, threshold: f64) -> String {
    let counted = &found.directions[..found.rank];
    let least = |values: Vec<f64>| values.into_iter().fold(f64::INFINITY, f64::min);
    let weakest = least(counted.iter().map(|of| of.above_null).collect());
    let gain = least(counted.iter().filter_map(|of| of.held_out).collect());
    let counted = if found.rank == 0 {
        "nothing counts".to_owned()
    } else {
        format!(
            "the weakest lies {weakest:.1} deviations above the null and {gain:.1} standard errors above 0 \
             on held-out rows"
        )
    };
    let name = match found.rank {
        0 => "the first one",
        _ => "the next one",
    };
    let next = match found.directions.get(found.rank) {
        None if found.is_bound => "the search stopped before the next one".to_owned(),
        None => "the inputs have no more directions".to_owned(),
        Some(next) => match next.held_out {
            Some(gain) => format!(
                "{name} lies {:.1} deviations above the null, but {gain:.1} standard errors above 0 on \
                 held-out rows (at least {threshold} needed)",
                next.above_null
            ),
            None => format!(
                "{name} lies {:.1} deviations above the null (at least {threshold} needed)",
                next.above_null
            ),
        },
    };
    format!("{counted}; {next}")
}
