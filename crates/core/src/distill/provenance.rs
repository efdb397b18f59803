//! The provenance of a checkpoint. Only the same run may continue from it.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::identity::{Difference, Identity};
use crate::network::AnyNetwork;
use crate::store::tensor_file::Reason;
use crate::task::Task;

/// Everything that determines a run's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version, data, network and settings.
    #[serde(flatten)]
    pub identity: Identity,
    /// Name of the backend, as in summaries. Backends round differently.
    pub backend: String,
    /// Seed of the run.
    pub seed: u64,
}

impl Provenance {
    /// Provenance of a run by this version of Retort. `settings` must contain everything else that
    /// determines the numbers: [`crate::run::Settings`], or for a network outside of the library the
    /// [`super::Recipe`] and the network's settings.
    ///
    /// # Errors
    /// [`Error::Toml`](crate::Error::Toml) if `settings` cannot be written as TOML; checked settings
    /// always can.
    pub fn new<B: Backend>(
        settings: &impl Serialize,
        task: &Task,
        network: &dyn AnyNetwork<B>,
        backend: &str,
        seed: u64,
    ) -> Result<Self> {
        Ok(Self {
            identity: Identity::new(settings, task, network.layout())?,
            backend: backend.to_owned(),
            seed,
        })
    }

    /// Checks that `run` may continue this one. The error names the first difference and a remedy.
    pub(super) fn check(&self, run: &Self) -> Result<(), Reason> {
        if let Some(difference) = self.identity.difference(&run.identity) {
            let remedy = match &difference {
                Difference::Version(..) => "continue with that version",
                Difference::Setting(..) => {
                    "continue with the settings of that run (its config.toml)"
                }
                Difference::Data(..) => "restore the data",
                Difference::Network(..) => "continue with that network",
            };
            return Err(format!("{difference}; {remedy}, or begin a new run"));
        }
        if self.seed != run.seed {
            return Err(format!(
                "its seed was {} and is now {}; continue with --seed {}, or begin a new run",
                self.seed, run.seed, self.seed
            ));
        }
        if self.backend != run.backend {
            return Err(format!(
                "it was written on the backend {} and this is {}, which rounds differently; continue \
                 on {}, or begin a new run",
                self.backend, run.backend, self.backend
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::network::Layout;
    use crate::wording::told;
    use serde_json::{Value, json};

    fn network(layout: Value) -> Layout {
        serde_json::from_value(layout).unwrap()
    }

    fn run(settings: &str) -> Provenance {
        Provenance {
            identity: Identity {
                version: "1".to_owned(),
                fingerprint: "ab".to_owned(),
                network: network(json!([{"name": "weight", "shape": [2, 3]}])),
                settings: settings.parse().unwrap(),
            },
            backend: "flex".to_owned(),
            seed: 3,
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
        let scored = format!("{}\n[evaluate]\nsteps = 3\n", then.identity.settings);
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
        assert!(refusal(|now| now.identity.version = "2".to_owned()).contains("1"));
        assert!(refusal(|now| now.seed = 4).contains("--seed 3"));
        assert!(refusal(|now| now.identity.fingerprint = "cd".to_owned()).contains("ab"));
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
            now.identity.network = network(layout);
            let refused = told(then.check(&now).unwrap_err());
            for name in named {
                assert!(refused.contains(name), "{refused}");
            }
        }
    }
}
