//! The arrangement of the points: how many belong to each class, and which prefixes are sets of their own.

use std::ops::Range;

use burn::tensor::{Tensor, backend::Backend};
use serde::{Deserialize, Serialize};

/// The arrangement of the points of a set. The points of class 0 come first, then those of class 1, and so
/// on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrangement {
    /// Number of points of each class. Empty if targets are real numbers, or in files that earlier versions
    /// wrote: if there are classes, each then has the same number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<usize>,
    /// Ascending sizes k for which the first k points of each class (or of all, without classes) are a set of
    /// their own; the last is the whole set. Empty if only the whole set is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nested: Vec<usize>,
}

impl Arrangement {
    /// The number of points of each of `classes` classes in a set of `points` points. Without classes (0),
    /// a single number.
    pub fn counts(&self, points: usize, classes: usize) -> Vec<usize> {
        match (self.counts.len(), classes) {
            (_, 0) => vec![points],
            (stated, classes) if stated == classes => self.counts.clone(),
            (_, classes) => vec![points / classes; classes],
        }
    }

    /// The problem of this arrangement for a set of `points` points of `classes` classes (0 without classes),
    /// if it has one.
    pub(crate) fn problem(&self, points: usize, classes: usize) -> Option<String> {
        let Self { counts, nested } = self;
        let total = counts.iter().fold(0_usize, |sum, &n| sum.saturating_add(n));
        if counts.is_empty() && classes > 0 && !points.is_multiple_of(classes) {
            return Some(format!(
                "{points} points cannot be the same number for each of {classes} classes"
            ));
        }
        let fits = counts.len() == classes && total == points && !counts.contains(&0);
        if !counts.is_empty() && !fits {
            return Some(format!(
                "counts of {counts:?} are not those of {points} points in {classes} classes"
            ));
        }
        let largest = self.counts(points, classes).into_iter().max();
        let rises = nested.windows(2).all(|pair| pair[0] < pair[1]);
        let is_sane = rises && !nested.contains(&0) && nested.last().copied() == largest;
        if !nested.is_empty() && !is_sane {
            return Some(format!(
                "nested sizes of {nested:?} do not rise from 1 or more to the size of the set"
            ));
        }
        None
    }

    /// The first `size` points of each class, in a set of `points` points.
    pub(super) fn prefix(&self, size: usize, points: usize) -> Prefix {
        let counts = self.counts(points, self.counts.len());
        let classes = counts.iter().scan(0, |first, &count| {
            let all = *first..*first + count;
            *first += count;
            Some(all)
        });
        Prefix {
            size,
            classes: classes.collect(),
        }
    }
}

/// The first points of each class of a set.
#[derive(Debug, Clone)]
pub(super) struct Prefix {
    size: usize,
    /// The places of all points of each class.
    classes: Vec<Range<usize>>,
}

impl Prefix {
    /// Number of points of each class in the prefix.
    pub fn counts(&self) -> Vec<usize> {
        let of = |class: &Range<usize>| class.len().min(self.size);
        self.classes.iter().map(of).collect()
    }

    /// The rows of the prefix `[k, columns]`, of all rows `[n, columns]`.
    pub fn rows<A: Backend>(&self, all: &Tensor<A, 2>) -> Tensor<A, 2> {
        let own = |class: &Range<usize>| {
            let count = class.len().min(self.size);
            all.clone().narrow(0, class.start, count)
        };
        Tensor::cat(self.classes.iter().map(own).collect(), 0)
    }

    /// All rows `[n, columns]`, with those of the prefix replaced by `rows` `[k, columns]`.
    pub fn replaced<A: Backend>(&self, all: &Tensor<A, 2>, rows: &Tensor<A, 2>) -> Tensor<A, 2> {
        let (mut pieces, mut taken) = (Vec::new(), 0);
        for class in &self.classes {
            let count = class.len().min(self.size);
            pieces.push(rows.clone().narrow(0, taken, count));
            if count < class.len() {
                let others = all.clone();
                pieces.push(others.narrow(0, class.start + count, class.len() - count));
            }
            taken += count;
        }
        Tensor::cat(pieces, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrangement(counts: &[usize], nested: &[usize]) -> Arrangement {
        Arrangement {
            counts: counts.to_vec(),
            nested: nested.to_vec(),
        }
    }

    #[test]
    fn what_is_not_said_is_the_same_number_for_each_class() {
        let none = Arrangement::default();
        assert_eq!(none.counts(6, 3), [2, 2, 2]);
        assert_eq!(none.counts(6, 0), [6]);
        assert_eq!(arrangement(&[1, 5], &[]).counts(6, 2), [1, 5]);
    }

    #[test]
    fn an_arrangement_must_fit_its_set() {
        for (counts, nested, points, classes) in [
            (&[1, 2][..], &[][..], 3, 2),
            (&[], &[], 4, 2),
            (&[], &[1, 2, 4], 4, 0),
            (&[1, 3], &[1, 3], 4, 2),
            (&[], &[2], 4, 2),
        ] {
            assert_eq!(arrangement(counts, nested).problem(points, classes), None);
        }
        for (counts, nested, points, classes) in [
            (&[1, 2][..], &[][..], 4, 2),
            (&[1, 2], &[], 3, 3),
            (&[3, 0], &[], 3, 2),
            (&[], &[], 3, 2),
            (&[1, 3], &[1, 2], 4, 2),
            (&[], &[2, 1, 4], 4, 0),
            (&[], &[0, 4], 4, 0),
            (&[usize::MAX, 2], &[], 1, 2),
        ] {
            let found = arrangement(counts, nested).problem(points, classes);
            assert!(found.is_some(), "{counts:?} {nested:?}");
        }
    }
}
