//! The inputs of a stored computation. They are compared before the stored result is reused.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};
use toml::Table;

use crate::error::Result;
use crate::network::{Layout, Slot};
use crate::settings::{dotted, table};
use crate::task::Task;

/// Everything that determines the numbers of a computation on a task with a network, except the seed
/// and the backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Version of Retort.
    pub version: String,
    /// Digest of the task's data, see [`Task::fingerprint`].
    pub fingerprint: String,
    /// Names and shapes of the network's parameters. They tell networks apart that have no settings,
    /// such as those a user of the library writes.
    pub network: Layout,
    /// The settings that affect the numbers.
    #[serde(with = "as_text")]
    pub settings: Table,
}

/// The first difference between two computations, with the stored and the present value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The versions of Retort.
    Version(String, String),
    /// A setting: its key, the stored value and the present one.
    Setting(String, String, String),
    /// The fingerprints of the data.
    Data(String, String),
    /// The networks, as descriptions for a message.
    Network(String, String),
}

impl Display for Difference {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(then, now) => {
                write!(
                    to,
                    "it was written by version {then}, and this is version {now}"
                )
            }
            Self::Setting(key, then, now) => write!(to, "{key} was {then} and is now {now}"),
            Self::Data(then, now) => write!(
                to,
                "the task's data had fingerprint {then} and now have {now}"
            ),
            Self::Network(then, now) => {
                write!(to, "its network had {then}, and this one has {now}")
            }
        }
    }
}

impl Identity {
    /// Identity of a computation by this version of Retort.
    ///
    /// # Errors
    /// [`Error::Toml`](crate::Error::Toml) if `settings` cannot be written as TOML; checked settings always can.
    pub fn new(settings: &impl Serialize, task: &Task, network: &Layout) -> Result<Self> {
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: task.fingerprint(),
            network: network.clone(),
            settings: table(settings)?,
        })
    }

    /// Returns the first difference to the present identity `now`, or `None` if they are equal.
    pub fn difference(&self, now: &Self) -> Option<Difference> {
        if self.version != now.version {
            return Some(Difference::Version(
                self.version.clone(),
                now.version.clone(),
            ));
        }
        if let Some((key, then, is)) = setting(&self.settings, &now.settings) {
            return Some(Difference::Setting(key, then, is));
        }
        if self.fingerprint != now.fingerprint {
            let (then, is) = (&self.fingerprint, &now.fingerprint);
            return Some(Difference::Data(then.clone(), is.clone()));
        }
        let (then, is) = network(&self.network, &now.network)?;
        Some(Difference::Network(then, is))
    }
}

/// Descriptions of the first parameter in which two networks differ, or `None` if they are equal.
fn network(then: &Layout, now: &Layout) -> Option<(String, String)> {
    let shown = |slot: &Slot| format!("a parameter {} of shape {:?}", slot.name, slot.shape);
    let count = |layout: &Layout| format!("{} parameters", layout.slots().len());
    let mut pairs = then.slots().iter().zip(now.slots());
    match pairs.find(|(then, now)| then != now) {
        Some((then, now)) => Some((shown(then), shown(now))),
        None if then == now => None,
        None => Some((count(then), count(now))),
    }
}

/// The first setting whose value has changed, with both values; keys of `then` come first.
fn setting(then: &Table, now: &Table) -> Option<(String, String, String)> {
    let mut differing = dotted::changes(then, now)
        .into_iter()
        .chain(dotted::changes(now, then));
    // How sets are scored does not affect what is stored. Older versions also stored the settings of
    // every protocol.
    let first = differing.find(|(key, _)| !key.starts_with("evaluate."));
    let shown = |(key, _): (String, toml::Value)| {
        let (then, now) = (dotted::shown(then, &key), dotted::shown(now, &key));
        (key, then, now)
    };
    first.map(shown)
}

/// Stores a table as TOML text, since JSON does not distinguish 1 from 1.0.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _, ser::Error as _};

    pub fn serialize<S: Serializer>(table: &toml::Table, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&toml::to_string(table).map_err(S::Error::custom)?)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<toml::Table, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}
