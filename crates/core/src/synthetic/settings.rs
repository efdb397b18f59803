//! Settings of the synthetic set.

use serde::{Deserialize, Serialize};

use super::ReferenceSettings;
use crate::error::{Error, Result};
use crate::settings::{Check, range};
use crate::task::TrainingPart;

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
    /// Standard deviation of a normal start, 1e-9 to 1e9.
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
            if let Some(count) = count {
                range::count(key, count, 1..=usize::MAX)?;
            }
        }
        if let (Some(points), Some(per_class)) = (self.points, self.per_class) {
            let accepted = format!("give either this or synthetic.per_class (now {per_class})");
            return Err(Error::setting("synthetic.points", points, accepted));
        }
        range::within("synthetic.spread", self.spread, range::SPREADS)?;
        self.reference.check()
    }
}

/// A number of points, and the setting that it follows from.
struct Points {
    count: usize,
    key: &'static str,
    value: usize,
}

impl SyntheticSettings {
    /// Number of points for a task: given outright, by class, or one a class.
    ///
    /// # Errors
    /// More points and labels than training rows, of the whole task or of a class: a start from real
    /// rows and the baselines draw as many real rows as the set has. A number a class for a task
    /// without classes; a number in all that the classes do not divide; no number where there are no
    /// classes.
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

    /// Refuses a set of more points and labels than there are training rows, in all and by class.
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
                "{count} points and {} labels are more than the {rows} training rows: give less",
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
                "a start from real rows and the baselines draw {needed} rows of every class, as \
                 many as the set has points and labels of it, but class {name:?} has only {rows} \
                 training rows: give less, or add rows of that class"
            );
            return refused(rows, count / names.len(), accepted);
        }
        Ok(())
    }
}
