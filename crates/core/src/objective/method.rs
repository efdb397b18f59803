//! The description of a method, independent of a backend.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt::Debug;

use toml::Table;

use crate::error::{Error, Result};
use crate::experts::ExpertSettings;
use crate::paper::Paper;
use crate::settings::{Check, keys};
use crate::synthetic::Part;

/// Why a run diverged, so that a method can suggest which of its settings to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The stage's first step gave a number that is not finite, before anything had moved.
    FirstStep,
    /// A number in the objective's state is not finite, or a step that used the state diverged.
    State,
}

/// The settings of an objective, and its properties that need no computation.
///
/// [`Objective`](super::Objective) is the other half: the computation on a backend.
pub trait Method: Check + Any + Debug + Send + Sync {
    /// The method's name in settings, `objective.kind`.
    fn kind(&self) -> &'static str;

    /// The settings as a table without `kind`. [`table`](crate::settings::table) makes it from any type that
    /// serde can write.
    ///
    /// # Errors
    /// [`Error::Toml`] if TOML cannot hold a value.
    fn settings(&self) -> Result<Table>;

    /// The parts of the set that the method changes.
    fn learns(&self) -> BTreeSet<Part>;

    /// The papers that the method comes from, for reports. Default: none.
    fn papers(&self) -> Vec<Paper> {
        Vec::new()
    }

    /// Settings of the experts that the method follows. `None` (default) if it follows none.
    fn experts(&self) -> Option<&ExpertSettings> {
        None
    }

    /// Whether the method stores step sizes in the set, which an evaluation can then train with. Default:
    /// false.
    fn stores_step_sizes(&self) -> bool {
        false
    }

    /// Whether the method only works on rows without augmentation. Default: false.
    fn refuses_augmentation(&self) -> bool {
        false
    }

    /// Names of the settings that increase the memory of a step, such as `unroll`. Default: none.
    fn memory_settings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The remedy for a trouble, as a clause such as "lower objective.step_size". `path` is the path of the
    /// method's settings: `objective`, or `objective.1` in a list. `None` (default) if the method's settings
    /// do not help.
    fn remedy(&self, path: &str, trouble: Trouble) -> Option<String> {
        let _ = (path, trouble);
        None
    }
}

/// Returns a method's settings with their `kind`: the section `objective` of a settings file.
///
/// # Errors
/// Those of [`Method::settings`].
pub fn section(method: &dyn Method) -> Result<Table> {
    let mut section = Table::from_iter([("kind".to_owned(), method.kind().into())]);
    section.extend(method.settings()?);
    Ok(section)
}

/// Checks that `learn` names at least one part, and only parts in `movable`.
///
/// # Errors
/// [`Error::Setting`] for `objective.learn`.
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
