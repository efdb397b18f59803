//! What a load found in the data, as text for people and as one JSON object.

use retort_core::shape::InputShape;
use retort_core::task::{ColumnReport, Decision, Inspection, Task, TaskSettings};
use serde_json::{Value, json};

use crate::aligned::{aligned, cut, wrapped};

/// Width of the text in characters, unless a setting is longer.
const WIDTH: usize = 100;

/// Most classes that are shown by name.
const CLASSES: usize = 8;

/// Most categories of a column that are shown by name.
const CATEGORIES: usize = 5;

/// Most columns of a table that are shown without being counted together.
const ROWS: usize = 30;

/// Columns that are shown of a table with more than [`ROWS`].
const FIRST_ROWS: usize = 24;

/// Most characters of the name of a column, of a class or category, and of the values of a column.
const NAME: usize = 26;
const CATEGORY: usize = 24;
const VALUES: usize = 36;

/// Whether a task reads data of the user's own, of which something is to be told.
pub fn is_own(task: &TaskSettings) -> bool {
    ["csv", "parquet", "arrays", "folder"].contains(&task.kind())
}

/// The whole inspection of a task.
pub fn text(task: &Task) -> String {
    let found = &task.inspection;
    let mut text = size(task);
    text += &target(found);
    if !found.columns.is_empty() {
        text += "\n";
        text += &columns(&found.columns);
    }
    let decisions: Vec<&Decision> = found
        .decisions
        .iter()
        .filter(|it| drawn(it).is_none())
        .collect();
    if !decisions.is_empty() {
        text += "\ndecisions, each with the --set that changes it:\n";
    }
    for decision in decisions {
        let sentence = decision.text.trim_end_matches('.');
        text += &with_settings(sentence, decision.setting.as_slice());
    }
    text
}

/// The inspection of a task as one object. All its keys are always there.
///
/// # Errors
/// None in practice: the object has no keys that JSON lacks.
pub fn object(task: &Task) -> serde_json::Result<Value> {
    let mut object = json!({ "name": task.name, "inputs": task.inputs });
    let found = serde_json::to_value(&task.inspection)?;
    if let (Value::Object(object), Value::Object(found)) = (&mut object, found) {
        object.extend(found);
    }
    Ok(object)
}

/// A sentence in one or more indented lines, with settings in brackets.
pub fn with_settings(sentence: &str, settings: &[String]) -> String {
    let settings: Vec<String> = settings.iter().map(|it| assignment(it)).collect();
    let settings = (!settings.is_empty()).then(|| format!("({})", settings.join(" ")));
    let settings = settings.iter().flat_map(|it| it.split(' '));
    let words = sentence.split(' ').chain(settings);
    format!("  {}\n", wrapped(words, WIDTH - 2, 4))
}

/// A line of TOML such as `task.header = false` as a word for a shell, to be put after `--set`.
fn assignment(setting: &str) -> String {
    let Some((key, value)) = setting.split_once(" = ") else {
        return setting.to_owned();
    };
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let is_word = |word: &&str| {
        let plain = word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        let begins = word.starts_with(|c: char| c.is_ascii_alphabetic());
        plain && begins && !["true", "false", "inf", "nan"].contains(word)
    };
    let value = inner.filter(is_word).unwrap_or(value);
    let whole = format!("{key}={value}");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.,:/=+@%".contains(c);
    if whole.chars().all(is_plain) {
        return whole;
    }
    shlex::try_quote(&whole).map_or(whole.clone(), std::borrow::Cow::into_owned)
}

/// The part that is drawn at random, if that is the decision. The line of the parts tells it.
fn drawn(decision: &Decision) -> Option<&'static str> {
    let setting = decision.setting.as_deref()?;
    let key = setting.split_once(" = ").map(|(key, _)| key);
    match key {
        Some("task.validation") => Some("validation"),
        Some("task.test") => Some("test"),
        _ => None,
    }
}

fn size(task: &Task) -> String {
    let found = &task.inspection;
    let [train, validation, test] = found.parts;
    let what = match task.inputs {
        InputShape::Picture([channels, height, width]) => format!(
            "{} pictures, {channels} × {height} × {width} (channels, height, width)",
            found.rows
        ),
        InputShape::Vector(_) if !found.columns.is_empty() => {
            format!("{} rows, {} columns", found.rows, found.columns.len())
        }
        InputShape::Vector(numbers) => format!("{} rows of {numbers} numbers", found.rows),
    };
    let mut parts =
        format!("parts: {train} for training, {validation} for validation, {test} for the test");
    let held: Vec<(&str, String)> = (found.decisions.iter())
        .filter_map(|decision| {
            let setting = assignment(decision.setting.as_deref()?);
            drawn(decision).map(|part| (part, setting))
        })
        .collect();
    let settings: Vec<&str> = held.iter().map(|(_, setting)| setting.as_str()).collect();
    if let [(first, _), others @ ..] = &held[..] {
        let what = match others {
            [] => format!("those for {first} are "),
            _ => String::new(),
        };
        parts += &format!("; {what}drawn at random, as {} says", settings.join(" "));
    }
    let name = cut(&task.name, WIDTH / 2);
    let parts = wrapped(parts.split(' '), WIDTH, 2);
    format!("{name}: {}, {what}\n{parts}\n", found.format)
}

fn target(found: &Inspection) -> String {
    let target = &found.target;
    let names = target.columns.iter().take(CATEGORIES);
    let mut names: Vec<String> = names
        .map(|name| format!("`{}`", cut(name, CATEGORY)))
        .collect();
    if target.columns.len() > names.len() {
        names.push(format!("and {} more", target.columns.len() - names.len()));
    }
    let mut line = String::from("target:");
    if !names.is_empty() {
        line += &format!(" {}, {}", names.join(", "), target.chosen);
        if target.chosen.starts_with("the last") {
            line += " (another one: --target NAME)";
        }
        line.push(';');
    }
    line += &match (target.counts.len(), target.range) {
        (0, Some([least, most])) => format!(" numbers from {} to {}", number(least), number(most)),
        (0, None) => " numbers".to_owned(),
        (classes, _) => format!(" {classes} classes"),
    };
    if !target.rule.is_empty() {
        line += &format!(": {}", target.rule);
    }
    let setting = target.setting.as_deref();
    let setting = setting.map(|setting| format!("({})", assignment(setting)));
    let words = line.split(' ').chain(setting.as_deref());
    let mut text = format!("{}\n", wrapped(words, WIDTH, 2));
    if !target.counts.is_empty() {
        let entries = classes(found);
        let entries = entries.iter().map(String::as_str);
        let words = ["classes", "and", "their", "rows:"]
            .into_iter()
            .chain(entries);
        text += &format!("{}\n", wrapped(words, WIDTH, 2));
    }
    text
}

/// The classes with their numbers of rows, an entry each.
fn classes(found: &Inspection) -> Vec<String> {
    let counts = &found.target.counts;
    let mut entries: Vec<String> = (counts.iter().take(CLASSES))
        .map(|count| format!("{} {},", cut(&count.name, CATEGORY), count.rows))
        .collect();
    let more = counts.len() - entries.len();
    if let Some(last) = entries.last_mut() {
        last.pop();
    }
    if more > 0 {
        let rows = || counts.iter().map(|count| count.rows);
        let (least, most) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
        let each = match least == most {
            true => most.to_string(),
            false => format!("{least} to {most}"),
        };
        entries.push(format!("and {more} more; {each} rows each"));
    }
    entries
}

/// A table of the columns. Of many, the first and the targets have a row of their own.
fn columns(columns: &[ColumnReport]) -> String {
    let gaps = columns.iter().any(|column| column.missing > 0);
    let cells = |name: String, column: [String; 4]| {
        let [kind, missing, values, used] = column;
        let mut cells = vec![name, kind];
        cells.extend(gaps.then_some(missing));
        cells.extend([values, used]);
        cells
    };
    let row = |column: &ColumnReport| {
        let missing = match column.missing {
            0 => String::new(),
            missing => missing.to_string(),
        };
        let used = [column.kind.clone(), missing, values(column), used(column)];
        cells(cut(&column.name, NAME), used)
    };
    let head = ["type", "missing", "values", "use"].map(str::to_owned);
    let mut rows = vec![cells("column".to_owned(), head)];
    if columns.len() <= ROWS {
        rows.extend(columns.iter().map(row));
        return aligned(&rows);
    }
    let (first, rest) = columns.split_at(FIRST_ROWS);
    let (targets, rest): (Vec<_>, Vec<_>) = rest.iter().partition(|it| it.role == "target");
    rows.extend(first.iter().map(row));
    rows.extend(targets.into_iter().map(row));
    aligned(&rows) + &format!("{}\n", wrapped(others(&rest).split(' '), WIDTH, 2))
}

/// How many columns are not shown, by type and use.
fn others(columns: &[&ColumnReport]) -> String {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for column in columns {
        let kind = match column.role.as_str() {
            "input" => column.kind.clone(),
            role => format!("{}, {role}", column.kind),
        };
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let kinds: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let count = columns.len();
    format!(
        "… and {count} more columns: {} (`inspect --json` has all)",
        kinds.join("; ")
    )
}

fn used(column: &ColumnReport) -> String {
    match (&column.encoding, column.width) {
        (Some(encoding), 0 | 1) => encoding.clone(),
        (Some(encoding), width) => format!("{encoding}, {width} numbers"),
        (None, _) => column.role.clone(),
    }
}

fn values(column: &ColumnReport) -> String {
    if let Some([first, last]) = &column.dates {
        return between(first, last, first == last);
    }
    if let Some([least, most]) = column.range {
        return between(&number(least), &number(most), least == most);
    }
    let distinct = column.distinct.unwrap_or(column.categories.len());
    let is_free = column.kind == "words" || column.categories.is_empty();
    if is_free {
        return match distinct {
            0 => String::new(),
            distinct => format!("{distinct} distinct"),
        };
    }
    // As many names as have room.
    let names: Vec<String> = (column.categories.iter().take(CATEGORIES))
        .map(|count| cut(&count.name, CATEGORY))
        .collect();
    let listed = |shown: usize| match distinct.saturating_sub(shown) {
        0 => names[..shown].join(", "),
        more => format!("{} and {more} more", names[..shown].join(", ")),
    };
    let mut fitting = (1..=names.len()).rev().map(listed);
    let fitting = fitting.find(|text| text.chars().count() <= VALUES);
    fitting.unwrap_or_else(|| {
        let more = format!(" and {} more", distinct.saturating_sub(1));
        let first = names.first().map_or("", String::as_str);
        cut(first, VALUES.saturating_sub(more.len())) + &more
    })
}

/// A range. Different values may be shown alike.
fn between(least: &str, most: &str, is_one: bool) -> String {
    match is_one {
        true => format!("always {least}"),
        false if least == most => format!("near {least}"),
        false => format!("{least} to {most}"),
    }
}

/// A number with at most six significant digits; whole numbers below 1e15 have all theirs.
fn number(value: f64) -> String {
    let is_whole = value.fract() == 0.0 && value.abs() < 1e15;
    let rounded = match is_whole {
        true => value,
        false => format!("{value:.5e}").parse().unwrap_or(value),
    };
    match rounded.abs() {
        size if size != 0.0 && !(1e-4..1e15).contains(&size) => format!("{rounded:e}"),
        // Adding 0 turns -0 into 0.
        _ => (rounded + 0.0).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits() {
        for (value, shown) in [
            (0.1 + 0.2, "0.3"),
            (1_700_000_000.0, "1700000000"),
            (-0.0, "0"),
            (39.123_456_7, "39.1235"),
            (4.123_456_7e-7, "4.12346e-7"),
            (1e300, "1e300"),
            (-123_456.789, "-123457"),
            (0.000_123_4, "0.0001234"),
        ] {
            assert_eq!(number(value), shown);
        }
    }

    #[test]
    fn settings_can_be_pasted_after_set() {
        for (setting, pasted) in [
            ("task.header = false", "task.header=false"),
            ("task.missing = \"drop-rows\"", "task.missing=drop-rows"),
            ("task.delimiter = \";\"", "'task.delimiter=\";\"'"),
            ("task.thousands = \"\"", "'task.thousands=\"\"'"),
            (
                "task.types.\"a b\" = \"number\"",
                "'task.types.\"a b\"=number'",
            ),
            ("task.types.a = \"true\"", "'task.types.a=\"true\"'"),
            ("task.side = 64", "task.side=64"),
        ] {
            assert_eq!(assignment(setting), pasted);
        }
    }

    #[test]
    fn values_have_room_in_a_table() {
        let names = ["a very long name of a category that goes on", "b", "c"];
        let mut column = ColumnReport {
            kind: "category".to_owned(),
            categories: names
                .map(|name| retort_core::task::Count {
                    name: name.to_owned(),
                    rows: 1,
                })
                .to_vec(),
            distinct: Some(400),
            ..ColumnReport::default()
        };
        let shown = values(&column);
        assert!(shown.chars().count() <= VALUES, "{shown}");
        assert!(shown.contains("and 399 more"), "{shown}");
        column.categories.remove(0);
        column.distinct = Some(2);
        assert_eq!(values(&column), "b, c");
        column.kind = "words".to_owned();
        assert_eq!(values(&column), "2 distinct");
        column.range = Some([0.5, 0.5]);
        assert_eq!(values(&column), "always 0.5");
    }
}
