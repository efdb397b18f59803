//! The number of points of each class, from the settings and the training part.

use super::allocation::{adapted, equal, proportional};
use super::{Allocation, Arrangement, SyntheticSettings};
use crate::error::{Error, Result};
use crate::numeric::k_means;
use crate::seed::Seed;
use crate::task::TrainingPart;

use super::centres::centres;

/// Most numbers in the points and labels: 8 GiB in single precision. More are refused with a message,
/// because a failed allocation would abort the program.
const MOST_NUMBERS: usize = 1 << 31;

impl SyntheticSettings {
    /// The arrangement of the points for a task, and their number: `points` or `per_class` times the number of
    /// classes, divided as `allocation` says; the numbers that `per_class` gives by name; or one per class.
    /// The random numbers of the clusters that `allocation = "adaptive"` makes come from `seed`.
    ///
    /// # Errors
    /// [`Error::Setting`] in these cases:
    /// * `per_class`, or an `allocation` other than equal, is given for a task without classes.
    /// * `per_class` names a class that the task does not have, or not all of its classes.
    /// * `points` is less than the number of classes.
    /// * Neither is given and the task has no classes.
    /// * `nested` has a size above that of the set.
    /// * The points or labels would not fit in memory.
    pub fn arrangement(
        &self,
        training: TrainingPart<'_>,
        seed: &Seed,
    ) -> Result<(usize, Arrangement)> {
        let counts = self.counts(training)?;
        let total = total(&counts);
        self.check_memory(total, training)?;
        let counts = self.divided(counts, training, seed)?;
        let arrangement = Arrangement {
            nested: self.nested_sizes(&counts)?,
            counts: match training.target.classes() {
                Some(_) => counts,
                None => Vec::new(),
            },
        };
        Ok((total, arrangement))
    }

    /// Checks the number of points for a task, before there are any.
    ///
    /// # Errors
    /// Those of [`Self::arrangement`], but for the sizes of nested sets.
    pub fn check_size(&self, training: TrainingPart<'_>) -> Result<()> {
        self.size(training).map(|_| ())
    }

    /// The number of points in all for a task.
    ///
    /// # Errors
    /// Those of [`Self::check_size`].
    pub fn size(&self, training: TrainingPart<'_>) -> Result<usize> {
        let total = total(&self.counts(training)?);
        self.check_memory(total, training)?;
        Ok(total)
    }

    /// The numbers of points of the classes before `allocation`, or a single number without classes.
    fn counts(&self, training: TrainingPart<'_>) -> Result<Vec<usize>> {
        let names = training.target.class_names();
        let Some(classes) = training.target.classes() else {
            return self.without_classes().map(|points| vec![points]);
        };
        match (self.points, &self.per_class) {
            (Some(points), _) if points < classes => {
                let accepted = format!("must be at least 1 for each of the {classes} classes");
                Err(Error::setting("synthetic.points", points, accepted))
            }
            (Some(points), _) => Ok(equal(points, classes)),
            (None, Some(per_class)) => per_class.counts(names),
            (None, None) => Ok(vec![1; classes]),
        }
    }

    fn without_classes(&self) -> Result<usize> {
        let refused = |key: &str, value: String, accepted: &str| {
            Err(Error::setting(format!("synthetic.{key}"), value, accepted))
        };
        if self.allocation != Allocation::Equal {
            let accepted = "divides points among classes, and this task has none: remove it";
            return refused("allocation", self.allocation.shown(), accepted);
        }
        match (self.points, &self.per_class) {
            (Some(points), _) => Ok(points),
            (None, Some(per_class)) => refused(
                "per_class",
                crate::settings::keys::shown(per_class),
                "this task has no classes: give synthetic.points instead",
            ),
            (None, None) => refused(
                "points",
                "(not given)".to_owned(),
                "give the number of points: this task has no classes",
            ),
        }
    }

    /// Checks that the points and the labels fit in memory.
    fn check_memory(&self, points: usize, training: TrainingPart<'_>) -> Result<()> {
        let width = training.inputs.len() + training.target.len();
        let most = MOST_NUMBERS / width.max(1);
        let accepted = |what: &str| {
            format!(
                "{what} of {width} numbers each are more than the {most} that a set may have, which are \
                 8 GiB: give fewer"
            )
        };
        if points > most {
            let (key, value) = match (self.points, &self.per_class) {
                (None, Some(per_class)) => ("per_class", crate::settings::keys::shown(per_class)),
                (given, _) => ("points", given.unwrap_or(points).to_string()),
            };
            let what = match points {
                usize::MAX => "points".to_owned(),
                _ => format!("{points} points"),
            };
            return Err(Error::setting(
                format!("synthetic.{key}"),
                value,
                accepted(&what),
            ));
        }
        if self.labels > most {
            let what = format!("{} labels", self.labels);
            return Err(Error::setting(
                "synthetic.labels",
                self.labels,
                accepted(&what),
            ));
        }
        Ok(())
    }

    /// The points divided among the classes as `allocation` says.
    fn divided(
        &self,
        counts: Vec<usize>,
        training: TrainingPart<'_>,
        seed: &Seed,
    ) -> Result<Vec<usize>> {
        let rows = training.rows.rows_by_class(counts.len());
        let sizes: Vec<usize> = rows.iter().map(Vec::len).collect();
        let total = counts.iter().sum();
        match self.allocation {
            Allocation::Equal => Ok(counts),
            Allocation::Proportional => Ok(proportional(total, &sizes)),
            Allocation::Adaptive => Ok(adapted(proportional(total, &sizes), |class, count| {
                let mut asked = vec![0; sizes.len()];
                asked[class] = count;
                let seed = seed.child("allocation").indexed("points", count as u64);
                let found = centres(training, &asked, &k_means, &seed);
                found[class].clusters.inertia
            })),
        }
    }

    /// The nested sizes, of which the last is that of the whole set. Empty if there are none besides it.
    fn nested_sizes(&self, counts: &[usize]) -> Result<Vec<usize>> {
        let largest = counts.iter().copied().max().unwrap_or_default();
        if let Some(&size) = self.nested.iter().find(|&&size| size > largest) {
            let accepted = format!(
                "the largest size is {size}, but the set has at most {largest} points of a class \
                 (or in all, without classes): give sizes up to {largest}"
            );
            let value = crate::settings::keys::shown(&self.nested);
            return Err(Error::setting("synthetic.nested", value, accepted));
        }
        let mut sizes = self.nested.clone();
        if sizes.last().is_some_and(|&size| size < largest) {
            sizes.push(largest);
        }
        Ok(if sizes.len() > 1 { sizes } else { Vec::new() })
    }
}
/// The sum of numbers of points. Beyond the largest number it stays there.
fn total(counts: &[usize]) -> usize {
    counts.iter().fold(0, |sum, &n| sum.saturating_add(n))
}
