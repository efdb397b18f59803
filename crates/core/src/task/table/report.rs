//! The inspection of a table.

use super::choices::Choices;
use super::column::Targets;
use super::encoding::{Code, Encoding, Pooling};
use super::fit::field_type;
use super::mention::{self, listed, quoted};
use super::missing::MissingPolicy;
use super::note::{Note, sentences};
use super::plan::Plan;
use super::raw::{Cells, RawTable};
use super::schema::{FieldType, TableSchema};
use crate::task::RowsOrFraction;
use crate::task::inspection::{ColumnReport, Count, Decision};

/// Most categories that a report lists.
const MOST_LISTED: usize = 1000;

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
            Cells::Numbers(values) => report.range = range(values),
            Cells::Dates(values, dates) => {
                report.range = range(values);
                report.dates = report.range.map(|range| range.map(|days| dates.text(days)));
            }
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

/// Why the targets are these columns.
pub fn chosen(choices: &Choices<'_>, plan: &Plan) -> String {
    match choices.target.map(Targets::columns) {
        None => match plan.targets.iter().max() {
            Some(place) if place + 1 < plan.kinds.len() => {
                "the last column that has a name or values".to_owned()
            }
            _ => "the last column".to_owned(),
        },
        Some([column]) if !column.is_name() => {
            let place = plan.targets.first().copied().unwrap_or_default();
            format!("column {place} (counted from 0), as task.target says")
        }
        Some(_) => "as task.target says".to_owned(),
    }
}

/// What was done about missing values.
pub fn missing(
    reports: &[ColumnReport],
    raw: &RawTable,
    plan: &Plan,
    choices: &Choices<'_>,
) -> Option<Decision> {
    let gaps = (0..reports.len()).filter(|&place| {
        let report = &reports[place];
        let is_used = match report.role.as_str() {
            "input" => true,
            // Rows without a target are told of their own.
            "target" => choices.missing == MissingPolicy::DropRows,
            _ => false,
        };
        report.missing > 0 && is_used
    });
    let gaps: Vec<usize> = gaps.collect();
    if gaps.is_empty() {
        return None;
    }
    let columns = mention::columns(raw, &gaps);
    Some(match choices.missing {
        MissingPolicy::DropRows => {
            let rows = raw.len();
            let dropped = rows - plan.rows.len();
            let text = format!(
                "{dropped} of {rows} rows are left out, because values are missing in {columns}"
            );
            // Without a target, a row cannot be kept.
            match gaps.iter().any(|place| plan.targets.contains(place)) {
                true => Decision::fact(text),
                false => Decision::new(text, "task.missing = \"impute\""),
            }
        }
        _ => {
            let all: Vec<&str> = gaps
                .iter()
                .map(|&place| reports[place].kind.as_str())
                .collect();
            let words = all.contains(&"category");
            let numbers = all.iter().any(|kind| *kind != "category");
            let number =
                "a number becomes the median of the training rows, with a 0/1 column beside it";
            let word = "a missing category is a category of its own";
            let what = match (numbers, words) {
                (true, true) => format!("{number}; {word}"),
                (true, false) => number.to_owned(),
                (false, _) => word.to_owned(),
            };
            let text = format!("values are missing in {columns}: {what}");
            Decision::new(text, "task.missing = \"drop-rows\"")
        }
    })
}

/// Which words count as missing in columns of words, unless settings give the column a type.
pub fn gaps(raw: &RawTable, plan: &Plan) -> Vec<Decision> {
    let note = |place: usize| {
        let gaps = &raw.columns[place].gaps;
        let is_told = plan.left_out[place].is_none() && plan.types[place].is_none();
        let count = if gaps.len() == 1 { "counts" } else { "count" };
        let note = Note {
            before: format!("{} {count} as missing in ", mention::listing(gaps)),
            after: "",
            kind: "category",
        };
        (is_told && !gaps.is_empty()).then_some((place, note))
    };
    let notes: Vec<(usize, Note)> = (0..raw.columns.len()).filter_map(note).collect();
    sentences(&notes, &raw.titles, &raw.names())
}

/// That rows without a target are left out, unless rows with any gap are.
pub fn without_target(raw: &RawTable, plan: &Plan, choices: &Choices<'_>) -> Option<Decision> {
    let (rows, dropped) = (raw.len(), raw.len() - plan.rows.len());
    let is_said = choices.missing == MissingPolicy::DropRows || dropped == 0;
    let text = format!("{dropped} of {rows} rows are left out, because they have no target");
    (!is_said).then(|| Decision::new(text, "task.missing_target = \"refuse\""))
}

/// Which rows are drawn for validation and, if the test rows have no file of their own, for the test.
pub fn drawn(
    [validation, test]: [usize; 2],
    own_test: bool,
    choices: &Choices<'_>,
) -> Vec<Decision> {
    let parts = [
        (true, validation, "task.validation", choices.validation),
        (own_test, test, "task.test", choices.test),
    ];
    let drawn = parts.into_iter().filter(|(is_drawn, ..)| *is_drawn);
    drawn
        .map(|(_, rows, key, share)| Decision::drawn(rows, key, RowsOrFraction::Fraction(share)))
        .collect()
}

/// How numbers are encoded, unless the settings say so.
pub fn encoding(schema: &TableSchema, choices: &Choices<'_>) -> Option<Decision> {
    let is_number = |code: &Code| matches!(code, Code::Standard(_));
    let has_numbers = schema
        .inputs()
        .filter_map(|column| column.encoding.as_ref())
        .any(is_number);
    let is_default = choices.encoding == Encoding::default();
    (has_numbers && is_default).then(|| {
        let text = "numbers are encoded as `standard`: less their mean, divided by their deviation";
        Decision::new(text, "task.encoding = \"quantile\"")
    })
}

/// Which columns have rare categories that share a column.
pub fn pooled(schema: &TableSchema, choices: &Choices<'_>) -> Option<Decision> {
    let Pooling {
        min_frequency,
        max_categories: most,
    } = choices.pooling;
    let shared = schema.inputs().filter_map(|column| match &column.encoding {
        Some(Code::OneHot(code)) => Some((column, code, code.other.as_ref()?)),
        _ => None,
    });
    let shared: Vec<_> = shared.collect();
    // Where no column has the most categories, the others are pooled because they are rare.
    let widest = shared
        .iter()
        .map(|(_, code, other)| (code.categories.len(), other.count));
    let setting = match widest.max()? {
        (own, others) if own >= most => format!("task.max_categories = {}", own + others),
        _ => "task.min_frequency = 1".to_owned(),
    };
    let shared: Vec<String> = shared
        .iter()
        .map(|(column, _, other)| format!("{} of {}", other.count, quoted(&column.name)))
        .collect();
    let text = format!(
        "categories with fewer than {min_frequency} training rows, or beyond the {most} most frequent, share a column: {}",
        listed(&shared)
    );
    Some(Decision::new(text, setting))
}

/// The classes that have no test row, or only one row.
pub fn rare_classes(
    names: &[String],
    counts: &[usize],
    tested: &[usize],
    has_own_test: bool,
) -> Option<Decision> {
    let rare = names.iter().zip(counts).zip(tested);
    let is_single = |rows: usize| rows == 1 && !has_own_test;
    let rare = rare.filter(|((_, rows), tested)| **tested == 0 || is_single(**rows));
    let rare: Vec<String> = rare
        .map(|((name, rows), _)| format!("{} ({rows})", quoted(name)))
        .collect();
    if rare.is_empty() {
        return None;
    }
    let why = match has_own_test {
        true => "the test rows have none of these classes",
        false => "these classes have so few rows that they are never tested",
    };
    Some(Decision::fact(format!("{why}: {}", listed(&rare))))
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
