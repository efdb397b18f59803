//! The judges that settings name.

use super::{JUDGES, Judge};
use crate::error::{Error, Result};

/// The name of the judge that is the protocol's own training.
pub(super) const NETWORK: &str = "network";

/// The word for all judges.
const ALL: &str = "all";

/// The setting.
const SETTING: &str = "evaluate.judges";

/// The judges of a list of names.
#[derive(Debug, Clone, Default)]
pub struct JudgeNames {
    /// The judges of [`JUDGES`], in its order.
    pub judges: Vec<&'static dyn Judge>,
    /// Whether the network judges too.
    pub network: bool,
}

impl JudgeNames {
    /// Reads a list of names of [`JUDGES`], `network` or `all`, in any order. An empty list has no judges.
    ///
    /// # Errors
    /// [`Error::Setting`] if a judge is unknown.
    pub fn read(names: &[String]) -> Result<Self> {
        let own: Vec<&str> = JUDGES.iter().map(|judge| judge.name()).collect();
        let known = [&own[..], &[NETWORK, ALL]].concat();
        if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
            let quoted: Vec<String> = known.iter().map(|name| format!("{name:?}")).collect();
            let accepted = format!("give a list of {}", quoted.join(", "));
            return Err(Error::setting(SETTING, format!("{unknown:?}"), accepted));
        }
        let is_named = |name: &str| names.iter().any(|it| it == name || it == ALL);
        let judges = JUDGES.iter().copied();
        Ok(Self {
            judges: judges.filter(|judge| is_named(judge.name())).collect(),
            network: is_named(NETWORK),
        })
    }
}
