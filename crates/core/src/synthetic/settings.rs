//! Settings of the synthetic set: its size and its start.

use serde::{Deserialize, Serialize};

use super::{Allocation, PerClass, ReferenceSettings};
use crate::error::{Error, Result};
use crate::settings::{Check, keys, range};

/// The start of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// Inputs are drawn from N(0, spread²). Targets are one-hot for classes. For real values they are +1
    /// for the first half of the points and −1 for the others, or in turn if `nested` is given.
    Normal,
    /// Points are training rows drawn at random, with their targets. If there are fewer rows than points,
    /// all rows are there, and then again in turn with noise of standard deviation 0.1 on their inputs.
    Real,
    /// Points are the k-means centres of the training rows as the task encodes them, class by class. Without
    /// classes, rows are clustered together with their targets, and a point has the mean target of its
    /// cluster. If there are fewer different rows than points, the centres follow again with noise, as above.
    #[serde(rename = "k-means")]
    KMeans,
}

/// Settings of the size and the start of the synthetic set.
///
/// Give `points` or `per_class`, not both. If neither is given, a task with classes has one point per class.
/// There may be more points than training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyntheticSettings {
    /// Number of points in total, at least 1. With classes, it must be at least their number; `allocation`
    /// divides it among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<usize>,
    /// Number of points for each class, at least 1: one number, or a table with a number for every class by
    /// its name. Only for tasks with classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_class: Option<PerClass>,
    /// How the points in all are divided among the classes. Default equal.
    #[serde(skip_serializing_if = "is_equal")]
    pub allocation: Allocation,
    /// Ascending sizes k such that the first k points of each class (or of all, without classes) are learned
    /// as a set of their own. The size of the whole set is added if it is not there. Empty (default): only
    /// the whole set is learned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nested: Vec<usize>,
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
            allocation: Allocation::Equal,
            nested: Vec::new(),
            initial: Initial::Real,
            spread: 1.0,
            labels: 0,
            reference: ReferenceSettings::default(),
        }
    }
}

impl Check for SyntheticSettings {
    fn check(&self) -> Result<()> {
        if let Some(points) = self.points {
            range::count("synthetic.points", points, 1..=usize::MAX)?;
        }
        if let Some(per_class) = &self.per_class {
            per_class.check()?;
        }
        if let (Some(points), Some(per_class)) = (self.points, &self.per_class) {
            let accepted = format!(
                "give only one of synthetic.points and synthetic.per_class (now {})",
                keys::shown(per_class)
            );
            return Err(Error::setting("synthetic.points", points, accepted));
        }
        if let (Some(PerClass::Named(_)), false) =
            (&self.per_class, self.allocation == Allocation::Equal)
        {
            let accepted =
                "synthetic.per_class gives every class its number already: remove one of the two";
            let value = self.allocation.shown();
            return Err(Error::setting("synthetic.allocation", value, accepted));
        }
        self.check_nested()?;
        range::within("synthetic.spread", self.spread, range::SPREADS)?;
        self.reference.check()
    }
}

impl SyntheticSettings {
    /// The number of sizes that are learned: the nested ones, and the whole set. 1 if none are nested.
    pub fn sizes(&self) -> usize {
        let whole = match &self.per_class {
            Some(PerClass::Same(count)) => Some(*count),
            Some(PerClass::Named(counts)) => counts.values().copied().max(),
            None => self.points,
        };
        let has_whole = self.nested.is_empty() || whole.is_some_and(|it| self.nested.contains(&it));
        self.nested.len().max(1) + usize::from(!has_whole)
    }

    fn check_nested(&self) -> Result<()> {
        let refused = |accepted: &str| {
            let value = keys::shown(&self.nested);
            Err(Error::setting("synthetic.nested", value, accepted))
        };
        let rises = self.nested.windows(2).all(|pair| pair[0] < pair[1]);
        if self.nested.contains(&0) || !rises {
            return refused("must be ascending sizes from 1 on, such as [1, 2, 5, 10]");
        }
        if self.labels > 0 && !self.nested.is_empty() {
            return refused(
                "readout labels belong to all points of the set, so a part of the points cannot use \
                 them: remove this setting, or synthetic.labels",
            );
        }
        Ok(())
    }
}

fn is_equal(allocation: &Allocation) -> bool {
    *allocation == Allocation::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_set_is_one_of_the_sizes() {
        let sizes = |per_class: usize, nested: &[usize]| {
            let settings = SyntheticSettings {
                per_class: Some(per_class.into()),
                nested: nested.to_vec(),
                ..SyntheticSettings::default()
            };
            settings.sizes()
        };
        assert_eq!(sizes(10, &[]), 1);
        assert_eq!(sizes(10, &[1, 2, 5, 10]), 4);
        assert_eq!(sizes(10, &[1, 2, 5]), 4);
    }
}
