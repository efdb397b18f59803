//! What a load found in the data, as text for people.

use retort_core::task::{ColumnReport, Inspection, Task};

use crate::aligned::aligned;

/// Most categories or classes that are shown by name.
const SHOWN: usize = 8;

/// The whole inspection of a task.
pub fn text(task: &Task) -> String {
    let found = &task.inspection;
    let mut text = format!("{}: {}\n", task.name, size(found));
    text += &target(found);
    if !found.columns.is_empty() {
        text += "\n";
        text += &columns(&found.columns);
    }
    if !found.decisions.is_empty() {
        text += "\n";
    }
    for line in decisions(found) {
        text += &line;
        text.push('\n');
    }
    text
}

/// One line for each decision, with the setting that overrides it.
pub fn decisions(found: &Inspection) -> impl Iterator<Item = String> {
    found.decisions.iter().map(|decision| {
        let text = decision.text.trim_end_matches('.');
        match &decision.setting {
            Some(setting) => format!("{text} ({setting})"),
            None => text.to_owned(),
        }
    })
}

fn size(found: &Inspection) -> String {
    let [train, validation, test] = found.parts;
    format!(
        "{}, {} rows: {train} for training, {validation} for validation, {test} for the test",
        found.format, found.rows
    )
}

fn target(found: &Inspection) -> String {
    let target = &found.target;
    let columns = target.columns.join(", ");
    let named = match columns.is_empty() {
        true => String::new(),
        false => format!("{columns}, "),
    };
    let mut text = format!("target: {named}{}", target.problem);
    if let Some([least, most]) = target.range {
        text += &format!(" from {least} to {most}");
    }
    if !target.rule.is_empty() {
        text += &format!(" ({})", target.rule);
    }
    text.push('\n');
    let counts = target.counts.iter();
    let shown: Vec<String> = counts
        .take(SHOWN)
        .map(|count| format!("{} {}", count.name, count.rows))
        .collect();
    if !shown.is_empty() {
        let more = target.counts.len() - shown.len();
        let rest = match more {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        text += &format!("classes and their rows: {}{rest}\n", shown.join(", "));
    }
    text
}

/// A table of the columns.
fn columns(columns: &[ColumnReport]) -> String {
    let head = ["column", "type", "missing", "values", "use"].map(str::to_owned);
    let rows = columns.iter().map(|column| {
        let used = match (&column.encoding, &column.why) {
            (Some(encoding), _) => format!("{}, {encoding}", column.role),
            (None, Some(why)) => format!("{}: {why}", column.role),
            (None, None) => column.role.clone(),
        };
        let missing = match column.missing {
            0 => String::new(),
            missing => missing.to_string(),
        };
        vec![
            column.name.clone(),
            column.kind.clone(),
            missing,
            values(column),
            used,
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head.to_vec()).chain(rows).collect();
    aligned(&rows)
}

fn values(column: &ColumnReport) -> String {
    if let Some([least, most]) = column.range {
        return format!("{least} to {most}");
    }
    let names: Vec<&str> = column
        .categories
        .iter()
        .map(|count| count.name.as_str())
        .collect();
    let distinct = column.distinct.unwrap_or(names.len());
    let shown: Vec<&str> = names.into_iter().take(SHOWN).collect();
    match distinct.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        _ if shown.is_empty() => format!("{distinct} distinct"),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
