//! Splits rows into training, validation and test parts, at random and class by class.

use std::sync::Arc;

use super::data::digest;
use super::rows_or_fraction::RowsOrFraction;
use super::{Columns, Split, Whitening};
use crate::error::{Error, Result};
use crate::seed::Seed;
use crate::store::digest::hexadecimal;
use sha2::Digest;

/// The three parts of a task.
#[derive(Debug)]
pub struct Partition {
    /// The training part.
    pub train: Split,
    /// The validation part.
    pub validation: Split,
    /// The test part.
    pub test: Split,
}

/// Indices of rows, in one group for each class or in a single group. Rows are held out of these groups.
#[derive(Debug)]
pub struct Groups(Vec<Vec<usize>>);

/// What messages call a row, and what to do where each class has a single one.
#[derive(Debug, Clone, Copy)]
struct Words {
    row: &'static str,
    rows: &'static str,
    remedy: &'static str,
}

const ROWS: Words = Words {
    row: "row",
    rows: "rows",
    remedy: "add rows, or predict something else if these are no classes (of a table by task.target)",
};

const PICTURES: Words = Words {
    row: "picture",
    rows: "pictures",
    remedy: "add pictures",
};

impl Partition {
    /// Splits all rows. Holds out the fraction `test` of the rows for the test part, and
    /// the fraction `validation` for the validation part. The other rows are the training part. Each part
    /// has at least one row, and each class at least one training row.
    ///
    /// # Errors
    /// [`Error::Setting`] if there are too few rows.
    pub fn split(
        all: &Split,
        classes: Option<usize>,
        validation: f64,
        test: f64,
        seed: &Seed,
    ) -> Result<Self> {
        let mut groups = Groups::of(all, classes, seed);
        let count = RowsOrFraction::Fraction(test).of(all.len());
        let test = all.select(&groups.hold_out(count, "task.test", test)?);
        let count = RowsOrFraction::Fraction(validation).of(all.len());
        let held = groups.hold_out(count, "task.validation", validation)?;
        Ok(Self {
            train: all.select(&groups.rest()),
            validation: all.select(&held),
            test,
        })
    }

    /// Normalises the inputs of all parts with the mean and deviation of the training part, in `groups`
    /// groups of columns.
    pub fn normalise_inputs(&mut self, groups: usize) -> Columns {
        let columns = Columns::fit(&self.train.inputs, groups);
        for split in [&mut self.train, &mut self.validation, &mut self.test] {
            columns.apply(Arc::make_mut(&mut split.inputs));
        }
        columns
    }

    /// Whitens the inputs of all parts with the covariance of the training part. They must have been
    /// normalised before.
    ///
    /// # Errors
    /// Those of [`Whitening::fit`].
    pub fn whiten_inputs(&mut self, penalty: f64) -> Result<Whitening> {
        // The fingerprint is taken before the whitening, which rounds differently on other machines.
        let mut hash = digest([&self.train, &self.validation, &self.test]);
        hash.update(b"zca");
        hash.update(penalty.to_le_bytes());
        let mut whitening = Whitening::fit(&self.train.inputs, penalty)?;
        whitening.fingerprint = hexadecimal(hash);
        for split in [&mut self.train, &mut self.validation, &mut self.test] {
            whitening.apply(Arc::make_mut(&mut split.inputs));
        }
        Ok(whitening)
    }
}

impl Groups {
    /// The rows of a split by class, each class in random order.
    pub fn of(split: &Split, classes: Option<usize>, seed: &Seed) -> Self {
        Self::shuffled(
            match classes {
                Some(classes) => split.rows_by_class(classes),
                None => vec![(0..split.len()).collect()],
            },
            seed,
        )
    }

    /// These groups, each in random order.
    pub fn shuffled(groups: Vec<Vec<usize>>, seed: &Seed) -> Self {
        let mut stream = seed.child("split").stream();
        let mut shuffle = |group: Vec<usize>| {
            let order = stream.permutation(group.len());
            order.into_iter().map(|place| group[place]).collect()
        };
        Self(groups.into_iter().map(&mut shuffle).collect())
    }

    /// Takes exactly `count` rows out of the groups and returns their indices in ascending order. Each group
    /// gives rows in proportion to its size, but never its last row.
    ///
    /// # Errors
    /// [`Error::Setting`] for the setting `key` with its `value`, if the groups are too small.
    pub fn hold_out(
        &mut self,
        count: usize,
        key: &str,
        value: impl ToString,
    ) -> Result<Vec<usize>> {
        self.hold_out_of(ROWS, count, key, value)
    }

    /// The same for rows that are pictures, which messages call so.
    ///
    /// # Errors
    /// Those of [`Groups::hold_out`].
    pub fn hold_out_pictures(
        &mut self,
        count: usize,
        key: &str,
        value: impl ToString,
    ) -> Result<Vec<usize>> {
        self.hold_out_of(PICTURES, count, key, value)
    }

    fn hold_out_of(
        &mut self,
        words: Words,
        count: usize,
        key: &str,
        value: impl ToString,
    ) -> Result<Vec<usize>> {
        let rows: usize = self.0.iter().map(Vec::len).sum();
        let room: usize = self
            .0
            .iter()
            .map(|group| group.len().saturating_sub(1))
            .sum();
        if count > room {
            let (
                classes,
                Words {
                    row,
                    rows: many,
                    remedy,
                },
            ) = (self.0.len(), words);
            let accepted = match room {
                0 => format!(
                    "asks for {count} of the {rows} {many} that are left, but each of the {classes} classes has a \
                     single {row}, which it keeps for training; {remedy}"
                ),
                _ => format!(
                    "asks for {count} of the {rows} {many} that are left, but only {room} can be held out, since each \
                     of the {classes} classes keeps one {row} for training; lower it, or {remedy}"
                ),
            };
            return Err(Error::setting(key, value, accepted));
        }
        let mut taken = Vec::with_capacity(count);
        let quotas = self.quotas(count, rows.max(1));
        for (group, quota) in self.0.iter_mut().zip(quotas) {
            taken.extend(group.split_off(group.len() - quota));
        }
        taken.sort_unstable();
        Ok(taken)
    }

    /// The indices of the rows that are left, in ascending order.
    pub fn rest(self) -> Vec<usize> {
        let mut rest: Vec<usize> = self.0.into_iter().flatten().collect();
        rest.sort_unstable();
        rest
    }

    /// The number of rows that each group gives: the integer part of its share first, and then one by one
    /// in the order of the remainders, largest first.
    fn quotas(&self, count: usize, rows: usize) -> Vec<usize> {
        let share = |group: &Vec<usize>| count as u128 * group.len() as u128;
        let room = |index: usize| self.0[index].len().saturating_sub(1);
        let mut quotas: Vec<usize> = (self.0.iter().enumerate())
            .map(|(index, group)| ((share(group) / rows as u128) as usize).min(room(index)))
            .collect();
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(share(&self.0[index]) % rows as u128));
        let mut missing = count - quotas.iter().sum::<usize>();
        while missing > 0 {
            for &index in &order {
                if missing > 0 && quotas[index] < room(index) {
                    quotas[index] += 1;
                    missing -= 1;
                }
            }
        }
        quotas
    }
}

/// Checks that a fraction is strictly between 0 and 1.
pub fn check_fraction(key: &str, fraction: f64) -> Result<()> {
    if fraction > 0.0 && fraction < 1.0 {
        return Ok(());
    }
    let accepted = "must be a fraction of the rows between 0 and 1, such as 0.15";
    Err(Error::setting(key, fraction, accepted))
}

/// Checks that both fractions are strictly between 0 and 1 and leave rows for training.
pub fn check_fractions(validation: f64, test: f64) -> Result<()> {
    check_fraction("task.validation", validation)?;
    check_fraction("task.test", test)?;
    if validation + test < 1.0 {
        return Ok(());
    }
    let accepted = format!(
        "with task.validation = {validation} no rows are left for training; their sum must be less than 1"
    );
    Err(Error::setting("task.test", test, accepted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::wording::told;
    use proptest::prelude::*;

    fn groups(sizes: &[usize], seed: u64) -> Groups {
        let mut next = 0;
        let mut group = |&size: &usize| {
            next += size;
            (next - size..next).collect()
        };
        Groups::shuffled(sizes.iter().map(&mut group).collect(), &Seed::new(seed))
    }

    proptest! {
        #[test]
        fn parts_are_disjoint_complete_and_in_proportion(
            sizes in prop::collection::vec(1_usize..40, 1..8), share in 0.0..1.0_f64, seed: u64,
        ) {
            let rows: usize = sizes.iter().sum();
            let count = (share * (rows - sizes.len()) as f64) as usize;
            let mut left = groups(&sizes, seed);
            let held = left.hold_out(count, "", "").unwrap();
            prop_assert_eq!(held.len(), count);
            for ((left, &size), index) in left.0.iter().zip(&sizes).zip(0..) {
                prop_assert!(!left.is_empty());
                let exact = (size * count) as f64 / rows as f64;
                let slack = 1.0 + sizes.len() as f64;
                prop_assert!(((size - left.len()) as f64 - exact).abs() <= slack, "{index}");
            }
            let mut all = [held, left.rest()].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_seed_decides_and_nothing_else() {
        let held = |seed| groups(&[50, 50], seed).hold_out(20, "", "").unwrap();
        assert_eq!(held(1), held(1));
        assert_ne!(held(1), held(2));
        let evenly = held(3).iter().filter(|&&row| row < 50).count();
        assert_eq!(evenly, 10);
    }

    #[test]
    fn too_few_rows_blame_the_setting() {
        let error = groups(&[1, 2], 0)
            .hold_out(2, "task.test", 0.5)
            .unwrap_err();
        assert!(error.to_string().starts_with("task.test = 0.5"), "{error}");
        let mut single = groups(&[1, 1], 0);
        let told = told(single.hold_out_pictures(1, "task.test", 0.5).unwrap_err());
        assert!(
            !told.contains("task.target") && !told.contains("row"),
            "{told}"
        );
    }
}
