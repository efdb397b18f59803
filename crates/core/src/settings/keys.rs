//! Reading one section of the settings: every key is known, every value has its type and range.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_aux::serde_introspection::serde_introspect;
use serde_path_to_error::{Path, Segment};

use super::{Check, wording};
use crate::error::{Error, Result};

/// The kind that a section names.
///
/// # Errors
/// The section has no `kind`, or one that is not among `kinds`.
pub fn kind(path: &str, table: &toml::Table, kinds: &[&str]) -> Result<String> {
    tag(path, "kind", table, kinds)
}

/// The word of a section that decides which other keys it has.
///
/// # Errors
/// The section has no such key, or a word that is not among `words`.
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

/// Reads a section into its type: unknown keys, wrong types and values out of range are errors that
/// name the key by its path and show the value as it was given.
///
/// # Errors
/// See above.
pub fn section<T: DeserializeOwned + Check>(path: &str, table: &toml::Table) -> Result<T> {
    fields(path, table, &[])
}

/// Reads a section whose `kind`, read before, chose the type.
///
/// # Errors
/// Those of [`section`].
pub fn section_of_kind<T: DeserializeOwned + Check>(path: &str, table: &toml::Table) -> Result<T> {
    let mut table = table.clone();
    table.remove("kind");
    fields(path, &table, &["kind"])
}

/// Reads a type's fields. `others` are keys that the section has besides.
fn fields<T: DeserializeOwned + Check>(
    path: &str,
    table: &toml::Table,
    others: &[&str],
) -> Result<T> {
    known::<T>(path, table, others)?;
    checked(path, table, values(path, table)?)
}

/// The keys of a type.
pub fn of<T: DeserializeOwned>() -> &'static [&'static str] {
    serde_introspect::<T>()
}

/// Reads those keys of a section that a type has; the others are not looked at, nor are ranges.
///
/// # Errors
/// A value of the wrong type.
pub fn part<T: DeserializeOwned>(path: &str, table: &toml::Table) -> Result<T> {
    let mut own = table.clone();
    own.retain(|key, _| of::<T>().contains(&key));
    values(path, &own)
}

/// Settings whose values are in their ranges, or the error that shows what was given in the section.
///
/// # Errors
/// A value out of its range.
pub fn checked<T: Check>(path: &str, table: &toml::Table, settings: T) -> Result<T> {
    match settings.check() {
        Ok(()) => Ok(settings),
        Err(error) => Err(placed(error, path, table)),
    }
}

/// Reads a type's values.
fn values<T: DeserializeOwned>(path: &str, table: &toml::Table) -> Result<T> {
    let values = toml::Value::Table(table.clone());
    serde_path_to_error::deserialize(values).map_err(|error| {
        let field = dotted(error.path());
        let given = given(table, &field).unwrap_or_else(|| toml::Value::from(table.clone()));
        let key = [path, &field].join(".");
        Error::setting(
            key.trim_end_matches('.'),
            given,
            wording::accepted(&error.inner().to_string()),
        )
    })
}

/// The keys on the way to a value; the places in a list are left away.
fn dotted(path: &Path) -> String {
    let keys = path.iter().map_while(|segment| match segment {
        Segment::Map { key } => Some(key.as_str()),
        _ => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// What was given for a dotted field of a section.
fn given(table: &toml::Table, field: &str) -> Option<toml::Value> {
    let (first, rest) = field.split_once('.').unwrap_or((field, ""));
    let value = table.get(first)?;
    match rest {
        "" => Some(value.clone()),
        rest => given(value.as_table()?, rest),
    }
}

/// An error of a check, which knows its section's name only, with the section's path and the value
/// as it was given.
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

/// A value as it would stand in a settings file.
pub fn shown(value: &impl Serialize) -> String {
    toml::Value::try_from(value).map_or_else(|error| error.to_string(), |value| value.to_string())
}

/// Refuses a key that the type does not have. `others` are keys that the section has besides.
///
/// # Errors
/// [`Error::UnknownKey`] with the nearest key that it has.
pub fn known<T: DeserializeOwned>(path: &str, table: &toml::Table, others: &[&str]) -> Result<()> {
    let known = of::<T>();
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

/// The candidate most like `word`, unless even that one is unlike it.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let likeness = |candidate: &str| {
        // The second sees letters that changed places in a short word, which the first does not.
        strsim::jaro_winkler(word, candidate)
            .max(strsim::normalized_damerau_levenshtein(word, candidate))
    };
    candidates
        .map(|candidate| (likeness(candidate), candidate))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.6)
        .map(|(_, candidate)| candidate.to_owned())
}
