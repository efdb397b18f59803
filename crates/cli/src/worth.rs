//! Whether distilling was worth it: the set against the best of the other sets of its size.

use retort_core::evaluate::{DISTILLED, Gain, Marks, Metric, Score, Verdict};

use crate::summary::Scored;

/// Beginnings of the names of scores that are no rivals: all data, features alone, and nested sets.
const NO_RIVALS: [&str; 5] = [
    DISTILLED,
    "full",
    "features_",
    "random_features",
    "k_means_",
];

/// Name of the set of random rows.
const RANDOM: &str = "random_real";

/// One line that tells whether the set is better than the best other set of its size. If judges learned both
/// sets, they decide: a difference counts if it is more than two standard errors and most judges agree. Sets that only
/// networks can learn, and all sets where there are no judges, are compared by the scores of networks. `None` if there
/// is nothing to compare with.
pub fn line(scored: &Scored<'_>, judges: Option<&Verdict>) -> Option<String> {
    let told = match judges.and_then(by_judges) {
        None => by_networks(scored, is_rival)?.to_string(),
        Some(told) => {
            let is_judged = |name: &str| judges.is_some_and(|it| it.gain.contains_key(name));
            let others = by_networks(scored, |name| is_rival(name) && !is_judged(name));
            match others.filter(|it| it.verdict == Answer::No) {
                Some(it) => format!(
                    "{told}; for a network, {} is better by {:.4}",
                    it.rival, it.size
                ),
                None => told,
            }
        }
    };
    Some(format!("worth it   {told}\n"))
}

fn is_rival(name: &str) -> bool {
    !NO_RIVALS.iter().any(|begin| name.starts_with(begin))
}

/// The set against the other one that judges score best with. The network is a judge like the others where judges are
/// counted, but is not in the mean.
fn by_judges(verdict: &Verdict) -> Option<String> {
    let rivals = verdict.gain.iter().filter(|(name, _)| is_rival(name));
    let (rival, gain) = rivals.min_by(|a, b| a.1.mean.total_cmp(&b.1.mean))?;
    let over_random = verdict.gain.get(RANDOM).copied().unwrap_or_default();
    if let Some(signal) = verdict.signal
        && !signal.is_sure()
        && !over_random.is_sure()
    {
        let Gain { mean, error } = signal;
        return Some(format!(
            "nothing to gain here: judges learn no more from all rows than from random ones of the set's size \
             ({mean:+.4}, standard error {error:.4})"
        ));
    }
    let first = |set: &str, judge: &String| verdict.marks(set, judge).map(Marks::first);
    let judges = |sides: &dyn Fn(Option<f64>, Option<f64>) -> bool| {
        let names = verdict.names.iter();
        let those = names.filter(|judge| sides(first(DISTILLED, judge), first(rival, judge)));
        those.count()
    };
    let (more, less) = (
        judges(&|own, other| own > other),
        judges(&|own, other| own < other),
    );
    let of = verdict.names.len();
    let learn = if more == 1 { "learns" } else { "learn" };
    let votes = format!("of {of} judges {more} {learn} more from the distilled set, {less} less");
    let size = format!(
        "{:.4} on average, standard error {:.4}",
        gain.mean.abs(),
        gain.error
    );
    Some(if gain.is_sure() && more > less {
        format!("yes: better than {rival}, the best of the others, by {size}; {votes}")
    } else if gain.is_loss() && less > more {
        format!("no: {rival} is better by {size}; {votes}")
    } else {
        format!("{rival} is as good here: the difference is {size}; {votes}")
    })
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The set is better.
    Yes,
    /// The rival is better.
    No,
    /// The difference does not count.
    Same,
}

/// The set against its best rival, by networks.
#[derive(Debug)]
struct Comparison<'a> {
    verdict: Answer,
    rival: &'a str,
    is_one_of_several: bool,
    /// The size of the difference, and how large it must be to count.
    size: f64,
    doubt: f64,
}

impl std::fmt::Display for Comparison<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            rival, size, doubt, ..
        } = self;
        let of_several = match self.is_one_of_several {
            true => ", the best of the others",
            false => "",
        };
        match self.verdict {
            Answer::Yes => write!(out, "yes: better by {size:.4} than {rival}{of_several}"),
            Answer::No => write!(out, "no: {rival} is better by {size:.4}"),
            Answer::Same => write!(
                out,
                "{rival} is as good here: the difference of {size:.4} is within two standard errors ({doubt:.4})"
            ),
        }
    }
}

fn by_networks<'a>(
    scored: &'a Scored<'_>,
    is_rival: impl Fn(&str) -> bool,
) -> Option<Comparison<'a>> {
    let own = scored.score(DISTILLED)?;
    let better = |a: &Score, b: &Score| scored.metric.better(a.mean, b.mean);
    let rivals = || scored.scores.iter().filter(|(name, _)| is_rival(name));
    let (name, best) = rivals()
        .fold(None, |best: Option<&(String, Score)>, next| match best {
            Some(best) if !better(&next.1, &best.1) => Some(best),
            _ => Some(next),
        })
        .map(|(name, score)| (name, score))?;
    let gain = match scored.gain.get(name) {
        Some(gain) => *gain,
        None => of_networks_alone(scored.metric, own, best),
    };
    Some(Comparison {
        verdict: match gain {
            gain if gain.is_sure() => Answer::Yes,
            gain if gain.is_loss() => Answer::No,
            _ => Answer::Same,
        },
        rival: name,
        is_one_of_several: rivals().count() > 1,
        size: gain.mean.abs(),
        doubt: 2.0 * gain.error,
    })
}

/// The gain where the version that scored the sets did not tell it: with the error over networks, without that over
/// rows.
fn of_networks_alone(metric: Metric, own: &Score, other: &Score) -> Gain {
    let error = |score: &Score| score.std / (score.runs.max(1) as f64).sqrt();
    Gain {
        mean: match metric {
            Metric::Accuracy => own.mean - other.mean,
            Metric::Mse => other.mean - own.mean,
        },
        error: error(own).hypot(error(other)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use retort_core::evaluate::ScoredOn;

    use super::*;

    fn told(metric: Metric, scores: &[(&str, &[f64])]) -> Option<String> {
        let scores: Vec<(String, Score)> = scores
            .iter()
            .map(|(name, values)| ((*name).to_owned(), Score::of(values)))
            .collect();
        let scored = Scored {
            metric,
            scored_on: ScoredOn::Test,
            unread_labels: 0,
            scores: &scores,
            gain: &Default::default(),
            failed: &[],
            label_robust_score: None,
        };
        line(&scored, None)
    }

    #[test]
    fn the_best_of_the_others_is_the_measure() {
        let (low, high) = (&[0.50, 0.52][..], &[0.80, 0.82][..]);
        let others = |ours| {
            vec![
                ("distilled", ours),
                ("random_real", low),
                ("k_means", high),
                ("full", &[0.99, 0.99][..]),
            ]
        };
        let yes = told(Metric::Accuracy, &others(&[0.90, 0.91])).unwrap();
        assert!(yes.contains("yes: better by 0.0950 than k_means"), "{yes}");
        let same = told(Metric::Accuracy, &others(&[0.80, 0.83])).unwrap();
        assert!(same.contains("k_means is as good here"), "{same}");
        let no = told(Metric::Accuracy, &others(low)).unwrap();
        assert!(no.contains("no: k_means is better by 0.3000"), "{no}");
        let errors = told(Metric::Mse, &others(&[0.1, 0.1])).unwrap();
        assert!(
            errors.contains("yes: better by 0.4100 than random_real"),
            "{errors}"
        );
        assert_eq!(
            told(Metric::Mse, &[("distilled", low), ("full", high)]),
            None
        );
    }

    #[test]
    fn few_rows_leave_a_difference_in_doubt() {
        let scores = [("distilled", 0.625), ("k_means", 0.5)];
        let scores = scores.map(|(name, mean)| (name.to_owned(), Score::of(&[mean])));
        let of = |error| {
            let gain = Gain { mean: 0.125, error };
            let gain = [("k_means".to_owned(), gain)].into();
            let scored = Scored {
                metric: Metric::Accuracy,
                scored_on: ScoredOn::Test,
                unread_labels: 0,
                scores: &scores,
                gain: &gain,
                failed: &[],
                label_robust_score: None,
            };
            line(&scored, None).unwrap()
        };
        assert!(of(0.1).contains("k_means is as good here"), "{}", of(0.1));
        assert!(of(0.01).contains("yes: better by 0.1250"), "{}", of(0.01));
    }

    #[test]
    fn judges_decide_where_there_are_some() {
        let marks = |balanced| Marks::Classes {
            balanced,
            accuracy: 0.5,
        };
        let names = ["knn", "linear", "forest"].map(str::to_owned);
        let row = |values: [f64; 3]| names.iter().cloned().zip(values.map(marks)).collect();
        let scores = [
            ("k_means", row([0.7, 0.7, 0.7])),
            ("distilled", row([0.8, 0.8, 0.6])),
        ];
        let sure = |mean| Gain { mean, error: 0.01 };
        let gains = [
            ("k_means", sure(0.03)),
            ("random_real", sure(0.1)),
            ("full", sure(-0.2)),
        ];
        let mut verdict = Verdict {
            names: names.to_vec(),
            scores: scores.map(|(set, row)| (set.to_owned(), row)).into(),
            gain: gains.map(|(set, of)| (set.to_owned(), of)).into(),
            signal: Some(sure(0.3)),
            ..Verdict::default()
        };
        let set = |verdict: &mut Verdict, name: &str, mean| {
            verdict.gain.insert(name.to_owned(), sure(mean));
        };
        let yes = by_judges(&verdict).unwrap();
        assert!(yes.starts_with("yes: better than k_means"), "{yes}");
        assert!(
            yes.contains("of 3 judges 2 learn more from the distilled set, 1 less"),
            "{yes}"
        );
        // Most judges must agree.
        set(&mut verdict, "k_means", -0.03);
        let split = by_judges(&verdict).unwrap();
        assert!(split.starts_with("k_means is as good here"), "{split}");
        let others = row([0.9, 0.9, 0.5]);
        verdict.scores.insert("k_means".to_owned(), others);
        let no = by_judges(&verdict).unwrap();
        assert!(no.starts_with("no: k_means is better"), "{no}");
        set(&mut verdict, "k_means", -0.01);
        let same = by_judges(&verdict).unwrap();
        assert!(same.starts_with("k_means is as good here"), "{same}");
        // Noise: all rows teach no more than random ones.
        verdict.signal = Some(sure(0.015));
        set(&mut verdict, "random_real", 0.01);
        let nothing = by_judges(&verdict).unwrap();
        assert!(nothing.starts_with("nothing to gain"), "{nothing}");
    }

    #[test]
    fn sets_that_only_networks_learn_are_rivals_too() {
        let score = |mean| Score::of(&[mean, mean + 0.01]);
        let scores = [("distilled", 0.7), ("k_means", 0.9), ("random_soft", 0.8)];
        let scores = scores.map(|(name, mean)| (name.to_owned(), score(mean)));
        let scored = Scored {
            metric: Metric::Accuracy,
            scored_on: ScoredOn::Test,
            unread_labels: 0,
            scores: &scores,
            gain: &Default::default(),
            failed: &[],
            label_robust_score: None,
        };
        let gain = Gain {
            mean: 0.1,
            error: 0.01,
        };
        let verdict = Verdict {
            gain: [("k_means".to_owned(), gain)].into(),
            ..Verdict::default()
        };
        let told = line(&scored, Some(&verdict)).unwrap();
        assert!(
            told.contains("for a network, random_soft is better by 0.1000"),
            "{told}"
        );
    }
}
