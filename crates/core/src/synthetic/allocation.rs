//! `synthetic.allocation`: how the points are divided among the classes.

use serde::{Deserialize, Serialize};

/// How a number of points is divided among the classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allocation {
    /// The same number for every class; the first classes have one more if there is a remainder.
    #[default]
    Equal,
    /// In proportion to the training rows of the classes, at least one each.
    Proportional,
    /// Where points help most: as `Proportional`, and then points move from class to class while the sum
    /// over classes of SSD/points falls. SSD is the sum of squared distances of the rows of a class to the
    /// nearest of its k-means centres, one centre for each point.
    Adaptive,
}

impl Allocation {
    /// The word in settings, in quotes.
    pub(super) fn shown(self) -> String {
        crate::settings::keys::shown(&self)
    }
}

/// Divides `points` in equal numbers; the first of `classes` classes have one more if there is a remainder.
pub(super) fn equal(points: usize, classes: usize) -> Vec<usize> {
    let classes = classes.max(1);
    let of = |class| points / classes + usize::from(class < points % classes);
    (0..classes).map(of).collect()
}

/// Divides `points` in proportion to `rows`, at least one for each class: every class has one point, and the
/// others follow from the share of its rows in all points. The remainder goes to the classes with the largest
/// fractions, of equal ones to the first. `points` is at least the number of classes.
pub(super) fn proportional(points: usize, rows: &[usize]) -> Vec<usize> {
    let all: u128 = rows.iter().map(|&rows| rows as u128).sum::<u128>().max(1);
    let whole = |rows: usize| (points as u128 * rows as u128 / all) as usize;
    let mut counts: Vec<usize> = rows.iter().map(|&rows| whole(rows).max(1)).collect();
    let fraction = |class: usize| points as u128 * rows[class] as u128 % all;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&place| std::cmp::Reverse(fraction(place)));
    let mut turn = order.iter().copied().cycle();
    while counts.iter().sum::<usize>() < points {
        let Some(class) = turn.next() else { break };
        // A class that was raised to one point has more than its share already.
        if whole(rows[class]) > 0 || rows.len() == 1 {
            counts[class] += 1;
        }
    }
    // Points that small classes got beyond their share come from the largest.
    while counts.iter().sum::<usize>() > points {
        let surplus = |&class: &usize| {
            let share = points as u128 * rows[class] as u128;
            (counts[class] > 1).then(|| (counts[class] as u128 * all) as i128 - share as i128)
        };
        let richest = (0..rows.len()).max_by_key(|class| (surplus(class), rows.len() - class));
        let Some(class) = richest.filter(|&class| counts[class] > 1) else {
            break;
        };
        counts[class] -= 1;
    }
    counts
}

/// Moves points between classes while the sum over classes of `ssd(class, n)/n` falls, always the move that
/// lowers it most. Every class keeps at least one point. From "class-adaptive allocation" of CCTC.
pub(super) fn adapted(mut counts: Vec<usize>, ssd: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut known = std::collections::BTreeMap::new();
    let mut cost = |class: usize, count: usize| {
        let found = known.entry((class, count));
        *found.or_insert_with(|| ssd(class, count) / count as f64)
    };
    let classes = counts.len();
    loop {
        // What a class loses with a point less, and gains with one more.
        let loss: Vec<f64> = (0..classes)
            .map(|class| match counts[class] {
                1 => f64::INFINITY,
                count => cost(class, count - 1) - cost(class, count),
            })
            .collect();
        let gain: Vec<f64> = (0..classes)
            .map(|class| cost(class, counts[class]) - cost(class, counts[class] + 1))
            .collect();
        let pairs = (0..classes).flat_map(|from| (0..classes).map(move |to| (from, to)));
        let change = |&(from, to): &(usize, usize)| gain[to] - loss[from];
        let best = (pairs.filter(|(from, to)| from != to))
            .max_by(|a, b| change(a).total_cmp(&change(b)).then_with(|| b.cmp(a)));
        let Some((from, to)) = best else {
            return counts;
        };
        let total: f64 = (0..classes).map(|class| cost(class, counts[class])).sum();
        // Smaller changes are rounding, and could go round in circles.
        if change(&(from, to)).is_nan() || change(&(from, to)) <= 1e-9 * total.abs() {
            return counts;
        }
        counts[from] -= 1;
        counts[to] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_remainder_goes_to_the_first_classes() {
        assert_eq!(equal(8, 3), [3, 3, 2]);
        assert_eq!(equal(6, 3), [2, 2, 2]);
    }

    #[test]
    fn shares_follow_the_rows_and_no_class_has_none() {
        assert_eq!(proportional(10, &[50, 30, 20]), [5, 3, 2]);
        assert_eq!(proportional(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(proportional(10, &[990, 5, 5]), [8, 1, 1]);
        assert_eq!(proportional(3, &[990, 5, 5]), [1, 1, 1]);
        // 6.6, 2.2 and 1.2.
        assert_eq!(proportional(10, &[33, 11, 6]), [7, 2, 1]);
    }

    /// Rows that all lie at the same distance from each other: SSD = spread · (rows − points).
    fn ssd(spreads: &[f64], class: usize, count: usize) -> f64 {
        spreads[class] * (100.0 - count as f64).max(0.0)
    }

    #[test]
    fn points_move_to_the_wider_class_as_far_as_brute_force_says() {
        let spreads = [1.0, 4.0, 9.0];
        let total = |counts: &[usize]| -> f64 {
            let of = |(class, &count): (usize, &usize)| ssd(&spreads, class, count) / count as f64;
            counts.iter().enumerate().map(of).sum()
        };
        let found = adapted(vec![4, 4, 4], |class, count| ssd(&spreads, class, count));
        let all = (1..11).flat_map(|a| (1..12 - a).map(move |b| [a, b, 12 - a - b]));
        let least = all
            .map(|counts| total(&counts))
            .fold(f64::INFINITY, f64::min);
        assert!((total(&found) - least).abs() < 1e-9, "{found:?}");
        assert_eq!(found, [2, 4, 6]);
        let without_change = adapted(vec![3, 3], |_, _| 0.0);
        assert_eq!(without_change, [3, 3]);
        assert_eq!(adapted(vec![1, 1], |_, _| f64::NAN), [1, 1]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_each_class_has_a_point(
            rows in prop::collection::vec(1_usize..2000, 1..12), more in 0_usize..300,
        ) {
            let points = rows.len() + more;
            let all: usize = rows.iter().sum();
            let counts = proportional(points, &rows);
            prop_assert_eq!(counts.iter().sum::<usize>(), points);
            prop_assert!(counts.iter().all(|&count| count > 0));
            for (count, rows) in counts.iter().zip(&rows) {
                let share = points as f64 * *rows as f64 / all as f64;
                prop_assert!((*count as f64) < share + 1.0 + 1e-9 || *count == 1);
            }
        }
    }
}
