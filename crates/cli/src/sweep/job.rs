//! One run of a sweep.

use crate::plan::Plan;

/// Settings by dotted key, with their values as TOML.
pub type Point = Vec<(String, String)>;

/// One run of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name: a number, counted from 1.
    pub name: String,
    /// Its settings.
    pub plan: Plan,
    /// The settings that vary over the sweep, by dotted key, as this run has them.
    pub point: Point,
}

impl Job {
    /// The name of a run at that place, counted from 0.
    pub fn name(place: usize) -> String {
        format!("{:04}", place + 1)
    }

    /// What distinguishes it, in words.
    pub fn shown(&self) -> String {
        let settings = self
            .point
            .iter()
            .map(|(key, value)| format!("{key}={value} "));
        format!("{}seed={}", settings.collect::<String>(), self.plan.seed)
    }
}
