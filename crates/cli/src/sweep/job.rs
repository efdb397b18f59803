//! One run of a sweep.

use crate::plan::Plan;

/// Settings by dotted key, with their values as TOML.
pub type Point = Vec<(String, String)>;

/// One run of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Name of the run: a number from 1.
    pub name: String,
    /// Plan of the run.
    pub plan: Plan,
    /// The settings that vary over the sweep, with this run's values.
    pub point: Point,
}

impl Job {
    /// Name of the run at this place, counted from 0.
    pub fn name(place: usize) -> String {
        format!("{:04}", place + 1)
    }

    /// The settings and the seed that distinguish the run, in words.
    pub fn shown(&self) -> String {
        let settings = self
            .point
            .iter()
            .map(|(key, value)| format!("{key}={value} "));
        format!("{}seed={}", settings.collect::<String>(), self.plan.seed)
    }
}
