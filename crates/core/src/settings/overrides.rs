//! `--set key=value`: replaces one setting of a preset or file.

use std::iter::Peekable;

use toml::{Table, Value};

use super::dotted;
use crate::error::{Error, Result};

/// Puts `key=value` into the table.
///
/// The key is dotted; a part of it may be in quotes, as in `task.types."Sample Number"`. In a list of objectives it may contain the index of a stage, counted from 0
/// (`objective.1.penalty`); without an index, the first stage is meant. A single objective counts as a list of
/// one. The value is TOML; a value that is not valid TOML is taken as a string.
///
/// # Errors
/// [`Error::Setting`] if the text is not of the form `SECTION.KEY=VALUE`, if there is no stage with the
/// index, or if the key goes through a value that is not a table.
pub fn apply(table: &mut Table, assignment: &str) -> Result<()> {
    let malformed = || {
        Error::setting(
            "--set",
            assignment,
            "must look like key=value, such as task.dim=128",
        )
    };
    let (key, parts, value) = split(assignment).ok_or_else(malformed)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(malformed());
    }
    let (last, path) = parts.split_last().ok_or_else(malformed)?;
    if path.is_empty() {
        let accepted = "must name a section and a setting, such as task.dim=128";
        return Err(Error::setting("--set", assignment, accepted));
    }
    let stages = |count: usize| {
        let stages = if count == 1 {
            "is 1 stage"
        } else {
            &format!("are {count} stages")
        };
        Error::setting(key, value, format!("there {stages}, counted from 0"))
    };
    let mut place = table;
    let mut path = path.iter().peekable();
    while let Some(part) = path.next() {
        let entry = place
            .entry(*part)
            .or_insert_with(|| Value::Table(Table::new()));
        place = match entry {
            Value::Table(inner) => {
                if *part == "objective" && index(&mut path).is_some_and(|stage| stage > 0) {
                    return Err(stages(1));
                }
                inner
            }
            Value::Array(list) => {
                let count = list.len();
                match list.get_mut(index(&mut path).unwrap_or(0)) {
                    Some(Value::Table(stage)) => stage,
                    _ => return Err(stages(count)),
                }
            }
            _ => {
                return Err(Error::setting(
                    key,
                    value,
                    format!("`{part}` has no settings below it"),
                ));
            }
        };
    }
    place.insert((*last).to_owned(), parse(value.trim()));
    Ok(())
}

/// The key of an assignment, its parts and its value. A key with quotes may have an equals sign in them.
fn split(assignment: &str) -> Option<(&str, Vec<String>, &str)> {
    let (first, value) = assignment.split_once('=')?;
    if !first.contains(['"', '\'']) {
        return Some((first, dotted::parts(first)?, value));
    }
    let mut signs = assignment.match_indices('=');
    let quoted = signs.find_map(|(at, _)| {
        let (key, value) = (&assignment[..at], &assignment[at + 1..]);
        Some((key, dotted::parts(key)?, value))
    });
    // A quote may also be a character of a plain name.
    let plain = || first.trim().split('.').map(str::to_owned).collect();
    Some(quoted.unwrap_or_else(|| (first, plain(), value)))
}

/// Takes the next part of a key if it is an index.
fn index<'a>(path: &mut Peekable<impl Iterator<Item = &'a &'a str>>) -> Option<usize> {
    let index = path.peek()?.parse().ok()?;
    path.next();
    Some(index)
}

fn parse(text: &str) -> Value {
    let document = format!("value = {text}");
    let parsed = document
        .parse::<Table>()
        .ok()
        .filter(|table| table.len() == 1);
    parsed
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::told;

    fn after(text: &str, assignment: &str) -> Result<String> {
        let mut table: Table = text.parse().unwrap_or_default();
        apply(&mut table, assignment)?;
        Ok(table.to_string())
    }

    #[test]
    fn values_are_toml_or_words() {
        assert_eq!(after("", "task.dim=128").unwrap(), "[task]\ndim = 128\n");
        assert_eq!(
            after("", "task.link=cubic").unwrap(),
            "[task]\nlink = \"cubic\"\n"
        );
        assert_eq!(
            after("", "task.path=../a b").unwrap(),
            "[task]\npath = \"../a b\"\n"
        );
        assert_eq!(after("", "a.b=[1, 2]").unwrap(), "[a]\nb = [1, 2]\n");
        assert_eq!(
            after("", "a.b.\"Body = mass\" = number").unwrap(),
            "[a.b]\n\"Body = mass\" = \"number\"\n"
        );
    }

    #[test]
    fn a_list_of_objectives_takes_an_index() {
        let two = "[[objective]]\nkind = \"a\"\n[[objective]]\nkind = \"b\"\n";
        assert!(
            after(two, "objective.1.ridge=0.5")
                .unwrap()
                .ends_with("\"b\"\nridge = 0.5\n")
        );
        assert!(
            after(two, "objective.kind=c")
                .unwrap()
                .starts_with("[[objective]]\nkind = \"c\"")
        );
        assert!(after(two, "objective.7.kind=c").is_err());
        let one = "[objective]\nkind = \"a\"\n";
        for key in ["objective.x", "objective.0.x"] {
            let expected = "[objective]\nkind = \"a\"\nx = 1\n";
            assert_eq!(after(one, &format!("{key}=1")).unwrap(), expected);
        }
        let error = told(after(one, "objective.1.x=1").unwrap_err());
        assert!(error.starts_with("objective.1.x = 1: "), "{error}");
    }

    #[test]
    fn what_is_no_assignment_is_refused() {
        for text in ["dim", "=3", "task.=3", "dim=3"] {
            assert!(after("", text).is_err(), "{text}");
        }
    }
}
