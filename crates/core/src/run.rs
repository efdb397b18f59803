//! The settings of a whole run: all sections, and the checks between them.
//!
//! Each module owns its section. A table is read and checked once; after that the settings do not change,
//! and they are stored with the run. `objective` may be a list with one entry for each stage. Settings
//! such as `distill.steps` are one value for all stages, or a list with one value for each.

use burn::tensor::backend::Backend;
use serde::Serialize;

use crate::augment::AugmentSettings;
use crate::distill::{DistillSettings, Recipe, stages};
use crate::error::{Error, Result};
use crate::evaluate::EvaluateSettings;
use crate::network::NetworkSettings;
use crate::objective::ObjectiveSettings;
use crate::settings::{keys, table};
use crate::shape::Interface;
use crate::synthetic::{ReferenceSettings, SyntheticSettings};
use crate::task::TaskSettings;

/// All settings of a run. Together with the seed they determine the run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// The data to distil.
    pub task: TaskSettings,
    /// The network that is trained on the points.
    pub network: NetworkSettings,
    /// The size and initial values of the synthetic set.
    pub synthetic: SyntheticSettings,
    /// The outer loop.
    pub distill: DistillSettings,
    /// The augmentation of pictures before a network sees them.
    pub augment: AugmentSettings,
    /// How sets are scored.
    pub evaluate: EvaluateSettings,
    /// The objectives whose gradients move the points, one for each stage.
    pub objective: Vec<ObjectiveSettings>,
}

/// Names of the sections of the settings.
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
    /// Reads and checks a whole table: first each section by itself, then the sections together.
    ///
    /// # Errors
    /// The first error found: [`Error::UnknownKey`] if a key is unknown, [`Error::Setting`] if a value is
    /// not accepted, [`Error::Mismatch`] if the task does not fit.
    pub fn read(table: &toml::Table) -> Result<Self> {
        let settings = Self::read_sections(table, ObjectiveSettings::read_at)?;
        settings.check_stages()?;
        settings.for_its_own_task()
    }

    /// Reads the settings of a stored run. They may name an objective that this program does not have: such
    /// a run can be shown, and its set evaluated, but it cannot be continued.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub fn read_stored(table: &toml::Table) -> Result<Self> {
        Self::read_sections(table, ObjectiveSettings::read_stored_at)?.for_its_own_task()
    }

    /// Returns the settings if they fit the interface of the task that they name, as far as it is known.
    fn for_its_own_task(self) -> Result<Self> {
        if let Some(interface) = self.task.source().interface() {
            self.check_interface(interface)?;
        }
        Ok(self)
    }

    /// Like [`Self::read`], for a task that is not the one in the section `task`: the settings are
    /// checked against `interface` instead.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub fn read_for(table: &toml::Table, interface: Interface) -> Result<Self> {
        let settings = Self::read_sections(table, ObjectiveSettings::read_at)?;
        settings.check_stages()?;
        settings.check_interface(interface)?;
        Ok(settings)
    }

    /// Checks that network, previews and augmentation work with inputs and targets of this interface.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting that does not fit, or [`Error::Mismatch`].
    pub fn check_interface(&self, interface: Interface) -> Result<()> {
        self.network.check_interface(interface)?;
        self.distill.check_inputs(interface.inputs)?;
        self.augment.augmentation(interface.inputs)?;
        let seen = self.evaluate.augmentation(&self.augment, interface.inputs);
        seen.map(drop)
    }

    /// Checks that the stages can follow one another.
    fn check_stages(&self) -> Result<()> {
        let methods = self.objective.iter().map(ObjectiveSettings::method);
        stages::check(&methods.collect::<Vec<_>>(), self.synthetic.labels)
    }

    fn read_sections(table: &toml::Table, read: ReadObjective) -> Result<Self> {
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
            objective: objectives(table, read)?,
            synthetic: keys::section("synthetic", section("synthetic"))?,
            distill: keys::section("distill", section("distill"))?,
            augment: keys::section("augment", section("augment"))?,
            evaluate: EvaluateSettings::read(section("evaluate"))?,
        };
        settings.distill.check_stages(settings.objective.len())?;
        settings.check_augmentation()?;
        settings.check_step_sizes()?;
        Ok(settings)
    }

    /// Refuses augmentation if an objective or the protocol is defined on unchanged rows only.
    ///
    /// The feature step of `docs/theory.md` is one such definition.
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
        let accepted =
            format!("{unseen} works on rows without augmentation: remove one of the two settings");
        let operations = keys::shown(&self.augment.operations);
        Err(Error::setting("augment.operations", operations, accepted))
    }

    /// Refuses `evaluate.learned_step_size` if no stage stores step sizes.
    fn check_step_sizes(&self) -> Result<()> {
        if !self.evaluate.learned_step_size() {
            return Ok(());
        }
        let stores = |stage: &ObjectiveSettings| stage.method().stores_step_sizes();
        if self.objective.iter().any(stores) {
            return Ok(());
        }
        let accepted = "no stage stores step sizes, as objectives of kind \"performance-matching\" and \
                        \"trajectory-matching\" do: remove this setting";
        let key = "evaluate.learned_step_size";
        Err(Error::setting(key, true, accepted))
    }

    /// Returns the settings that a distiller on the backend `B` needs.
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

    /// Removes keys from the table of a stored run that earlier versions wrote and this version no
    /// longer reads.
    pub fn drop_unread_of_stored(table: &mut toml::Table) {
        if let Some(toml::Value::Table(evaluate)) = table.get_mut("evaluate") {
            EvaluateSettings::drop_unread_of_stored(evaluate);
        }
    }

    /// Returns the settings as a table; [`Self::read`] of it gives the same settings.
    ///
    /// # Errors
    /// [`Error::Toml`] if a value cannot be written as TOML, which checked settings never cause.
    pub fn to_table(&self) -> Result<toml::Table> {
        table(self)
    }
}

/// Reads the section of an objective that is at a path such as `objective.1`.
type ReadObjective = fn(&str, &toml::Table) -> Result<ObjectiveSettings>;

fn objectives(table: &toml::Table, read_at: ReadObjective) -> Result<Vec<ObjectiveSettings>> {
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
        _ => Ok(vec![read_at("objective", &toml::Table::new())?]),
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
