//! Reads one section of the settings, and checks its keys and the type and range of every value.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_aux::serde_introspection::serde_introspect;
use serde_path_to_error::{Path, Segment};

use super::{Check, home, wording};
use crate::error::{Error, Result};

/// Returns the `kind` that a section names.
///
/// # Errors
/// [`Error::Setting`] if the section has no `kind`, or one that is not among `kinds`.
pub fn kind(path: &str, table: &toml::Table, kinds: &[&str]) -> Result<String> {
    tag(path, "kind", table, kinds)
}

/// Returns the value of `key`, a word that decides which other keys the section has.
///
/// # Errors
/// [`Error::Setting`] if the section does not have `key`, or if its value is not among `words`.
pub fn tag(path: &str, key: &str, table: &toml::Table, words: &[&str]) -> Result<String> {
    let accepted = format!("must be one of {}", words.join(", "));
    let refused =
        |value: String, accepted| Err(Error::setting(format!("{path}.{key}"), value, accepted));
    match table.get(key) {
        Some(toml::Value::String(word)) if words.contains(&word.as_str()) => Ok(word.clone()),
        Some(toml::Value::String(word)) => {
            let near = nearest(word, words.iter().copied());
            let hint = near.map_or_else(String::new, |n| format!("; did you mean {n:?}?"));
            refused(format!("{word:?}"), accepted + &hint)
        }
        Some(other) => refused(other.to_string(), accepted),
        None => refused("(not given)".to_owned(), accepted),
    }
}

/// Reads a section into its type. Errors name a key by its full path and show the value as the user gave
/// it.
///
/// # Errors
/// [`Error::UnknownKey`] for a key that the type does not have, [`Error::Setting`] for a value of the wrong
/// type or out of range.
pub fn section<T: DeserializeOwned + Check>(path: &str, table: &toml::Table) -> Result<T> {
    fields(path, table, &[])
}

/// Reads a section into the type that its `kind` has chosen before.
///
/// # Errors
/// Those of [`section`].
pub fn section_of_kind<T: DeserializeOwned + Check>(path: &str, table: &toml::Table) -> Result<T> {
    let mut table = table.clone();
    table.remove("kind");
    fields(path, &table, &["kind"])
}

/// Reads the fields of a type. `others` are keys that the section may have too; errors suggest them.
fn fields<T: DeserializeOwned + Check>(
    path: &str,
    table: &toml::Table,
    others: &[&str],
) -> Result<T> {
    known::<T>(path, table, others)?;
    checked(path, table, values(path, table)?)
}

/// The keys (field names) of a type.
pub fn of<T: DeserializeOwned>() -> &'static [&'static str] {
    serde_introspect::<T>()
}

/// Reads the keys of a section that a type has. It ignores other keys, and does not check ranges.
///
/// # Errors
/// [`Error::Setting`] for a value of the wrong type.
pub fn part<T: DeserializeOwned>(path: &str, table: &toml::Table) -> Result<T> {
    let mut own = table.clone();
    own.retain(|key, _| of::<T>().contains(&key));
    values(path, &own)
}

/// Returns the settings if every value is in its range. An error shows the value as the section gave it.
///
/// # Errors
/// [`Error::Setting`] for a value out of range.
pub fn checked<T: Check>(path: &str, table: &toml::Table, settings: T) -> Result<T> {
    match settings.check() {
        Ok(()) => Ok(settings),
        Err(error) => Err(placed(error, path, table)),
    }
}

/// Reads the values of a type, without checks of keys and ranges. `~` at the start of paths is expanded.
fn values<T: DeserializeOwned>(path: &str, table: &toml::Table) -> Result<T> {
    let read = |table: &toml::Table| {
        let values = toml::Value::Table(home::with_paths(table));
        serde_path_to_error::deserialize::<_, T>(values)
    };
    read(table).map_err(|error| {
        let field = dotted(error.path());
        let given = given(table, &field).unwrap_or_else(|| toml::Value::from(table.clone()));
        let key = [path, &field].join(".");
        let mut accepted = wording::accepted(&error.inner().to_string());
        if accepted.ends_with(wording::LIST) {
            // A list of a word tells by its error whether the elements are numbers.
            let mut tried = table.clone();
            put(&mut tried, &field, vec![toml::Value::from("a")].into());
            let error = read(&tried).err().map(|error| error.inner().to_string());
            wording::accepted_list(error.as_deref()).clone_into(&mut accepted);
        }
        Error::setting(key.trim_end_matches('.'), given, accepted)
    })
}

/// The dotted key of a value, up to the first list on the path.
fn dotted(path: &Path) -> String {
    let keys = path.iter().map_while(|segment| match segment {
        Segment::Map { key } => Some(key.as_str()),
        _ => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// Puts a value in place of that which a section gives for a dotted field.
fn put(table: &mut toml::Table, field: &str, value: toml::Value) {
    let (first, rest) = field.split_once('.').unwrap_or((field, ""));
    match table.get_mut(first) {
        Some(toml::Value::Table(inner)) if !rest.is_empty() => put(inner, rest, value),
        Some(place) => *place = value,
        None => {}
    }
}

/// The value that a section gives for a dotted field.
fn given(table: &toml::Table, field: &str) -> Option<toml::Value> {
    let (first, rest) = field.split_once('.').unwrap_or((field, ""));
    let value = table.get(first)?;
    match rest {
        "" => Some(value.clone()),
        rest => given(value.as_table()?, rest),
    }
}

/// Replaces the section's name in an error of a check by the section's path, and the value by the one that
/// the user gave.
fn placed(error: Error, path: &str, table: &toml::Table) -> Error {
    let section = path.split('.').next().unwrap_or_default();
    match error {
        Error::Setting {
            key,
            value,
            accepted,
        } => match key.strip_prefix(section).and_then(|k| k.strip_prefix('.')) {
            Some(field) => {
                let given = given(table, field).map_or(value, |value| value.to_string());
                Error::setting(format!("{path}.{field}"), given, accepted)
            }
            None => Error::setting(key, value, accepted),
        },
        other => other,
    }
}

/// A value as it would appear in a settings file.
pub fn shown(value: &impl Serialize) -> String {
    toml::Value::try_from(value).map_or_else(|error| error.to_string(), |value| value.to_string())
}

/// Checks that every table within a section has known keys only. `full` is the section with all of its
/// settings, such as the read settings written as a table again.
///
/// # Errors
/// [`Error::UnknownKey`] for the first unknown key, with the most similar known key.
pub fn nested(path: &str, section: &toml::Table, full: &toml::Table) -> Result<()> {
    for (key, value) in section {
        let (Some(inner), Some(toml::Value::Table(all))) = (value.as_table(), full.get(key)) else {
            continue;
        };
        let path = format!("{path}.{key}");
        let known: Vec<&str> = all.keys().map(String::as_str).collect();
        among(&path, inner, &known, &[])?;
        nested(&path, inner, all)?;
    }
    Ok(())
}

/// Checks that a type has every key of the section. `others` are keys that an error suggests too.
///
/// # Errors
/// [`Error::UnknownKey`] for the first unknown key, with the most similar known key.
pub fn known<T: DeserializeOwned>(path: &str, table: &toml::Table, others: &[&str]) -> Result<()> {
    among(path, table, of::<T>(), others)
}

/// Checks that every key of a section is in `known`. `others` are keys that an error suggests too.
pub(crate) fn among(
    path: &str,
    table: &toml::Table,
    known: &[&str],
    others: &[&str],
) -> Result<()> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let candidates: Vec<&str> = others.iter().chain(known).copied().collect();
            let nearest = nearest(key, candidates.iter().copied());
            Err(Error::UnknownKey {
                key: format!("{path}.{key}"),
                nearest: nearest.map(|near| format!("{path}.{near}")),
                known: candidates.join(", "),
            })
        }
    }
}

/// The candidate that is most similar to `word`, or `None` if no candidate is similar enough.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let similarity = |candidate: &str| {
        // The second measure finds swapped letters in a short word; the first does not.
        strsim::jaro_winkler(word, candidate)
            .max(strsim::normalized_damerau_levenshtein(word, candidate))
    };
    candidates
        .map(|candidate| (similarity(candidate), candidate))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity > 0.6)
        .map(|(_, candidate)| candidate.to_owned())
}
