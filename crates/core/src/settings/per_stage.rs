//! One value for all stages, or a list with one for each.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::wording;
use crate::error::{Error, Result};

/// A setting of the outer loop that can have its own value in each stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PerStage<T> {
    /// The same value for every stage.
    Same(T),
    /// One value for each stage, in order.
    Each(Vec<T>),
}

impl<T: Copy> PerStage<T> {
    /// The value for the stage at `index`, counted from 0. If the list is too short, it is the last value;
    /// if the list is empty, `None`.
    pub fn stage(&self, index: usize) -> Option<T> {
        match self {
            Self::Same(value) => Some(*value),
            Self::Each(values) => values.get(index).or(values.last()).copied(),
        }
    }

    /// All values given.
    pub fn values(&self) -> &[T] {
        match self {
            Self::Same(value) => std::slice::from_ref(value),
            Self::Each(values) => values,
        }
    }

    /// Checks that a list has one value for each of `stages` stages.
    ///
    /// # Errors
    /// [`Error::Setting`] for `key` if the list has another length.
    pub fn check_stages(&self, key: &str, stages: usize) -> Result<()> {
        match self {
            Self::Each(values) if values.len() != stages => Err(Error::setting(
                key,
                format!("a list of {}", values.len()),
                format!("there are {stages} stages: give one value for all, or one for each"),
            )),
            _ => Ok(()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerStage<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneOrEach(PhantomData))
    }
}

/// Reads a list as one value per stage, and everything else as one value. So an error describes the value
/// itself. With an untagged enum it would only say that no variant fits.
struct OneOrEach<T>(PhantomData<T>);

impl<T> OneOrEach<T> {
    fn read<'de, D: Deserializer<'de>, V: Deserialize<'de>>(from: D) -> Result<V, D::Error> {
        V::deserialize(from).map_err(|error| {
            D::Error::custom(format!(
                "{}; one value for all stages, or a list with one for each",
                wording::accepted(&error.to_string())
            ))
        })
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrEach<T> {
    type Value = PerStage<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one value for all stages, or a list with one for each")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Self::read(value.into_deserializer()).map(PerStage::Same)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Self::read(value.into_deserializer()).map(PerStage::Same)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Self::read(value.into_deserializer()).map(PerStage::Same)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Self::read(value.into_deserializer()).map(PerStage::Same)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Self::read(value.into_deserializer()).map(PerStage::Same)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Self::read(MapAccessDeserializer::new(map)).map(PerStage::Same)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Self::read(SeqAccessDeserializer::new(list)).map(PerStage::Each)
    }
}
