//! The settings of a whole run: its sections together, and what they must agree on.
//!
//! Each part owns its section. A table is read and checked once, and the settings are immutable after that and stored
//! with the run. `objective` may be a list, one entry a stage; `distill.steps` and its like may be one value for all
//! stages or a list with one for each.

use burn::tensor::backend::Backend;
use serde::Serialize;

use crate::augment::AugmentSettings;
use crate::distill::{DistillSettings, Recipe, stages};
use crate::error::{Error, Result};
use crate::evaluate::EvaluateSettings;
use crate::experts::ExpertSettings;
use crate::network::NetworkSettings;
use crate::objective::ObjectiveSettings;
use crate::settings::keys;
use crate::shape::Interface;
use crate::synthetic::{ReferenceSettings, SyntheticSettings};
use crate::task::TaskSettings;

/// Everything that decides a run, but for the seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// What is distilled.
    pub task: TaskSettings,
    /// What is trained inside.
    pub network: NetworkSettings,
    /// The shape and start of the synthetic set.
    pub synthetic: SyntheticSettings,
    /// The outer loop.
    pub distill: DistillSettings,
    /// What is done to pictures before a network sees them.
    pub augment: AugmentSettings,
    /// How sets are scored.
    pub evaluate: EvaluateSettings,
    /// What the points are moved by: one objective a stage.
    pub objective: Vec<ObjectiveSettings>,
}

/// The sections of settings.
pub const SECTIONS: [&str; 7] = [
    "task",
    "network",
    "objective",
    "synthetic",
    "distill",
    "augment",
    "evaluate",
];

impl Settings {
    /// Reads and checks a whole table: each section by itself, then what they must agree on.
    ///
    /// # Errors
    /// The first thing that is wrong with it, by name.
    pub fn read(table: &toml::Table) -> Result<Self> {
        let settings = Self::read_sections(table)?;
        if let Some(interface) = settings.task.source().interface() {
            settings.check_interface(interface)?;
        }
        Ok(settings)
    }

    /// The same where the task is another than the one in the section `task`: the network must fit
    /// that task's interface instead.
    ///
    /// # Errors
    /// The first thing that is wrong with it, by name.
    pub fn read_for(table: &toml::Table, interface: Interface) -> Result<Self> {
        let settings = Self::read_sections(table)?;
        settings.check_interface(interface)?;
        Ok(settings)
    }

    /// Refuses a task that the network, the previews or the augmentation are not made for.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting that is to blame, or [`Error::Mismatch`].
    pub fn check_interface(&self, interface: Interface) -> Result<()> {
        self.network.check_interface(interface)?;
        self.distill.check_inputs(interface.inputs)?;
        self.augment.on(interface.inputs)?;
        let seen = self.evaluate.augmentation(&self.augment, interface.inputs);
        seen.map(drop)
    }

    fn read_sections(table: &toml::Table) -> Result<Self> {
        for (key, value) in table {
            if !SECTIONS.contains(&key.as_str()) {
                let nearest = keys::nearest(key, SECTIONS.into_iter());
                return Err(Error::UnknownKey {
                    key: key.clone(),
                    nearest,
                    known: SECTIONS.join(", "),
                });
            }
            let is_list = key == "objective" && value.is_array();
            if !value.is_table() && !is_list {
                return Err(Error::setting(key, value, "must be a table of settings"));
            }
        }
        let empty = toml::Table::new();
        let section = |name: &str| match table.get(name) {
            Some(toml::Value::Table(section)) => section,
            _ => &empty,
        };
        if let Some(toml::Value::Table(reference)) = section("synthetic").get("reference") {
            keys::known::<ReferenceSettings>("synthetic.reference", reference, &[])?;
        }
        let settings = Self {
            task: TaskSettings::read(section("task"))?,
            network: NetworkSettings::read(section("network"))?,
            objective: objectives(table)?,
            synthetic: keys::section("synthetic", section("synthetic"))?,
            distill: keys::section("distill", section("distill"))?,
            augment: keys::section("augment", section("augment"))?,
            evaluate: EvaluateSettings::read(section("evaluate"))?,
        };
        settings.distill.check_stages(settings.objective.len())?;
        let methods = settings.objective.iter().map(ObjectiveSettings::method);
        stages::check(&methods.collect::<Vec<_>>(), settings.synthetic.labels)?;
        settings.check_augmentation()?;
        settings.check_step_sizes()?;
        Ok(settings)
    }

    /// The feature step of theory.md is defined by the rows as they are.
    fn check_augmentation(&self) -> Result<()> {
        let by_features = self.evaluate.protocol.takes_feature_step();
        let mut stages = self.objective.iter();
        let unseen = match stages.find(|stage| stage.method().refuses_augmentation()) {
            Some(stage) => format!("an objective of kind {:?}", stage.kind()),
            None if by_features => {
                format!("evaluate.protocol = {:?}", self.evaluate.protocol.name())
            }
            None => return Ok(()),
        };
        if self.augment.operations.is_empty() {
            return Ok(());
        }
        let accepted = format!("{unseen} takes rows as they are: leave one of the two away");
        let operations = keys::shown(&self.augment.operations);
        Err(Error::setting("augment.operations", operations, accepted))
    }

    /// A step size can only be used where one is stored.
    fn check_step_sizes(&self) -> Result<()> {
        if !self.evaluate.learned_step_size() {
            return Ok(());
        }
        let stores = |stage: &ObjectiveSettings| stage.method().stores_step_sizes();
        if self.objective.iter().any(stores) {
            return Ok(());
        }
        let accepted = "no stage stores step sizes, as objectives of kind \"performance-matching\" and \
                        \"trajectory-matching\" do: leave this setting away";
        let key = "evaluate.learned_step_size";
        Err(Error::setting(key, true, accepted))
    }

    /// What a distiller on the backend `B` reads of them.
    ///
    /// # Errors
    /// Those of [`ObjectiveSettings::objective`].
    pub fn recipe<B: Backend>(&self) -> Result<Recipe<B>> {
        let objectives = self.objective.iter().map(ObjectiveSettings::objective);
        Ok(Recipe {
            synthetic: self.synthetic.clone(),
            distill: self.distill.clone(),
            augment: self.augment.clone(),
            objective: objectives.collect::<Result<_>>()?,
        })
    }

    /// Drops from the table of a stored run what versions wrote that no part of it reads.
    pub fn drop_unread_of_stored(table: &mut toml::Table) {
        if let Some(toml::Value::Table(evaluate)) = table.get_mut("evaluate") {
            EvaluateSettings::drop_unread_of_stored(evaluate);
        }
    }

    /// The settings as a table that reads back as the same settings.
    ///
    /// # Errors
    /// None that a checked value can cause.
    pub fn to_table(&self) -> Result<toml::Table> {
        toml::Table::try_from(self).map_err(|error| Error::Toml {
            origin: "settings".to_owned(),
            problem: error.to_string(),
        })
    }
}

fn objectives(table: &toml::Table) -> Result<Vec<ObjectiveSettings>> {
    let read_at = |path: &str, stage: &toml::Table| {
        if let Some(toml::Value::Table(experts)) = stage.get("experts") {
            keys::known::<ExpertSettings>(&format!("{path}.experts"), experts, &[])?;
        }
        ObjectiveSettings::read_at(path, stage)
    };
    match table.get("objective") {
        Some(toml::Value::Array(stages)) if !stages.is_empty() => {
            let read = |(index, stage): (usize, &toml::Value)| match stage {
                toml::Value::Table(stage) => read_at(&format!("objective.{index}"), stage),
                other => Err(Error::setting(
                    "objective",
                    other,
                    "each stage must be a table",
                )),
            };
            stages.iter().enumerate().map(read).collect()
        }
        Some(toml::Value::Table(single)) => Ok(vec![read_at("objective", single)?]),
        _ => Ok(vec![ObjectiveSettings::read(&toml::Table::new())?]),
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
