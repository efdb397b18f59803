//! `--set key=value`: one setting put over those of a preset or file.

use toml::{Table, Value};

use crate::error::{Error, Result};

/// Puts `key=value` into the table. The key is dotted; a list of objectives takes an index
/// (`objective.1.ridge`), without which the first is meant. The value is TOML, or a plain word.
///
/// # Errors
/// The text has no `=`, no key, or runs into a value that is not a table.
pub fn apply(table: &mut Table, assignment: &str) -> Result<()> {
    let malformed = || {
        Error::setting(
            "--set",
            assignment,
            "must look like key=value, such as task.dim=128",
        )
    };
    let (key, value) = assignment.split_once('=').ok_or_else(malformed)?;
    let parts: Vec<&str> = key.trim().split('.').collect();
    let (last, path) = parts.split_last().ok_or_else(malformed)?;
    if parts.iter().any(|part| part.is_empty()) {
        return Err(malformed());
    }
    if path.is_empty() {
        let accepted = "must name a section and a setting, such as task.dim=128";
        return Err(Error::setting("--set", assignment, accepted));
    }
    let mut place = table;
    let mut path = path.iter().peekable();
    while let Some(part) = path.next() {
        let entry = place
            .entry(*part)
            .or_insert_with(|| Value::Table(Table::new()));
        place = match entry {
            Value::Table(inner) => inner,
            Value::Array(stages) => {
                let index = path.peek().and_then(|part| part.parse::<usize>().ok());
                if index.is_some() {
                    path.next();
                }
                let count = stages.len();
                match stages.get_mut(index.unwrap_or(0)) {
                    Some(Value::Table(stage)) => stage,
                    _ => {
                        let accepted = format!("there are {count} stages, counted from 0");
                        return Err(Error::setting(key, value, accepted));
                    }
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
    }

    #[test]
    fn what_is_no_assignment_is_refused() {
        for text in ["dim", "=3", "task.=3", "dim=3"] {
            assert!(after("", text).is_err(), "{text}");
        }
    }
}
