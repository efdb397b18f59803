//! A run as a row of a table for programs.

use itertools::Itertools;
use serde_json::{Map, Value, json};

use crate::summary::Summary;

/// Keys of a summary whose values become columns, in order.
const COLUMNS: [&str; 7] = [
    "scores",
    "memory",
    "alignment",
    "seconds",
    "label_robust_score",
    "peak_memory_bytes",
    "retort",
];

/// A row of a table: names of columns with their cells.
pub type Row = Vec<(String, String)>;

/// A run as a row: its name, the settings that vary, its seed, and its summary or the reason why it has none.
pub fn row(
    name: &str,
    settings: &Map<String, Value>,
    seed: u64,
    outcome: Result<&Summary, &str>,
) -> Row {
    let mut cells = vec![("run".to_owned(), name.to_owned())];
    for (key, value) in settings {
        cells.push((key.clone(), shown(value)));
    }
    cells.push(("seed".to_owned(), seed.to_string()));
    match outcome {
        Err(why) => cells.push(("error".to_owned(), why.to_owned())),
        Ok(summary) => {
            let summary = json!(summary);
            for key in COLUMNS {
                collect(key, &summary[key], &mut cells);
            }
        }
    }
    cells
}

/// Collects the values below a key, each under its dotted name. Lists, such as the values of all networks,
/// are left out; results.jsonl has them.
fn collect(key: &str, value: &Value, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                collect(&format!("{key}.{name}"), value, cells);
            }
        }
        Value::Null | Value::Array(_) => {}
        value => cells.push((key.to_owned(), shown(value))),
    }
}

/// A value as a cell.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The columns of all these rows. `error` comes last.
pub fn columns(rows: &[Row]) -> Vec<&str> {
    let names = rows.iter().flatten().map(|(name, _)| name.as_str());
    let others = names.filter(|name| *name != "error");
    others.unique().chain(["error"]).collect()
}

/// Rows as a CSV file with these columns.
///
/// # Errors
/// None: writing into memory cannot fail.
pub fn table(columns: &[&str], rows: &[Row]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        let cell = |column: &&str| {
            let found = row.iter().find(|(name, _)| name == column);
            found.map_or("", |(_, value)| value.as_str())
        };
        writer.write_record(columns.iter().map(cell))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rows_have_the_columns_of_all_and_errors_last() {
        let row = |cells: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            cells.iter().map(owned).collect()
        };
        let rows = [
            row(&[("run", "0001"), ("error", "it, \"diverged\"")]),
            row(&[("run", "0002"), ("scores.full.mean", "0.5")]),
        ];
        let text = String::from_utf8(table(&columns(&rows), &rows).unwrap()).unwrap();
        let expected = "run,scores.full.mean,error\n0001,,\"it, \"\"diverged\"\"\"\n0002,0.5,\n";
        assert_eq!(text, expected);
    }
}
