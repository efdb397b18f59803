//! Methods that a stored run names and this program does not have.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use toml::{Table, Value};

use super::Method;
use crate::error::Result;
use crate::settings::Check;
use crate::synthetic::Part;

/// The settings of a method that this program does not have, as they are stored. They can be shown and
/// stored again. Nothing can be computed with them.
#[derive(Debug)]
pub(super) struct Unknown {
    kind: &'static str,
    settings: Table,
}

/// Every unknown kind that was read. A kind's name lives as long as the program.
static KINDS: RwLock<BTreeSet<&'static str>> = RwLock::new(BTreeSet::new());

impl Unknown {
    /// The method with that kind, whose section is `section`.
    pub fn new(kind: &str, section: &Table) -> Self {
        let mut settings = section.clone();
        settings.remove("kind");
        let mut kinds = KINDS.write().unwrap_or_else(PoisonError::into_inner);
        let kind = match kinds.get(kind) {
            Some(kind) => *kind,
            None => {
                let kind: &'static str = kind.to_owned().leak();
                kinds.insert(kind);
                kind
            }
        };
        Self { kind, settings }
    }
}

impl Check for Unknown {
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

impl Method for Unknown {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn settings(&self) -> Result<Table> {
        Ok(self.settings.clone())
    }

    /// The parts that its setting `learn` names, if it has that setting.
    fn learns(&self) -> BTreeSet<Part> {
        let learn = self.settings.get("learn").and_then(Value::as_array);
        let names = learn.into_iter().flatten().filter_map(Value::as_str);
        names
            .filter_map(|name| Value::from(name).try_into().ok())
            .collect()
    }

    /// Unknown, so that an evaluation with them is not refused.
    fn stores_step_sizes(&self) -> bool {
        true
    }
}
