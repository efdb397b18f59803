//! Settings of the synthetic set.

use serde::{Deserialize, Serialize};

use super::ReferenceSettings;
use crate::error::{Error, Result};
use crate::settings::Check;
use crate::task::Task;

/// Where the points start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// Inputs from N(0, spread²). Targets are one-hot for classes; for real values +1 for the first
    /// half of the points and −1 for the others.
    Normal,
    /// Rows of the training part drawn at random, with their targets.
    Real,
}

/// Size and start of the synthetic set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyntheticSettings {
    /// Number of points in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<usize>,
    /// Number of points for each class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_class: Option<usize>,
    /// Where the points start.
    pub initial: Initial,
    /// Standard deviation of a normal start.
    pub spread: f64,
    /// Number of readout labels whose inputs are redrawn; 0 for none.
    pub labels: usize,
    /// How the inputs of the readout labels are drawn.
    pub reference: ReferenceSettings,
}

impl Default for SyntheticSettings {
    fn default() -> Self {
        Self {
            points: None,
            per_class: None,
            initial: Initial::Real,
            spread: 1.0,
            labels: 0,
            reference: ReferenceSettings::default(),
        }
    }
}

impl Check for SyntheticSettings {
    fn check(&self) -> Result<()> {
        for (key, count) in [
            ("synthetic.points", self.points),
            ("synthetic.per_class", self.per_class),
        ] {
            if count == Some(0) {
                return Err(Error::setting(key, 0, "must be at least 1"));
            }
        }
        if let (Some(points), Some(per_class)) = (self.points, self.per_class) {
            let accepted = format!("give either this or synthetic.per_class (now {per_class})");
            return Err(Error::setting("synthetic.points", points, accepted));
        }
        if !(self.spread.is_finite() && self.spread > 0.0) {
            let accepted = "must be a positive standard deviation";
            return Err(Error::setting("synthetic.spread", self.spread, accepted));
        }
        self.reference.check()
    }
}

impl SyntheticSettings {
    /// Number of points for a task: given outright, by class, or one a class.
    ///
    /// # Errors
    /// More points than training rows; a number a class for a task without classes; a number in all
    /// that the classes do not divide; no number where there are no classes.
    pub fn points_for(&self, task: &Task) -> Result<usize> {
        let (key, points) = match (self.points, self.per_class, task.target.classes()) {
            (Some(points), _, Some(classes)) if points % classes != 0 => {
                let accepted = format!("must be a multiple of the {classes} classes");
                return Err(Error::setting("synthetic.points", points, accepted));
            }
            (Some(points), _, _) => ("synthetic.points", points),
            (None, Some(per_class), Some(classes)) => {
                ("synthetic.per_class", per_class.saturating_mul(classes))
            }
            (None, Some(per_class), None) => {
                let accepted = "this task has no classes: give synthetic.points instead";
                return Err(Error::setting("synthetic.per_class", per_class, accepted));
            }
            (None, None, Some(classes)) => ("synthetic.per_class", classes),
            (None, None, None) => {
                let accepted = "give the number of points: this task has no classes";
                return Err(Error::setting("synthetic.points", "(not given)", accepted));
            }
        };
        let rows = task.train.len();
        if points.saturating_add(self.labels) > rows {
            let accepted = format!(
                "{points} points and {} labels are more than the {rows} training rows",
                self.labels
            );
            return Err(Error::setting(key, points, accepted));
        }
        Ok(points)
    }
}
