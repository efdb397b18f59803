//! The content of a report as tables of text.

use itertools::Itertools;
use retort_core::evaluate::Verdict;

use super::content::{Run, Sweep};
use super::scores;
use super::table::Table;
use crate::summary::Summary;
use crate::sweep::{self, seeds};
use crate::table as text;

/// The memory account.
pub fn memory(results: &Summary) -> Table {
    let memory = &results.memory;
    let mut table = Table::new("Memory", &["", "numbers", "against the distilled set"]);
    let set = memory.floats.max(1) as f64;
    let times = |floats: usize| {
        let ratio = floats as f64 / set;
        if ratio >= 100.0 {
            format!("{ratio:.0} times")
        } else {
            format!("{ratio:.2} times")
        }
    };
    let mut row =
        |name: &str, floats: usize| table.row([name.to_owned(), floats.to_string(), times(floats)]);
    row("distilled", memory.floats);
    row("training data", memory.real_floats);
    row("model", memory.model_floats);
    if let Some(theory) = memory.theory_floats {
        row("the theory's r²d + L", theory);
    }
    table
}

/// Alignment at the end.
pub fn alignment(results: &Summary) -> Option<Table> {
    let alignment = results.alignment.as_ref()?;
    let mut table = Table::new(
        "Alignment with the principal subspace S at the end",
        &["of", "value"],
    );
    let rows = [
        (
            "points, share of squared norm inside S",
            Some(alignment.points),
        ),
        ("student's features, the same", alignment.features),
        ("teacher's features, the same", alignment.teacher_features),
        (
            "smallest principal cosine of points and S",
            Some(alignment.smallest_cosine),
        ),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            table.row([name.to_owned(), format!("{value:.3}")]);
        }
    }
    Some(table)
}

/// The marks of the judges, of the run itself and of what `evaluate` added.
fn judges(results: &Summary) -> impl Iterator<Item = Table> + '_ {
    let own = results.judges.as_ref();
    let own = own.map(|verdict| ("Judges".to_owned(), verdict));
    let added = results.evaluations.iter().filter_map(|record| {
        let about = [&record.network].into_iter().chain(&record.overrides);
        let name = format!("Judges of the evaluation with {}", about.format(" "));
        Some((name, record.judges.as_ref()?))
    });
    let tables = own.into_iter().chain(added);
    tables.filter_map(|(name, verdict)| of_verdict(&name, verdict))
}

fn of_verdict(name: &str, verdict: &Verdict) -> Option<Table> {
    let mut rows = text::cells_of_judges(verdict).into_iter();
    Some(Table {
        caption: format!("{name}, {}", text::measure_of_judges(verdict)),
        columns: rows.next()?,
        rows: rows.collect(),
    })
}

/// Provenance of the numbers of a run.
pub fn provenance(run: &Run) -> Table {
    let mut table = Table::new("Provenance", &["", ""]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    row("directory", run.path.clone());
    row(
        "preset",
        run.preset.clone().unwrap_or_else(|| "none".to_owned()),
    );
    row("seed", run.seed.to_string());
    row("begun by", format!("Retort {}", run.version));
    row("task", run.plan.task.kind().to_owned());
    row("network", run.plan.network.kind().to_owned());
    row("objective", run.objectives());
    if let Some(results) = &run.results {
        let task = &results.task;
        row(
            "scored by",
            format!("Retort {}, backend {}", results.retort, results.backend),
        );
        row(
            "data",
            format!(
                "{}: {} rows to train on, {} to test on",
                task.name, task.train, task.test
            ),
        );
        let inputs = task.inputs.len();
        row("rows", format!("{inputs} numbers in, {} out", task.outputs));
        row("fingerprint of the data", task.fingerprint.clone());
        let seconds = results.seconds;
        let (distill, evaluate) = (seconds.distill, seconds.evaluate);
        row(
            "seconds",
            format!("{distill:.1} to distil, {evaluate:.1} to evaluate"),
        );
        if let Some(bytes) = results.peak_memory_bytes {
            row(
                "peak memory of the process",
                format!("{:.0} MB", bytes as f64 / 1e6),
            );
        }
    }
    table
}

/// Provenance of the numbers of a sweep.
pub fn provenance_of_sweep(sweep: &Sweep) -> Table {
    let mut table = Table::new("Provenance", &["", ""]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    row("directory", sweep.path.clone());
    if let Some(asked) = &sweep.asked {
        row("preset or file", asked.source.clone());
        row("begun by", format!("Retort {}", asked.retort));
    }
    let ended = &sweep.ended;
    let varies = ended.iter().flat_map(|run| run.settings.keys());
    row("what varies", varies.unique().join(", "));
    row(
        "seeds",
        ended.iter().map(|run| run.seed).unique().join(", "),
    );
    for (name, values) in [
        ("scored by Retort", sweep.versions()),
        ("backend", sweep.backends()),
    ] {
        if !values.is_empty() {
            row(name, values.join(", "));
        }
    }
    table
}

/// The scores of a sweep over seeds. `None` if no combination of settings has several seeds.
pub fn over_seeds(sweep: &Sweep) -> Option<Table> {
    let found = sweep.over_seeds();
    let (columns, rows) = seeds::cells(&found);
    seeds::are_several(&found).then(|| Table {
        caption: format!("Scores, {}", seeds::caption(&found)),
        columns,
        rows,
    })
}

/// The runs of a sweep that have results.
pub fn of_sweep(sweep: &Sweep) -> Table {
    let rows = sweep.rows();
    let finished: Vec<_> = rows
        .into_iter()
        .filter(|row| row.iter().all(|(name, _)| name != "error"))
        .collect();
    let mut columns = sweep::columns(&finished);
    columns.retain(|name| *name != "error");
    let mut table = Table::new(
        "Results of the runs (std is over the fresh networks of one set)",
        &columns,
    );
    for row in &finished {
        let cell = |column: &&str| {
            let found = row.iter().find(|(name, _)| name == column);
            found.map_or_else(String::new, |(_, value)| short(value))
        };
        table.row(columns.iter().map(cell));
    }
    table
}

/// The runs of a sweep that failed. `None` if none failed.
pub fn failures(sweep: &Sweep) -> Option<Table> {
    let mut table = Table::new("Runs that failed", &["run", "settings", "seed", "why"]);
    for ended in sweep.ended.iter().filter(|ended| ended.summary.is_none()) {
        let settings = ended
            .settings
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        table.row([
            ended.run.clone(),
            settings.collect::<Vec<_>>().join(" "),
            ended.seed.to_string(),
            ended.why().to_owned(),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The numbers of a law.
pub fn law(sweep: &Sweep) -> Option<Table> {
    let law = sweep.law.as_ref()?;
    let mut table = Table::new("The memory law", &["", "value"]);
    table.row(["runs".to_owned(), law.observations.len().to_string()]);
    for row in sweep::words(law) {
        table.row(row);
    }
    Some(table)
}

/// The fewest points that are enough, by rank and dimension. `None` if no threshold is known.
pub fn thresholds(sweep: &Sweep) -> Option<Table> {
    let law = sweep.law.as_ref()?;
    let (columns, rows) = sweep::thresholds(law);
    let labels = law.thresholds.iter().map(|of| of.labels).unique().count();
    let over = match labels {
        0 | 1 => "seeds",
        _ => "seeds and numbers of labels",
    };
    let caption = format!("Fewest points that are enough, geometric mean over {over}, and range");
    (!rows.is_empty()).then_some(Table {
        caption,
        columns,
        rows,
    })
}

/// Every table of a run, except for its scores.
pub fn of_run(run: &Run) -> Vec<Table> {
    let results = run.results.as_ref();
    let others = [results.map(memory), results.and_then(alignment)];
    scores::transfers(run)
        .into_iter()
        .chain(results.into_iter().flat_map(judges))
        .chain(others.into_iter().flatten())
        .collect()
}

/// Shortens a number to six significant digits. Other text stays as it is.
fn short(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if text.contains(['.', 'e']) && number.is_finite() => {
            let digits = format!("{number:.5e}");
            digits.parse::<f64>().map_or(digits, |it| it.to_string())
        }
        _ => text.to_owned(),
    }
}
