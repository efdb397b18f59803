//! Reading one section of the settings: every key is known, every value has its type and range.

use serde::de::DeserializeOwned;
use serde_aux::serde_introspection::serde_introspect;

use super::Check;
use crate::error::{Error, Result};

/// The kind that a section names.
///
/// # Errors
/// The section has no `kind`, or one that is not among `kinds`.
pub fn kind(path: &str, table: &toml::Table, kinds: &[&str]) -> Result<String> {
    let accepted = || format!("must be one of {}", kinds.join(", "));
    match table.get("kind") {
        Some(toml::Value::String(kind)) if kinds.contains(&kind.as_str()) => Ok(kind.clone()),
        Some(toml::Value::String(kind)) => {
            let near = nearest(kind, kinds.iter().copied());
            let hint = near.map_or_else(String::new, |n| format!("; did you mean {n:?}?"));
            Err(Error::setting(
                format!("{path}.kind"),
                format!("{kind:?}"),
                accepted() + &hint,
            ))
        }
        Some(other) => Err(Error::setting(format!("{path}.kind"), other, accepted())),
        None => Err(Error::setting(
            format!("{path}.kind"),
            "(not given)",
            accepted(),
        )),
    }
}

/// Reads a section into its type: unknown keys, wrong types and values out of range are errors that
/// name the key.
///
/// # Errors
/// See above.
pub fn section<T: DeserializeOwned + Check>(path: &str, table: &toml::Table) -> Result<T> {
    let mut table = table.clone();
    table.remove("kind");
    known::<T>(path, &table)?;
    let values = toml::Value::Table(table.clone());
    let read: T = serde_path_to_error::deserialize(values).map_err(|error| {
        let field = error.path().to_string();
        let first = field.split(['.', '[']).next().unwrap_or_default();
        let value = table
            .get(first)
            .map_or_else(|| "(not given)".to_owned(), ToString::to_string);
        let message = error.inner().to_string();
        let cause = message.lines().next().unwrap_or_default().to_owned();
        let key = if field == "." {
            path.to_owned()
        } else {
            format!("{path}.{field}")
        };
        Error::setting(key, value, cause)
    })?;
    read.check()?;
    Ok(read)
}

/// Refuses a key that the type does not have.
///
/// # Errors
/// [`Error::UnknownKey`] with the nearest key that it has.
pub fn known<T: DeserializeOwned>(path: &str, table: &toml::Table) -> Result<()> {
    let known = serde_introspect::<T>();
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let candidates = known.iter().copied().chain(["kind"]);
            let nearest = nearest(key, candidates).map(|near| format!("{path}.{near}"));
            let key = format!("{path}.{key}");
            Err(Error::UnknownKey { key, nearest })
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
