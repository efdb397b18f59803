//! `inspect`: shows what a stored set holds, or what a load finds in data.

use std::fmt::Write;
use std::path::Path;

use burn::tensor::backend::Backend;
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::{LabelKind, Part};
use retort_core::task::table::Code;
use retort_core::task::{Columns, Normalisation, TableSchema, Target};
use serde_json::{Value, json};

use crate::aligned::cut;
use crate::arguments::{InspectArguments, SettingsArguments};
use crate::console::result;
use crate::fresh::prepared;
use crate::plan::Request;
use crate::run_directory::RunDirectory;
use crate::stored::Stored;
use crate::{Machine, class_counts, inspection, summary, table};

/// Largest number of entries shown of a long list.
const SHOWN: usize = 10;

/// Most characters of a column's name.
const NAME: usize = 32;

/// Runs the command.
pub fn run<B: Backend>(machine: &Machine<B>, arguments: &InspectArguments) -> anyhow::Result<()> {
    let path = Path::new(&arguments.source);
    if !RunDirectory::at(path).set().exists() && !is_artefact(path) && !is_run(path) {
        return of_data(arguments);
    }
    for (option, given) in [
        ("--target", &arguments.target),
        ("--set", &arguments.set.first().cloned()),
    ] {
        if let Some(given) = given {
            let path = path.display();
            let accepted = format!(
                "is for data, but {path} is a set that is made already: remove this option"
            );
            return Err(Error::setting(option, format!("{given:?}"), accepted).into());
        }
    }
    let stored = Stored::<B>::load(path, &machine.device)?;
    if arguments.json {
        result(format_args!("{}\n", object(&stored)?))?;
        return Ok(());
    }
    let mut text = describe(&stored)?;
    if let Some(run) = &stored.run {
        text += &previews(run);
    }
    if let Some(run) = stored.run.as_ref().filter(|run| run.summary().exists()) {
        text += "\n";
        text += &table::of_summary(&summary::load(&run.summary())?);
    }
    result(text)?;
    Ok(())
}

/// Whether this is the name of an artefact.
fn is_artefact(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "safetensors")
}

fn is_run(path: &Path) -> bool {
    RunDirectory::at(path).config().exists()
}

/// Shows what a load finds in data.
fn of_data(arguments: &InspectArguments) -> anyhow::Result<()> {
    let settings = SettingsArguments {
        source: Some(arguments.source.clone()),
        target: arguments.target.clone(),
        set: arguments.set.clone(),
        seed: None,
    };
    let request = Request::of(&settings)?;
    let task = prepared(&request.task()?, &Seed::new(request.seed()))?;
    if arguments.json {
        result(format_args!("{}\n", inspection::object(&task)?))?;
    } else {
        result(inspection::text(&task))?;
    }
    Ok(())
}

/// A stored set as one object: its manifest, the shapes of its tensors, and the results of its run if it has them.
fn object<B: Backend>(stored: &Stored<B>) -> anyhow::Result<Value> {
    let shapes = stored.artefact.set.parts().iter();
    let shapes = shapes.map(|(part, tensor)| (part.name().to_owned(), json!(tensor.dims())));
    let run = stored.run.as_ref().map(RunDirectory::summary);
    let summary = match run.filter(|path| path.exists()) {
        Some(path) => serde_json::from_slice(&std::fs::read(path)?)?,
        None => Value::Null,
    };
    Ok(json!({
        "file": stored.path,
        "manifest": stored.artefact.manifest,
        "tensors": Value::Object(shapes.collect()),
        "numbers": stored.artefact.floats(),
        "summary": summary,
    }))
}

fn describe<B: Backend>(stored: &Stored<B>) -> anyhow::Result<String> {
    let artefact = &stored.artefact;
    let manifest = &artefact.manifest;
    let mut text = String::new();
    let mut line = |name: &str, value: String| writeln!(text, "{name:14}{value}");
    line("file", stored.path.display().to_string())?;
    line(
        "made by",
        format!("retort {}, seed {}", manifest.retort, manifest.seed),
    )?;
    line(
        "preset",
        manifest.preset.clone().unwrap_or_else(|| "none".to_owned()),
    )?;
    line(
        "task",
        format!(
            "{}, fingerprint {}",
            manifest.task.name, manifest.task.fingerprint
        ),
    )?;
    let shape = match manifest.task.inputs {
        InputShape::Vector(features) => format!("vectors of {features}"),
        InputShape::Picture([channels, height, width]) => {
            format!("pictures of {channels} × {height} × {width}")
        }
    };
    line("inputs", shape)?;
    line("predicted", predicted(&manifest.task.target))?;
    let names = manifest.task.target.class_names();
    let counts = artefact.set.counts(names.len());
    if let Some(counts) = class_counts::unequal(&counts, names) {
        line("counts", counts)?;
    }
    if !manifest.arrangement.nested.is_empty() {
        let sizes = &manifest.arrangement.nested;
        line(
            "nested sets",
            format!("the first {sizes:?} points of each class, or of all without classes"),
        )?;
    }
    for part in Part::ALL {
        let Some(tensor) = artefact.set.parts().get(&part) else {
            continue;
        };
        let dims: Vec<String> = tensor.dims().iter().map(ToString::to_string).collect();
        let mut shape = format!("[{}]", dims.join(", "));
        match part {
            Part::Targets => shape += kind(manifest.labels),
            Part::Labels => {
                if let Some(reference) = &manifest.reference {
                    let seed = reference.seed;
                    shape +=
                        &format!(", readout labels; their inputs are redrawn from seed {seed}");
                }
            }
            Part::StepSizes => shape += ", inner step sizes",
            Part::Inputs => {}
        }
        line(part.name(), shape)?;
    }
    if artefact.linear_part.is_some() {
        line("linear_part", "to be added to predictions".to_owned())?;
    }
    line("numbers", artefact.floats().to_string())?;
    line(
        "inputs are",
        match &manifest.task.columns {
            Some(table) => of_table(table),
            None => inputs(&manifest.normalisation),
        },
    )?;
    let targets = match &manifest.task.target {
        Target::Classes(_) => "one number per class, not scaled".to_owned(),
        Target::Values(_) => columns(&manifest.normalisation.targets),
    };
    line("targets are", targets)?;
    let settings = stored.settings()?;
    text += &format!("\nsettings\n{settings}");
    Ok(text)
}

/// Says where a run's previews are. Empty if it has none.
fn previews(run: &RunDirectory) -> String {
    let made = run.previews_made();
    let Some((last, _)) = made.last_key_value() else {
        return String::new();
    };
    let mut text = format!(
        "\npreviews      {} in {}, up to step {last}",
        made.len(),
        run.previews().display()
    );
    if run.animation().exists() {
        text += &format!("; as one picture {}", run.animation().display());
    }
    text + "\n"
}

fn kind(labels: LabelKind) -> &'static str {
    match labels {
        LabelKind::Hard => ", one class each",
        LabelKind::Soft => ", learned numbers for each class",
        LabelKind::Real => ", real values",
    }
}

/// Says what a network predicts for an input.
fn predicted(target: &Target) -> String {
    match target {
        Target::Classes(names) => {
            format!(
                "one of {} classes: {}",
                names.len(),
                shortened(&quoted(names))
            )
        }
        Target::Values(names) if names.len() == 1 => format!("a value: {}", quoted(names)[0]),
        Target::Values(names) => format!("{} values: {}", names.len(), shortened(&quoted(names))),
    }
}

/// Names in one line each, in quotes.
fn quoted(names: &[String]) -> Vec<String> {
    let names = names.iter();
    names.map(|name| format!("`{}`", cut(name, NAME))).collect()
}

/// Says how inputs were computed from raw ones.
fn inputs(normalisation: &Normalisation) -> String {
    let mut text = columns(&normalisation.inputs);
    if let Some(whitening) = &normalisation.whitening {
        let (penalty, size) = (whitening.penalty, whitening.mean.len());
        text += &format!(
            ", then whitened (ZCA, penalty {penalty}) by the tensor whitening.matrix [{size}, {size}]"
        );
    }
    text
}

/// Says how the rows of a table were encoded.
fn of_table(table: &TableSchema) -> String {
    let columns: Vec<String> = table
        .inputs()
        .map(|column| {
            let code = column.encoding.as_ref().map_or("", Code::name);
            format!("`{}` ({code}, {})", cut(&column.name, NAME), column.width())
        })
        .collect();
    format!(
        "encoded columns of a table, each with its count of numbers: {}",
        shortened(&columns)
    )
}

/// Says how columns were computed from raw ones.
fn columns(columns: &Columns) -> String {
    let numbers = |values: &[f32]| -> Vec<String> {
        values.iter().map(|value| format!("{value:.4}")).collect()
    };
    if columns.mean.is_empty() {
        return "raw".to_owned();
    }
    if *columns == Columns::unit() {
        return "raw, from 0 to 1".to_owned();
    }
    let (mean, std) = (
        shortened(&numbers(&columns.mean)),
        shortened(&numbers(&columns.std)),
    );
    format!("(raw - mean) / std with mean {mean} and std {std}")
}

fn shortened(words: &[String]) -> String {
    let shown = words
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match words.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_in_words() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let classes = Target::Classes(names(&["a", "b"]));
        assert_eq!(predicted(&classes), "one of 2 classes: `a`, `b`");
        let odd = Target::Classes(names(&["ja, \"x\"\nzwei", "n\u{f6}"]));
        assert_eq!(
            predicted(&odd),
            "one of 2 classes: `ja, \"x\" zwei`, `n\u{f6}`"
        );
        assert_eq!(predicted(&Target::Values(names(&["y"]))), "a value: `y`");
        assert_eq!(
            predicted(&Target::Values(names(&["y", "z"]))),
            "2 values: `y`, `z`"
        );
    }
}
