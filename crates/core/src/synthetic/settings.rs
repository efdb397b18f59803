//! Settings of the synthetic set: its size and its start.

use serde::{Deserialize, Serialize};

use super::ReferenceSettings;
use crate::error::{Error, Result};
use crate::settings::{Check, range};
use crate::task::TrainingPart;

/// The start of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// Inputs are drawn from N(0, spread²). Targets are one-hot for classes. For real values they are +1
    /// for the first half of the points and −1 for the others.
    Normal,
    /// Points are training rows drawn at random, with their targets.
    Real,
}

/// Settings of the size and the start of the synthetic set.
///
/// Give `points` or `per_class`, not both. If neither is given, a task with classes has one point per class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyntheticSettings {
    /// Number of points in total, at least 1. With classes, it must be a multiple of their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<usize>,
    /// Number of points for each class, at least 1. Only for tasks with classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_class: Option<usize>,
    /// The start of the points. Default real rows.
    pub initial: Initial,
    /// Standard deviation of inputs of a normal start, 1e-9 to 1e9. Default 1.
    pub spread: f64,
    /// Number of readout labels; 0 for none. Default 0.
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
            if let Some(count) = count {
                range::count(key, count, 1..=usize::MAX)?;
            }
        }
        if let (Some(points), Some(per_class)) = (self.points, self.per_class) {
            let accepted = format!(
                "give only one of synthetic.points and synthetic.per_class (now {per_class})"
            );
            return Err(Error::setting("synthetic.points", points, accepted));
        }
        range::within("synthetic.spread", self.spread, range::SPREADS)?;
        self.reference.check()
    }
}

/// A number of points, and the setting from which it follows.
struct Points {
    count: usize,
    key: &'static str,
    value: usize,
}

impl SyntheticSettings {
    /// Returns the number of points for a task: `points`, or `per_class` for each class, or one per class.
    ///
    /// # Errors
    /// [`Error::Setting`] in these cases:
    /// * There are more points and labels than training rows, in total or in a class. A start from real rows
    ///   and the baselines draw as many real rows as the set has.
    /// * `per_class` is given for a task without classes.
    /// * `points` is no multiple of the number of classes.
    /// * Neither is given and the task has no classes.
    pub fn points_for(&self, training: TrainingPart<'_>) -> Result<usize> {
        let points = self.points(training.target.classes())?;
        self.check_rows(&points, training)?;
        Ok(points.count)
    }

    fn points(&self, classes: Option<usize>) -> Result<Points> {
        let by_class = |per_class: usize, classes: usize| Points {
            count: per_class.saturating_mul(classes),
            key: "synthetic.per_class",
            value: per_class,
        };
        match (self.points, self.per_class, classes) {
            (Some(points), _, Some(classes)) if points % classes != 0 => {
                let accepted = format!("must be a multiple of the {classes} classes");
                Err(Error::setting("synthetic.points", points, accepted))
            }
            (Some(points), _, _) => Ok(Points {
                count: points,
                key: "synthetic.points",
                value: points,
            }),
            (None, Some(per_class), Some(classes)) => Ok(by_class(per_class, classes)),
            (None, Some(per_class), None) => {
                let accepted = "this task has no classes: give synthetic.points instead";
                Err(Error::setting("synthetic.per_class", per_class, accepted))
            }
            (None, None, Some(classes)) => Ok(by_class(1, classes)),
            (None, None, None) => {
                let accepted = "give the number of points: this task has no classes";
                Err(Error::setting("synthetic.points", "(not given)", accepted))
            }
        }
    }

    /// Checks that there are no more points and labels than training rows, in total and in each class.
    fn check_rows(&self, points: &Points, training: TrainingPart<'_>) -> Result<()> {
        let refused = |rows: usize, points_needed: usize, accepted: String| {
            if points_needed > rows {
                Err(Error::setting(points.key, points.value, accepted))
            } else {
                Err(Error::setting("synthetic.labels", self.labels, accepted))
            }
        };
        let count = points.count;
        let numbers = count.saturating_add(self.labels);
        let rows = training.rows.len();
        if numbers > rows {
            let accepted = format!(
                "{count} points and {} labels are more than the {rows} training rows: give fewer",
                self.labels
            );
            return refused(rows, count, accepted);
        }
        let names = training.target.class_names();
        let sizes = training.rows.rows_by_class(names.len());
        let smallest = names.iter().zip(sizes.iter().map(Vec::len));
        let Some((name, rows)) = smallest.min_by_key(|(_, rows)| *rows) else {
            return Ok(());
        };
        let needed = numbers.div_ceil(names.len());
        if needed > rows {
            let accepted = format!(
                "a start from real rows and the baselines draw {needed} rows of every class, one \
                for each point and label of the class, but class {name:?} has only {rows} training \
                rows: give fewer points or labels, or add rows of this class"
            );
            return refused(rows, count / names.len(), accepted);
        }
        Ok(())
    }
}
