//! The standard deviation of scores, and what it is over. Runs of a row differ only in their seed: their
//! scores spread over seeds. The score of a single run spreads over the fresh networks of its set. Only the
//! first spread tells what to expect of another seed.

use std::collections::HashMap;
use std::fmt;

use retort_core::evaluate::Score;

/// What a standard deviation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Fresh networks trained on one set.
    Networks,
    /// Seeds, each with its own set.
    Seeds,
}

/// A score with its sample standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Mean over networks, or mean over seeds of the means over networks.
    pub mean: f64,
    /// Sample standard deviation (n − 1); 0 for a single value.
    pub std: f64,
    /// Number of networks or seeds.
    pub count: usize,
    /// What mean and deviation are over.
    pub over: Over,
}

impl Spread {
    /// The score of a row of runs: over seeds if several runs have it, the run's own if one has it, `None` if
    /// none has it.
    pub fn of_row(runs: &[Self]) -> Option<Self> {
        match runs {
            [] => None,
            [one] => Some(*one),
            runs => {
                let means: Vec<f64> = runs.iter().map(|run| run.mean).collect();
                Some(Self::over_seeds(&means))
            }
        }
    }

    /// The spread of one value per seed.
    pub fn over_seeds(values: &[f64]) -> Self {
        Self {
            over: Over::Seeds,
            ..Self::from(&Score::of(values))
        }
    }
}

impl From<&Score> for Spread {
    fn from(score: &Score) -> Self {
        Self {
            mean: score.mean,
            std: score.std,
            count: score.runs,
            over: Over::Networks,
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mean, std, .. } = self;
        write!(
            to,
            "{mean:.4} ± {std:.4} ({})",
            counted(self.count, self.over)
        )
    }
}

fn counted(count: usize, over: Over) -> String {
    let word = match over {
        Over::Networks => "network",
        Over::Seeds => "seed",
    };
    let many = if count == 1 { "" } else { "s" };
    format!("{count} {word}{many}")
}

/// Describes what the error bars of these scores are over.
pub fn over(shown: impl IntoIterator<Item = Over>) -> &'static str {
    match seeds_and_networks(shown) {
        (true, false) => "over seeds",
        (true, true) => {
            "over seeds where there are several, over the fresh networks of one set otherwise"
        }
        (false, _) => "over the fresh networks of one set",
    }
}

/// The same in fewer words, for charts.
pub fn briefly_over(shown: impl IntoIterator<Item = Over>) -> &'static str {
    match seeds_and_networks(shown) {
        (true, false) => "over seeds",
        (true, true) => "over seeds or networks",
        (false, _) => "over networks",
    }
}

fn seeds_and_networks(shown: impl IntoIterator<Item = Over>) -> (bool, bool) {
    let (mut seeds, mut networks) = (false, false);
    for over in shown {
        match over {
            Over::Seeds => seeds = true,
            Over::Networks => networks = true,
        }
    }
    (seeds, networks)
}

/// Groups runs of the same kind and different seeds into rows, in the order of their first runs. `of` returns
/// a run's kind and seed. Two runs with the same kind and seed stand in different rows.
pub fn rows<R>(runs: impl IntoIterator<Item = R>, of: impl Fn(&R) -> (String, u64)) -> Vec<Vec<R>> {
    let mut rows: Vec<Vec<R>> = Vec::new();
    // How often each kind and seed has come, and the row of each kind that takes the seeds that come for that
    // time.
    let mut times: HashMap<(String, u64), usize> = HashMap::new();
    let mut places: HashMap<(String, usize), usize> = HashMap::new();
    for run in runs {
        let (kind, seed) = of(&run);
        let time = times.entry((kind.clone(), seed)).or_insert(0);
        let place = *places.entry((kind, *time)).or_insert(rows.len());
        *time += 1;
        match rows.get_mut(place) {
            Some(row) => row.push(run),
            None => rows.push(vec![run]),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Scores of MNIST's MLP at one point per class: networks of one set agree, sets of different seeds do
    /// not.
    fn mnist() -> Vec<Spread> {
        let scores = [(0.7973, 0.0042), (0.7291, 0.0056), (0.8189, 0.0030)];
        let spread = |(mean, std)| Spread {
            mean,
            std,
            count: 5,
            over: Over::Networks,
        };
        scores.map(spread).to_vec()
    }

    #[test]
    fn several_runs_spread_over_seeds_and_one_over_its_networks() {
        let runs = mnist();
        let row = Spread::of_row(&runs).unwrap();
        assert_eq!(row.to_string(), "0.7818 ± 0.0469 (3 seeds)");
        let alone = Spread::of_row(&runs[..1]).unwrap();
        assert_eq!(alone.to_string(), "0.7973 ± 0.0042 (5 networks)");
        assert_eq!(Spread::of_row(&[]), None);
        assert_eq!(over([Over::Seeds]), "over seeds");
        assert_eq!(over([]), over([alone.over]));
        assert!(over([row.over, alone.over]).starts_with("over seeds where"));
    }

    #[test]
    fn a_row_has_each_seed_once() {
        let runs = [("a", 0), ("b", 0), ("a", 1), ("a", 0), ("a", 1), ("a", 2)];
        let rows = rows(runs, |(kind, seed)| ((*kind).to_owned(), *seed));
        let expected: [&[(&str, u64)]; 3] = [
            &[("a", 0), ("a", 1), ("a", 2)],
            &[("b", 0)],
            &[("a", 0), ("a", 1)],
        ];
        assert_eq!(rows, expected);
    }
}
