//! Whether distilling was worth it: the set against the best of the other sets of its size.

use retort_core::evaluate::{Marks, Metric, Score, Verdict};

use crate::summary::Scored;

/// Name of the set's score.
const DISTILLED: &str = "distilled";

/// Beginnings of the names of scores that are no rivals: all data, features alone, and nested sets.
const NO_RIVALS: [&str; 5] = [
    "distilled",
    "full",
    "features_",
    "random_features",
    "k_means_",
];

/// The difference of two median regrets that counts.
const COUNTS: f64 = 0.05;

/// One line that tells whether the set is better than the best other set of its size. If judges learned both
/// sets, their median regret decides, of which a difference counts if it is more than [`COUNTS`]; otherwise the
/// scores of networks, of which a difference counts if it is more than two standard errors. `None` if there is
/// nothing to compare with.
pub fn line(scored: &Scored<'_>, judges: Option<&Verdict>) -> Option<String> {
    let told = judges.and_then(by_judges).or_else(|| by_networks(scored))?;
    Some(format!("worth it   {told}\n"))
}

fn is_rival(name: &str) -> bool {
    !NO_RIVALS.iter().any(|begin| name.starts_with(begin))
}

/// The median regret against that of the best other set.
fn by_judges(verdict: &Verdict) -> Option<String> {
    let own = *verdict.median_regret.get(DISTILLED)?;
    let rivals = verdict.median_regret.iter();
    let (rival, best) = rivals
        .filter(|(name, _)| is_rival(name))
        .min_by(|a, b| a.1.total_cmp(b.1))?;
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
    let regrets = format!("median regret {own:.2}, of {rival} {best:.2}");
    let votes = format!("of {of} judges {more} learn more from the distilled set, {less} less");
    Some(match best - own {
        gain if gain > COUNTS => format!("yes: {regrets}, the best of the others; {votes}"),
        gain if gain < -COUNTS => format!("no: {rival} is better; {regrets}; {votes}"),
        _ => format!("{rival} is as good here: {regrets}; {votes}"),
    })
}

fn by_networks(scored: &Scored<'_>) -> Option<String> {
    let own = scored.score(DISTILLED)?;
    let better = |a: &Score, b: &Score| scored.metric.better(a.mean, b.mean);
    let rivals = || scored.scores.iter().filter(|(name, _)| is_rival(name));
    let (name, best) = rivals()
        .fold(None, |best: Option<&(String, Score)>, next| match best {
            Some(best) if !better(&next.1, &best.1) => Some(best),
            _ => Some(next),
        })
        .map(|(name, score)| (name, score))?;
    let gain = match scored.metric {
        Metric::Accuracy => own.mean - best.mean,
        Metric::Mse => best.mean - own.mean,
    };
    let doubt = 2.0 * error(own).hypot(error(best));
    let size = gain.abs();
    let of_several = match rivals().count() {
        1 => "",
        _ => ", the best of the others",
    };
    Some(if gain > doubt {
        format!("yes: better by {size:.4} than {name}{of_several}")
    } else if gain < -doubt {
        format!("no: {name} is better by {size:.4}")
    } else {
        format!(
            "{name} is as good here: the difference of {size:.4} is within two standard errors ({doubt:.4})"
        )
    })
}

/// The standard error of a mean.
fn error(score: &Score) -> f64 {
    score.std / (score.runs.max(1) as f64).sqrt()
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
        let regrets = [("k_means", 0.6), ("distilled", 0.4), ("herding", 0.9)];
        let mut verdict = Verdict {
            names: names.to_vec(),
            scores: scores.map(|(set, row)| (set.to_owned(), row)).into(),
            median_regret: regrets.map(|(set, of)| (set.to_owned(), of)).into(),
            ..Verdict::default()
        };
        let yes = by_judges(&verdict).unwrap();
        assert!(
            yes.starts_with("yes: median regret 0.40, of k_means 0.60"),
            "{yes}"
        );
        assert!(
            yes.contains("of 3 judges 2 learn more from the distilled set, 1 less"),
            "{yes}"
        );
        verdict.median_regret.insert(DISTILLED.to_owned(), 0.7);
        let no = by_judges(&verdict).unwrap();
        assert!(no.starts_with("no: k_means is better"), "{no}");
        verdict.median_regret.insert(DISTILLED.to_owned(), 0.58);
        let same = by_judges(&verdict).unwrap();
        assert!(same.starts_with("k_means is as good here"), "{same}");
    }
}
