//! What a method says of itself, whatever computes.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::experts::ExpertSettings;
use crate::paper::Paper;
use crate::settings::{Check, keys};
use crate::synthetic::Part;

/// Why a run stopped, for a method that knows which of its settings to change then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The stage's first step gives a number that is not finite: nothing has moved yet.
    FirstStep,
    /// A number that the method keeps from step to step is not finite.
    State,
}

/// The settings of a way to distil, and what is known of it before anything is computed.
///
/// [`Objective`](super::Objective) is the other half: what it computes on a backend.
pub trait Method: Check + Any + Debug + Send + Sync {
    /// Its name in settings: `objective.kind`.
    fn kind(&self) -> &'static str;

    /// Its settings as a table without `kind`. [`table`] makes it of whatever serde can write.
    ///
    /// # Errors
    /// A value that TOML does not have.
    fn settings(&self) -> Result<toml::Table>;

    /// The parts of the set that it changes.
    fn learns(&self) -> BTreeSet<Part>;

    /// The papers that it comes from, for reports.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }

    /// The trainings on real data that it follows. `None`: it follows none.
    fn experts(&self) -> Option<&ExpertSettings> {
        None
    }

    /// Whether it leaves step sizes in the set, which an evaluation may then train with.
    fn stores_step_sizes(&self) -> bool {
        false
    }

    /// Whether it is defined for rows as they are, so that no augmentation may be set beside it.
    fn refuses_augmentation(&self) -> bool {
        false
    }

    /// Its settings that the memory of a step grows with, such as `unroll`.
    fn memory_settings(&self) -> &'static [&'static str] {
        &[]
    }

    /// What to do about a trouble, as the rest of a sentence such as "lower objective.step_size".
    /// `path` is where its settings stand: `objective`, or `objective.1` in a list. `None`: its
    /// settings have nothing to do with it.
    fn remedy(&self, path: &str, trouble: Trouble) -> Option<String> {
        let _ = (path, trouble);
        None
    }
}

/// Settings as a table.
///
/// # Errors
/// A value that TOML does not have.
pub fn table(settings: &impl Serialize) -> Result<toml::Table> {
    toml::Table::try_from(settings).map_err(|error| Error::Toml {
        origin: "settings".to_owned(),
        problem: error.to_string(),
    })
}

/// Refuses to learn nothing, or a part that is not among those that a method can move.
///
/// # Errors
/// [`Error::Setting`] of `objective.learn`.
pub fn check_learn(learn: &BTreeSet<Part>, movable: &[Part]) -> Result<()> {
    if !learn.is_empty() && learn.iter().all(|part| movable.contains(part)) {
        return Ok(());
    }
    let accepted = format!("must be one or more of {}", keys::shown(&movable));
    Err(Error::setting(
        "objective.learn",
        keys::shown(learn),
        accepted,
    ))
}
