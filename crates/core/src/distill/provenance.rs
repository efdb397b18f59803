//! What a run is: a checkpoint may be continued by that same run only.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::network::{AnyNetwork, Layout, Slot};
use crate::settings::dotted;
use crate::store::tensor_file::Problem;
use crate::task::Task;

/// Everything that decides a run's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of Retort.
    pub version: String,
    /// Name of the backend, as summaries have it: others round otherwise.
    pub backend: String,
    /// Seed of the run.
    pub seed: u64,
    /// Digest of the task's data, see [`Task::fingerprint`].
    pub fingerprint: String,
    /// Names and shapes of the network's parameters. Settings do not tell networks of one's own
    /// apart.
    pub network: Layout,
    /// The resolved settings as TOML.
    #[serde(with = "as_text")]
    pub settings: toml::Table,
}

impl Provenance {
    /// That of a run of this version, on the backend of that name. `settings` is everything else
    /// that decides its numbers: [`crate::run::Settings`], or with a network of one's own the
    /// [`super::Recipe`] and the network's settings.
    ///
    /// # Errors
    /// Settings that cannot be written as TOML; checked ones always can.
    pub fn new<B: Backend>(
        settings: &impl Serialize,
        task: &Task,
        network: &dyn AnyNetwork<B>,
        backend: &str,
        seed: u64,
    ) -> Result<Self> {
        let settings = toml::Table::try_from(settings).map_err(|error| Error::Toml {
            origin: "settings".to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            backend: backend.to_owned(),
            seed,
            fingerprint: task.fingerprint(),
            network: Layout::clone(network.layout()),
            settings,
        })
    }

    /// Refuses to be continued by a run that differs, with the first difference and a remedy.
    pub(super) fn check(&self, run: &Self) -> Result<(), Problem> {
        if self.version != run.version {
            return Err(format!(
                "it was written by version {} and this is version {}; continue with that version, \
                 or begin a new run",
                self.version, run.version
            ));
        }
        if let Some((key, then, now)) = difference(&self.settings, &run.settings) {
            return Err(format!(
                "{key} was {then} and is now {now}; continue with the settings of that run \
                 (its config.toml), or begin a new run"
            ));
        }
        if self.seed != run.seed {
            return Err(format!(
                "its seed was {} and is now {}; continue with --seed {}, or begin a new run",
                self.seed, run.seed, self.seed
            ));
        }
        if self.fingerprint != run.fingerprint {
            return Err(format!(
                "the task's data had fingerprint {} and now have {}; restore the data, or begin a \
                 new run",
                self.fingerprint, run.fingerprint
            ));
        }
        if let Some((then, now)) = other_network(&self.network, &run.network) {
            return Err(format!(
                "its network had {then}, and this one has {now}; continue with that network, or \
                 begin a new run"
            ));
        }
        if self.backend != run.backend {
            return Err(format!(
                "it was written on the backend {} and this is {}, which rounds otherwise; continue \
                 on {}, or begin a new run",
                self.backend, run.backend, self.backend
            ));
        }
        Ok(())
    }
}

/// What two networks differ in, in words.
fn other_network(then: &Layout, now: &Layout) -> Option<(String, String)> {
    let shown = |slot: &Slot| format!("a parameter {} of shape {:?}", slot.name, slot.shape);
    let count = |layout: &Layout| format!("{} parameters", layout.slots().len());
    let mut pairs = then.slots().iter().zip(now.slots());
    match pairs.find(|(then, now)| then != now) {
        Some((then, now)) => Some((shown(then), shown(now))),
        None if then == now => None,
        None => Some((count(then), count(now))),
    }
}

/// The first setting, in the run's order, that the two tables have different values of.
fn difference(then: &toml::Table, now: &toml::Table) -> Option<(String, String, String)> {
    let mut differing = dotted::changes(then, now)
        .into_iter()
        .chain(dotted::changes(now, then));
    // How sets are scored decides nothing of a state, and older ones have the settings of every protocol.
    let first = differing.find(|(key, _)| !key.starts_with("evaluate."));
    let shown = |(key, _): (String, toml::Value)| {
        let (then, now) = (dotted::shown(then, &key), dotted::shown(now, &key));
        (key, then, now)
    };
    first.map(shown)
}

/// A table as TOML text: JSON cannot tell 1 from 1.0.
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::wording::told;
    use serde_json::{Value, json};

    fn network(layout: Value) -> Layout {
        serde_json::from_value(layout).unwrap()
    }

    fn run(settings: &str) -> Provenance {
        Provenance {
            version: "1".to_owned(),
            backend: "flex".to_owned(),
            seed: 3,
            fingerprint: "ab".to_owned(),
            network: network(json!([{"name": "weight", "shape": [2, 3]}])),
            settings: settings.parse().unwrap(),
        }
    }

    #[test]
    fn the_first_setting_that_differs_is_named_with_both_values() {
        let then = run("[distill]\nsteps = 5\nrate = 0.1\n[[objective]]\nkind = \"a\"\n");
        let refusal = |settings| told(then.check(&run(settings)).unwrap_err());
        let steps = refusal("[distill]\nsteps = 6\nrate = 0.2\n[[objective]]\nkind = \"a\"\n");
        assert!(steps.starts_with("distill.steps "), "{steps}");
        let kind = refusal("[distill]\nsteps = 5\nrate = 0.1\n[[objective]]\nkind = \"b\"\n");
        assert!(kind.starts_with("objective.0.kind "), "{kind}");
        let gone = refusal("[distill]\nsteps = 5\n[[objective]]\nkind = \"a\"\n");
        assert!(gone.starts_with("distill.rate "), "{gone}");
        assert!(then.check(&then).is_ok());
        let scored = format!("{}\n[evaluate]\nsteps = 3\n", then.settings);
        assert!(run(&scored).check(&then).is_ok());
    }

    #[test]
    fn version_backend_seed_and_data_must_be_the_same() {
        let then = run("");
        let refusal = |change: fn(&mut Provenance)| {
            let mut now = then.clone();
            change(&mut now);
            told(then.check(&now).unwrap_err())
        };
        assert!(refusal(|now| now.version = "2".to_owned()).contains("1"));
        assert!(refusal(|now| now.seed = 4).contains("--seed 3"));
        assert!(refusal(|now| now.fingerprint = "cd".to_owned()).contains("ab"));
        let other = refusal(|now| now.backend = "ndarray".to_owned());
        assert!(other.contains("flex") && other.contains("ndarray"));
    }

    #[test]
    fn the_network_must_be_the_same_where_settings_do_not_tell() {
        let then = run("");
        for (layout, named) in [
            (
                json!([{"name": "weight", "shape": [2, 4]}]),
                ["weight", "[2, 3]", "[2, 4]"],
            ),
            (
                json!([{"name": "gate", "shape": [2, 3]}]),
                ["weight", "gate", "[2, 3]"],
            ),
            (
                json!([{"name": "weight", "shape": [2, 3]}, {"name": "bias", "shape": [3]}]),
                ["1", "2", ""],
            ),
        ] {
            let mut now = then.clone();
            now.network = network(layout);
            let refused = told(then.check(&now).unwrap_err());
            for name in named {
                assert!(refused.contains(name), "{refused}");
            }
        }
    }
}
