//! `synthetic.per_class`: a number of points for every class, or one for each by its name.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::settings::{keys, range};

const KEY: &str = "synthetic.per_class";
/// Largest number of names that an error lists.
const SHOWN: usize = 30;

/// Numbers of points of the classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PerClass {
    /// The same number for every class.
    Same(usize),
    /// A number for each class, by name.
    Named(BTreeMap<String, usize>),
}

impl From<usize> for PerClass {
    fn from(count: usize) -> Self {
        Self::Same(count)
    }
}

impl PerClass {
    /// The number of points of every class, if it is one number.
    pub fn same(&self) -> Option<usize> {
        match self {
            Self::Same(count) => Some(*count),
            Self::Named(_) => None,
        }
    }

    /// Checks that every number is at least 1.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Self::Same(count) => range::count(KEY, *count, 1..=usize::MAX),
            Self::Named(counts) => counts.iter().try_for_each(|(name, count)| {
                range::count(&format!("{KEY}.{name}"), *count, 1..=usize::MAX)
            }),
        }
    }

    /// The numbers of points of the classes with these names, in their order.
    ///
    /// # Errors
    /// [`Error::Setting`] if a name is not one of a class, or a class has no number.
    pub(super) fn counts(&self, classes: &[String]) -> Result<Vec<usize>> {
        let counts = match self {
            Self::Same(count) => return Ok(vec![*count; classes.len()]),
            Self::Named(counts) => counts,
        };
        let list = || {
            let some: Vec<&str> = classes.iter().take(SHOWN).map(String::as_str).collect();
            let more = if classes.len() > SHOWN { ", …" } else { "" };
            format!("{}{more}", some.join(", "))
        };
        if let Some((name, count)) = counts.iter().find(|(name, _)| !classes.contains(name)) {
            let near = keys::nearest(name, classes.iter().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
            let accepted = format!(
                "the task has no class {name:?}: its classes are {}{hint}",
                list()
            );
            return Err(Error::setting(format!("{KEY}.{name}"), count, accepted));
        }
        let of = |name: &String| counts.get(name).copied();
        match classes.iter().find(|name| of(name).is_none()) {
            None => Ok(classes.iter().filter_map(of).collect()),
            Some(missing) => Err(Error::setting(
                KEY,
                keys::shown(counts),
                format!(
                    "gives class {missing:?} no number: give one for each of the classes {}",
                    list()
                ),
            )),
        }
    }
}

impl<'de> Deserialize<'de> for PerClass {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneOrNamed)
    }
}

struct OneOrNamed;

impl<'de> Visitor<'de> for OneOrNamed {
    type Value = PerClass;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("a whole number, 0 or above, or a table with one for each class by its name")
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        usize::deserialize(value.into_deserializer()).map(PerClass::Same)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        usize::deserialize(value.into_deserializer()).map(PerClass::Same)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(PerClass::Named)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wording::told;

    #[derive(Debug, Deserialize, Serialize)]
    struct Section {
        per_class: PerClass,
    }

    fn read(text: &str) -> PerClass {
        toml::from_str::<Section>(text).unwrap().per_class
    }

    #[test]
    fn it_is_a_number_or_a_table_and_is_written_as_it_was_read() {
        let classes = ["b", "a"].map(str::to_owned);
        assert_eq!(read("per_class = 3").counts(&classes).unwrap(), [3, 3]);
        let named = read("per_class = { a = 1, b = 2 }");
        assert_eq!(named.counts(&classes).unwrap(), [2, 1]);
        assert_eq!(named.same(), None);
        let text = toml::to_string(&Section { per_class: named }).unwrap();
        assert_eq!(text, "[per_class]\na = 1\nb = 2\n");
    }

    #[test]
    fn names_must_be_those_of_the_classes() {
        let classes = ["setosa", "virginica"].map(str::to_owned);
        let refused = |text: &str| told(read(text).counts(&classes).unwrap_err());
        let unknown = refused("per_class = { setosa = 1, virginca = 2 }");
        for named in ["virginca = 2", "\"virginica\"", "setosa"] {
            assert!(unknown.contains(named), "{unknown}");
        }
        let missing = refused("per_class = { setosa = 1 }");
        assert!(missing.contains("\"virginica\""), "{missing}");
        let zero = read("per_class = { setosa = 0 }").check().unwrap_err();
        assert!(told(zero).contains("synthetic.per_class.setosa = 0"));
    }
}
