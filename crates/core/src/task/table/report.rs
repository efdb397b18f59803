//! The inspection of a table.

use super::choices::Choices;
use super::encoding::Code;
use super::fit::field_type;
use super::missing::MissingPolicy;
use super::plan::Plan;
use super::raw::{Cells, RawTable};
use super::schema::{FieldType, TableSchema};
use crate::task::inspection::{ColumnReport, Count, Decision};

/// Most categories that a report lists.
const MOST_LISTED: usize = 8;

/// Most columns that a sentence lists.
const MOST_NAMED: usize = 8;

/// The reports of all columns of a table, before they are encoded.
pub fn columns(raw: &RawTable, plan: &Plan) -> Vec<ColumnReport> {
    let report = |place: usize| {
        let column = &raw.columns[place];
        let why = plan.left_out[place].clone();
        let mut report = ColumnReport {
            name: raw.title(place),
            kind: type_name(field_type(&plan.kinds[place])).to_owned(),
            missing: column.cells.missing(),
            role: match (plan.targets.contains(&place), &why) {
                (true, _) => "target".to_owned(),
                (false, None) => "input".to_owned(),
                (false, Some(_)) => "left out".to_owned(),
            },
            why,
            ..ColumnReport::default()
        };
        match &column.cells {
            Cells::Numbers(values) | Cells::Dates(values, _) => report.range = range(values),
            Cells::Words { words, .. } => {
                let counts = column.counts(0..raw.len());
                let mut named: Vec<Count> = (words.iter().zip(counts))
                    .map(|(name, rows)| Count {
                        name: name.clone(),
                        rows,
                    })
                    .collect();
                named.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.name.cmp(&b.name)));
                named.truncate(MOST_LISTED);
                report.distinct = Some(words.len());
                report.categories = named;
            }
            Cells::TooMany | Cells::Skipped => {}
        }
        report
    };
    (0..raw.columns.len()).map(report).collect()
}

/// Smallest and largest of the values that are not missing.
pub fn range(values: &[f64]) -> Option<[f64; 2]> {
    let present = values.iter().filter(|value| !value.is_nan());
    present.fold(None, |range: Option<[f64; 2]>, &value| {
        let [low, high] = range.unwrap_or([value, value]);
        Some([low.min(value), high.max(value)])
    })
}

/// What was done about missing values.
pub fn missing(
    reports: &[ColumnReport],
    raw: &RawTable,
    plan: &Plan,
    choices: &Choices<'_>,
) -> Option<Decision> {
    let gaps = reports
        .iter()
        .filter(|report| report.missing > 0 && report.role != "left out");
    let gaps: Vec<String> = gaps
        .map(|report| format!("`{}` {}", report.name, report.missing))
        .collect();
    if gaps.is_empty() {
        return None;
    }
    let rows = raw.len();
    let listed = listed(&gaps);
    Some(match choices.missing {
        MissingPolicy::DropRows => {
            let dropped = rows - plan.rows.len();
            let text = format!(
                "{dropped} of {rows} rows are left out, because values are missing: {listed}"
            );
            Decision::new(text, "task.missing = \"impute\"")
        }
        _ => {
            let text = format!(
                "values are missing (of {rows} rows: {listed}): a number becomes the median of the training rows, \
                 with a 0/1 column beside it, and a missing category is a category of its own"
            );
            Decision::new(text, "task.missing = \"drop-rows\"")
        }
    })
}

/// Which columns have rare categories that share a column.
pub fn pooled(schema: &TableSchema) -> Option<Decision> {
    let shared = schema.inputs().filter_map(|column| match &column.encoding {
        Some(Code::OneHot(code)) => Some((column, code.other.as_ref()?)),
        _ => None,
    });
    let shared: Vec<String> = shared
        .map(|(column, other)| format!("`{}` {}", column.name, other.count))
        .collect();
    if shared.is_empty() {
        return None;
    }
    Some(Decision::fact(format!(
        "categories with fewer than 3 training rows, or beyond the 50 most frequent, share a column: {}",
        listed(&shared)
    )))
}

/// The classes that have no test row, or only one row.
pub fn rare_classes(names: &[String], counts: &[usize], tested: &[usize]) -> Option<Decision> {
    let rare = names.iter().zip(counts).zip(tested);
    let rare = rare.filter(|((_, rows), tested)| **tested == 0 || **rows == 1);
    let rare: Vec<String> = rare
        .map(|((name, rows), _)| format!("`{name}` {rows}"))
        .collect();
    if rare.is_empty() {
        return None;
    }
    Some(Decision::fact(format!(
        "these classes have so few rows that all are for training or validation, and they are never tested: {}",
        listed(&rare)
    )))
}

fn listed(names: &[String]) -> String {
    match names.len().saturating_sub(MOST_NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..MOST_NAMED].join(", ")),
    }
}

fn type_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Number => "number",
        FieldType::Date => "date",
        FieldType::Boolean => "boolean",
        FieldType::Category => "category",
        FieldType::Words => "words",
        FieldType::Empty => "empty",
    }
}
