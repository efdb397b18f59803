//! Settings of the evaluation.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::judge::JudgeNames;
use super::protocol::{Protocol, ScoringAugmentation};
use crate::augment::{AugmentSettings, Augmentation, NONE};
use crate::error::{Error, Result};
use crate::network::AnyNetwork;
use crate::settings::{Check, keys, range};
use crate::shape::InputShape;

/// The section's name.
const SECTION: &str = "evaluate";

/// The key that chooses the protocol.
const PROTOCOL: &str = "protocol";

/// The part of the task that scores are taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoredOn {
    /// The test part (default), for scores to report.
    #[default]
    Test,
    /// The validation part, for scores to choose settings by.
    Validation,
}

/// Settings of the evaluation: those that every protocol reads, and the protocol with its own settings.
/// In a settings file they are all keys of the section `evaluate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table")]
pub struct EvaluateSettings {
    /// Number of fresh networks that a score is the mean of, at least 1. Default: 5.
    pub runs: usize,
    /// Largest number of fresh networks for the score `full`, whose trainings are the longest. Default:
    /// `runs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_runs: Option<usize>,
    /// The part of the task that scores are taken on.
    pub on: ScoredOn,
    /// Whether the baselines are scored too. Default: true.
    pub baselines: bool,
    /// Names of the judges, of [`JUDGES`](super::JUDGES), `network` or `all`. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<String>,
    /// The protocol by which networks are trained.
    #[serde(flatten)]
    pub protocol: Protocol,
}

/// The settings that every protocol reads.
#[derive(Deserialize)]
#[serde(default)]
struct Shared {
    runs: usize,
    full_runs: Option<usize>,
    on: ScoredOn,
    baselines: bool,
    judges: Vec<String>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            runs: 5,
            full_runs: None,
            on: ScoredOn::Test,
            baselines: true,
            judges: Vec::new(),
        }
    }
}

impl Shared {
    fn with(self, protocol: Protocol) -> EvaluateSettings {
        let Self {
            runs,
            full_runs,
            on,
            baselines,
            judges,
        } = self;
        EvaluateSettings {
            runs,
            full_runs,
            on,
            baselines,
            judges,
            protocol,
        }
    }
}

impl Default for EvaluateSettings {
    fn default() -> Self {
        Shared::default().with(Protocol::default())
    }
}

impl TryFrom<Table> for EvaluateSettings {
    type Error = Error;

    fn try_from(section: Table) -> Result<Self> {
        Self::read(&section)
    }
}

impl EvaluateSettings {
    /// Reads the section `evaluate` and checks it.
    ///
    /// # Errors
    /// [`Error::Setting`] if the protocol is unknown, if a key belongs to another protocol, or if a value
    /// has the wrong type or is out of range; [`Error::UnknownKey`] if no protocol has a key.
    pub fn read(section: &Table) -> Result<Self> {
        let name = match section.contains_key(PROTOCOL) {
            true => keys::tag(SECTION, PROTOCOL, section, &Protocol::NAMES)?,
            false => Protocol::default().name().to_owned(),
        };
        for (key, value) in section {
            if !is_read(key, &name) {
                return Err(unread(key, value, &name));
            }
        }
        let shared: Shared = keys::part(SECTION, section)?;
        let settings = shared.with(Protocol::read(&name, section)?);
        keys::checked(SECTION, section, settings)
    }

    /// Removes the keys that only protocols other than `protocol` read. Keys that no protocol has stay,
    /// and an unknown protocol changes nothing, so that [`Self::read`] still refuses them.
    pub fn drop_unread(section: &mut Table, protocol: &str) {
        if Protocol::NAMES.contains(&protocol) {
            section.retain(|key, _| is_read(key, protocol) || readers(key).is_empty());
        }
    }

    /// Removes the keys that the protocol of a stored run does not read: versions up to 0.1.0 stored the
    /// settings of every protocol.
    pub fn drop_unread_of_stored(section: &mut Table) {
        let own = section.get(PROTOCOL).and_then(Value::as_str);
        let own = own.unwrap_or(Protocol::default().name()).to_owned();
        Self::drop_unread(section, &own);
    }

    /// Returns the augmentation of the evaluation's trainings, for inputs of this shape.
    ///
    /// # Errors
    /// [`Error::Setting`] if there is an augmentation but the inputs are not pictures.
    pub fn augmentation(
        &self,
        augment: &AugmentSettings,
        inputs: InputShape,
    ) -> Result<Augmentation> {
        match self.protocol.options().map(|options| options.augment) {
            None | Some(ScoringAugmentation::None) => Ok(NONE.clone()),
            Some(ScoringAugmentation::Operations) => augment.augmentation(inputs),
            Some(ScoringAugmentation::Condensation) => inputs
                .picture_for("evaluate.augment", "\"condensation\"")
                .map(Augmentation::condensation),
        }
    }

    /// Whether networks are trained on the set with the step size stored in it.
    pub fn learned_step_size(&self) -> bool {
        let options = self.protocol.options();
        options.is_some_and(|options| options.learned_step_size)
    }

    /// Returns a remark for the user if the protocol ignores some of a set's `labels` readout labels.
    pub fn remark_on_labels(&self, labels: usize) -> Option<String> {
        let unread = self.protocol.unread_labels(labels);
        (unread > 0).then(|| match self.protocol {
            Protocol::Transfer(_) => format!(
                "evaluate.protocol = \"transfer\" fits readouts on the training part and ignores the set's \
                 {unread} readout labels, which belong to the target that the set was made for"
            ),
            _ => format!(
                "evaluate.protocol = {:?} trains on the points alone and ignores the set's {unread} readout \
                 labels: give \"feature-step\" to score points and labels",
                self.protocol.name()
            ),
        })
    }

    /// Refuses a network that the protocol cannot train.
    ///
    /// # Errors
    /// Those of [`Protocol::fits`].
    pub fn fits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> Result<()> {
        self.protocol.fits(network)
    }
}

impl Check for EvaluateSettings {
    fn check(&self) -> Result<()> {
        range::count("evaluate.runs", self.runs, 1..=range::MOST)?;
        if let Some(runs) = self.full_runs {
            range::count("evaluate.full_runs", runs, 1..=range::MOST)?;
        }
        JudgeNames::read(&self.judges)?;
        if matches!(self.protocol, Protocol::Transfer(_)) && !self.judges.is_empty() {
            let accepted = "judges learn the set's own targets, but evaluate.protocol = \"transfer\" scores \
                            the set for other targets: remove one of the two settings";
            return Err(Error::setting(
                "evaluate.judges",
                format!("{:?}", self.judges),
                accepted,
            ));
        }
        self.protocol.check()
    }
}

/// Whether the protocol named `protocol` reads the key.
fn is_read(key: &str, protocol: &str) -> bool {
    key == PROTOCOL
        || keys::of::<Shared>().contains(&key)
        || Protocol::keys(protocol).contains(&key)
}

/// The protocols that read the key.
fn readers(key: &str) -> Vec<&'static str> {
    let mut names = Protocol::NAMES.to_vec();
    names.retain(|name| is_read(key, name));
    names
}

/// The error for a key that the protocol named `protocol` does not read.
fn unread(key: &str, value: &Value, protocol: &str) -> Error {
    let path = format!("{SECTION}.{key}");
    let quoted: Vec<String> = readers(key).iter().map(|it| format!("{it:?}")).collect();
    if let Some(first) = quoted.first() {
        let accepted = format!(
            "evaluate.protocol = {protocol:?} does not read this setting, only {} does: remove it, or give \
             evaluate.protocol = {first}",
            quoted.join(" or ")
        );
        return Error::setting(path, value, accepted);
    }
    let shared = [&[PROTOCOL], keys::of::<Shared>()].concat();
    let known = [shared.clone(), Protocol::keys(protocol)].concat();
    let others = Protocol::NAMES.into_iter().flat_map(Protocol::keys);
    let nearest = keys::nearest(key, shared.into_iter().chain(others));
    Error::UnknownKey {
        key: path,
        nearest: nearest.map(|near| format!("{SECTION}.{near}")),
        known: known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wording::told;

    fn read(text: &str) -> Result<EvaluateSettings> {
        EvaluateSettings::read(&text.parse().unwrap())
    }

    #[test]
    fn every_protocol_reads_back_as_it_is_written() {
        for (name, own) in [
            ("train", "steps = 3, loss = \"squared-error\""),
            ("standard", "augment = \"condensation\""),
            ("quick", "learned_step_size = true"),
            ("feature-step", "penalties = [0.5]"),
            ("transfer", "penalties = [0.5]"),
        ] {
            for own in [own, ""] {
                let given = format!("full_runs = 2, on = \"validation\", {own}");
                let lines = given.trim_end_matches(", ").replace(", ", "\n");
                let settings = read(&format!("protocol = {name:?}\n{lines}")).unwrap();
                assert_eq!(settings.protocol.name(), name);
                let table = Table::try_from(&settings).unwrap();
                assert_eq!(EvaluateSettings::read(&table).unwrap(), settings);
                assert_eq!(table.try_into::<EvaluateSettings>().unwrap(), settings);
            }
        }
        assert_eq!(read("").unwrap(), EvaluateSettings::default());
    }

    #[test]
    fn a_key_that_the_protocol_does_not_read_is_refused_by_name() {
        for (text, named) in [
            (
                "protocol = \"feature-step\"\nsteps = 3",
                ["evaluate.steps = 3: ", "\"feature-step\"", "\"train\""],
            ),
            (
                "penalties = [1.0]",
                [
                    "evaluate.penalties = [1.0]: ",
                    "\"train\"",
                    "\"feature-step\"",
                ],
            ),
            (
                "protocol = \"quick\"\nbatch = 3",
                ["evaluate.batch = 3: ", "\"quick\"", "\"train\""],
            ),
            (
                "protocol = \"feature-step\"\nloss = \"by-target\"",
                ["evaluate.loss = ", "\"standard\"", "\"quick\""],
            ),
        ] {
            let error = told(read(text).unwrap_err());
            for word in named {
                assert!(error.contains(word), "{error}");
            }
        }
    }

    #[test]
    fn unknown_keys_and_protocols_name_the_nearest() {
        for (text, near) in [
            ("stepz = 3", "evaluate.steps"),
            (
                "protocol = \"quick\"\npenalty = [1.0]",
                "evaluate.penalties",
            ),
            ("protocol = \"feature step\"", "\"feature-step\""),
            ("protocol = 3", "feature-step"),
        ] {
            let error = told(read(text).unwrap_err());
            assert!(error.contains(near), "{error}");
        }
    }

    #[test]
    fn keys_that_the_protocol_of_a_stored_run_does_not_read_are_removed() {
        for (own, kept) in [
            (
                "protocol = \"feature-step\"\n",
                &["penalties", "protocol", "stepz"][..],
            ),
            ("", &["loss", "steps", "stepz"]),
            (
                "protocol = \"guess\"\n",
                &["loss", "penalties", "protocol", "steps", "stepz"],
            ),
        ] {
            let text =
                format!("{own}steps = 1\nloss = \"by-target\"\npenalties = [1.0]\nstepz = 1");
            let mut section: Table = text.parse().unwrap();
            EvaluateSettings::drop_unread_of_stored(&mut section);
            let mut left: Vec<&str> = section.keys().map(String::as_str).collect();
            left.sort_unstable();
            assert_eq!(left, kept);
        }
    }
}
