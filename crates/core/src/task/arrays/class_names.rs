//! The names of the classes of arrays.

use std::collections::HashMap;

use super::files::{ClassNames, Named};
use crate::error::Result;

/// The keys of the classes with their names. If the names fit the keys 0, 1, 2, …, they are for these numbers.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) if the names do not fit the keys, or are not distinct.
pub fn called(
    named: &Named,
    keys: Vec<String>,
    classes: Option<&ClassNames>,
) -> Result<(Vec<String>, Vec<String>)> {
    let distinct = |names: &[String]| check_distinct(names).map_err(|problem| named.error(problem));
    let Some(ClassNames { array, names }) = classes else {
        distinct(&keys)?;
        return Ok((keys.clone(), keys));
    };
    distinct(names)?;
    let numbered: Vec<String> = (0..names.len()).map(|place| place.to_string()).collect();
    if let Some(key) = keys
        .iter()
        .find(|key| !numbered.contains(key) && !names.contains(key))
    {
        let problem = format!(
            "has the class {key:?}, but the array {array:?} has {} names, for the numbers from 0 on; \
             remove it or give a name for every class",
            names.len()
        );
        return Err(named.error(problem));
    }
    let is_numbered = keys.iter().all(|key| numbered.contains(key));
    let all = if is_numbered { numbered } else { names.clone() };
    match all.iter().position(|key| !keys.contains(key)) {
        Some(absent) => Err(named.error(format!(
            "has no row of the class {:?}, which the array {array:?} names; remove the name or add rows",
            names[absent]
        ))),
        None => Ok((all, names.clone())),
    }
}

/// Checks that names of classes are not empty and differ in more than blanks around them, which files of text do not
/// keep.
///
/// # Errors
/// A sentence without subject that names the two classes.
pub fn check_distinct(names: &[String]) -> std::result::Result<(), String> {
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err("has a class with an empty name: give every class a name".to_owned());
    }
    let mut seen = HashMap::new();
    let again = names
        .iter()
        .find_map(|name| Some((seen.insert(name.trim(), name)?, name)));
    match again {
        None => Ok(()),
        Some((one, other)) => Err(format!(
            "has two classes of one name, {one:?} and {other:?}: give every class a name of its own, which differs in \
             more than blanks around it"
        )),
    }
}
