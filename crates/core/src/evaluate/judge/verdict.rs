//! The verdict of the judges: their marks for each set, and what these are worth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::gain::{BySet, Gain};
use super::super::trial::{DISTILLED, FULL};
use super::Marks;

/// Something for each judge, by its name.
pub type ByJudge<T> = BTreeMap<String, T>;

/// The marks that judges give to the set and to what it is compared with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object with the marks of judges")]
pub struct Verdict {
    /// The names of the judges, in order.
    pub names: Vec<String>,
    /// Number of training rows of the set `full`; 0 if only the set itself was judged.
    pub full_rows: usize,
    /// The marks.
    pub scores: BySet<ByJudge<Marks>>,
    /// The relative regret (full − s) / (full − random), with s the first mark of a set and random that of
    /// `random_real`; the divisor is at least 0.001. 0 is as good as all data, 1 as random rows. Of all sets but these
    /// two.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regret: BySet<ByJudge<f64>>,
    /// The median of a set's regrets over the judges. Of sets that every judge has learned.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub median_regret: BySet<f64>,
    /// By how much judges score more with the set `distilled` than with each other set, over the judges that see rows
    /// one by one: all but the network. Of sets that all of these have learned.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gain: BySet<Gain>,
    /// By how much they score more with all data than with random rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Gain>,
    /// The reasons why marks are missing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failed: BySet<ByJudge<String>>,
}

/// Name of the set that a regret of 1 belongs to.
pub(super) const RANDOM: &str = "random_real";

/// The smallest divisor of a regret.
const LEAST_GAP: f64 = 1e-3;

impl Verdict {
    /// The names of the sets: the set itself, what it is compared with, and all data.
    pub fn sets(&self) -> Vec<&str> {
        let all = self.scores.keys().chain(self.failed.keys());
        let mut names: Vec<&str> = all.map(String::as_str).collect();
        names.sort_unstable_by_key(|name| (*name != DISTILLED, *name == FULL, *name));
        names.dedup();
        names
    }

    /// The marks of a set by a judge.
    pub fn marks(&self, set: &str, judge: &str) -> Option<&Marks> {
        self.scores.get(set)?.get(judge)
    }

    /// Computes the regrets from the marks.
    pub(super) fn with_regrets(mut self) -> Self {
        let first = |set: &str, judge: &str| self.marks(set, judge).map(Marks::first);
        let mut regret: BySet<ByJudge<f64>> = BTreeMap::new();
        for set in self
            .scores
            .keys()
            .filter(|set| ![FULL, RANDOM].contains(&set.as_str()))
        {
            for judge in &self.names {
                let marks = (first(FULL, judge), first(RANDOM, judge), first(set, judge));
                if let (Some(full), Some(random), Some(own)) = marks {
                    let value = (full - own) / (full - random).max(LEAST_GAP);
                    regret
                        .entry(set.clone())
                        .or_default()
                        .insert(judge.clone(), value);
                }
            }
        }
        let medians = regret
            .iter()
            .filter(|(_, of)| of.len() == self.names.len())
            .map(|(set, of)| (set.clone(), median(of.values().copied())));
        self.median_regret = medians.collect();
        self.regret = regret;
        self
    }
}

/// The median; the mean of the middle two of an even number.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => 0.5 * (values[middle - 1] + values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regrets_are_relative_to_random_rows_and_all_data() {
        let marks = |balanced| Marks::Classes {
            balanced,
            accuracy: 0.5,
        };
        let names = ["a", "b", "c"].map(str::to_owned);
        let row = |values: [f64; 3]| names.iter().cloned().zip(values.map(marks)).collect();
        let scores = [
            ("full", row([0.9, 0.8, 0.7])),
            ("k_means", row([0.8, 0.8, 0.7])),
            ("distilled", row([0.7, 0.9, 0.5])),
            ("random_soft", [(names[0].clone(), marks(0.8))].into()),
            ("random_real", row([0.5, 0.6, 0.7])),
        ];
        let verdict = Verdict {
            names: names.to_vec(),
            scores: scores.map(|(set, row)| (set.to_owned(), row)).into(),
            ..Verdict::default()
        };
        let verdict = verdict.with_regrets();
        assert_eq!(
            verdict.sets(),
            ["distilled", "k_means", "random_real", "random_soft", "full"]
        );
        let regrets: Vec<f64> = verdict.regret["distilled"].values().copied().collect();
        for (found, expected) in regrets.iter().zip([0.5, -0.5, 200.0]) {
            assert!((found - expected).abs() < 1e-9, "{regrets:?}");
        }
        assert!((verdict.median_regret["distilled"] - 0.5).abs() < 1e-9);
        assert!(verdict.median_regret["k_means"].abs() < 1e-9);
        assert!(!verdict.regret.contains_key("full"));
        // A set that one judge alone has learned has no median.
        assert!(verdict.regret.contains_key("random_soft"));
        assert!(!verdict.median_regret.contains_key("random_soft"));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
    }
}
