//! Results as text tables for people.

use std::fmt::Write;

use retort_core::evaluate::{
    Alignment, Evaluation, Gain, Marks, MemoryAccount, Metric, Score, Verdict,
};

use crate::aligned::aligned;
use crate::spread::{self, Spread};
use crate::summary::{Scored, Seconds, Summary};
use crate::worth;

/// One score as a line of progress.
pub fn score_line(name: &str, score: &Score) -> String {
    format!("scored {name}: {}", Spread::from(score))
}

/// The table of an evaluation.
pub fn of_evaluation(title: &str, evaluation: &Evaluation) -> String {
    let scored = Scored::from(evaluation);
    let mut text = format!("{title}\n\n");
    text += &scores_table(&scored);
    text += &unread_line(scored.unread_labels);
    text += &label_robust_line(scored.label_robust_score);
    text += &memory_line(&evaluation.memory);
    text += &judged(&scored, evaluation.judges.as_ref());
    text
}

/// What the marks of judges are, and what regrets are.
pub fn measure_of_judges(verdict: &Verdict) -> String {
    let marks = verdict.scores.values().flat_map(|of| of.values()).next();
    let measure = match marks {
        Some(Marks::Values { .. }) => "R²",
        Some(Marks::Classes { .. }) | None => "balanced accuracy",
    };
    let mut text = format!("{measure} (larger is better)");
    if verdict.full_rows > 0 {
        let _ = write!(text, "; full has {} training rows", verdict.full_rows);
        text += match tells_regrets(verdict) {
            true => {
                "; regret is (full - set) / (full - random_real): 0 is as good as all data, 1 as random rows"
            }
            false => "; there are no regrets, as all data teach no more than random rows",
        };
    }
    text
}

/// Whether all data teach judges more than random rows. Otherwise regrets are quotients of noise.
fn tells_regrets(verdict: &Verdict) -> bool {
    verdict.signal.is_none_or(Gain::is_sure)
}

/// The cells of the table of judges: a row for each training set below the head, a column for each judge, and the median
/// regret.
pub fn cells_of_judges(verdict: &Verdict) -> Vec<Vec<String>> {
    let head = ["learned".to_owned()]
        .into_iter()
        .chain(verdict.names.clone());
    let mut rows = vec![head.chain(["median regret".to_owned()]).collect()];
    for set in verdict.sets() {
        let mark = |judge: &String| match verdict.marks(set, judge) {
            Some(marks) => format!("{:.4}", marks.first()),
            None => "-".to_owned(),
        };
        let regret = verdict.median_regret.get(set);
        let regret = regret.filter(|_| tells_regrets(verdict));
        let regret = regret.map_or_else(String::new, |regret| format!("{regret:.2}"));
        let cells = verdict.names.iter().map(mark).chain([regret]);
        rows.push([set.to_owned()].into_iter().chain(cells).collect());
    }
    rows
}

/// The table of judges, and the reasons of gaps.
pub fn of_judges(verdict: &Verdict) -> String {
    let measure = measure_of_judges(verdict);
    let table = aligned(&cells_of_judges(verdict));
    let mut text = format!("\njudges     {measure}\n\n{table}");
    for (set, reasons) in &verdict.failed {
        for (judge, reason) in reasons {
            let _ = writeln!(text, "{judge} has no score for {set}: {reason}");
        }
    }
    text
}

/// The table of one set scored with several networks: a row per network, a column per score.
pub fn of_transfer(evaluations: &[(&str, Evaluation)]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in evaluations.iter().flat_map(|(_, found)| &found.scores) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut text = format!("{:12}", "network");
    names
        .iter()
        .for_each(|name| text += &format!("  {name:>17}"));
    for (network, found) in evaluations {
        text += &format!("\n{network:12}");
        for name in &names {
            let score = found.scores.iter().find(|(other, _)| other == name);
            let shown = score.map_or_else(
                || "no score".to_owned(),
                |(_, score)| format!("{:.4} ± {:.4}", score.mean, score.std),
            );
            text += &format!("  {shown:>17}");
        }
    }
    let over = spread::over([]);
    text + &format!("\n(mean ± standard deviation {over})\n")
}

/// The table of a summary.
pub fn of_summary(summary: &Summary) -> String {
    let scored = summary.scored();
    let mut text = format!("{}, seed {}\n\n", summary.task.name, summary.seed);
    text += &scores_table(&scored);
    text += &unread_line(scored.unread_labels);
    text += &label_robust_line(scored.label_robust_score);
    text += &memory_line(&summary.memory);
    text += &summary
        .alignment
        .as_ref()
        .map_or_else(String::new, alignment_line);
    text += &judged(&scored, summary.judges.as_ref());
    let Seconds { distill, evaluate } = summary.seconds;
    let _ = writeln!(
        text,
        "seconds    {distill:.1} to distil, {evaluate:.1} to evaluate"
    );
    for record in &summary.evaluations {
        let (network, overrides) = (&record.network, record.overrides.join(" "));
        let _ = writeln!(text, "\nalso evaluated: {network} {overrides}\n");
        text += &scores_table(&record.scored());
        text += &unread_line(record.unread_labels);
        text += &judged(&record.scored(), record.judges.as_ref());
    }
    text
}

/// The table of judges, if there are some, and whether distilling was worth it.
fn judged(scored: &Scored<'_>, judges: Option<&Verdict>) -> String {
    let table = judges.map_or_else(String::new, of_judges);
    table + &worth::line(scored, judges).unwrap_or_default()
}

fn scores_table(scored: &Scored<'_>) -> String {
    let part = scored.part();
    let (measure, better) = match scored.metric {
        Metric::Accuracy => ("accuracy", "larger is better"),
        // `inspect` prints the factors by which targets were scaled.
        Metric::Mse => (
            "mean squared error",
            "smaller is better; of tables and arrays in standardised units",
        ),
    };
    let mut text = format!("{:22}{part} {measure} ({better})\n", "trained on");
    for (name, score) in scored.scores {
        let Score {
            mean,
            std,
            runs,
            balanced,
            ..
        } = score;
        let balanced = balanced.map(|it| format!("  balanced {it:.4}"));
        let networks = if *runs == 1 { "network" } else { "networks" };
        let _ = writeln!(
            text,
            "{name:22}{mean:.4} ± {std:.4}{}  ({runs} fresh {networks})",
            balanced.unwrap_or_default()
        );
    }
    for (name, reason) in scored.failed {
        let _ = writeln!(text, "{name:22}no score: {reason}");
    }
    text + "\n"
}

fn unread_line(labels: usize) -> String {
    match labels {
        0 => String::new(),
        labels => format!(
            "labels     these scores do not use the set's {labels} readout labels: evaluate.protocol = \
             \"feature-step\" uses them\n"
        ),
    }
}

fn label_robust_line(score: Option<f64>) -> String {
    score.map_or_else(String::new, |score| {
        format!(
            "DD-Ranking  label-robust score {score:.3} (0 to 1, larger is better; with the networks and the \
             protocol above)\n"
        )
    })
}

fn alignment_line(alignment: &Alignment) -> String {
    let shares = [
        ("points", Some(alignment.points)),
        ("features", alignment.features),
        ("teacher features", alignment.teacher_features),
        ("smallest cosine", Some(alignment.smallest_cosine)),
    ];
    let shares = shares
        .iter()
        .filter_map(|(name, share)| Some(format!("{name} {:.3}", (*share)?)));
    format!("alignment  {}\n", shares.collect::<Vec<_>>().join(", "))
}

fn memory_line(memory: &MemoryAccount) -> String {
    let MemoryAccount {
        floats,
        real_floats: real,
        model_floats: model,
        theory_floats,
    } = *memory;
    let times = |of: usize, by: usize| of as f64 / by as f64;
    let against = |whose: &str, numbers: usize| {
        let less = times(numbers, floats);
        match less {
            less if less < 0.95 => format!("{:.1} times the {whose} {numbers}", 1.0 / less),
            less if less < 1.05 => format!("as many as the {whose} {numbers}"),
            less if less < 100.0 => format!("{less:.1} times less than the {whose} {numbers}"),
            less => format!("{less:.0} times less than the {whose} {numbers}"),
        }
    };
    let theory = theory_floats.map(|theory| {
        let ratio = times(floats, theory);
        format!(", {ratio:.2} times the theory's r²d + L = {theory}")
    });
    format!(
        "memory     {floats} numbers: {}, {}{}\n",
        against("data's", real),
        against("model's", model),
        theory.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use retort_core::evaluate::ScoredOn;

    use super::*;

    #[test]
    fn memory_is_set_against_the_theory_where_that_is_known() {
        let mut memory = MemoryAccount {
            floats: 841,
            real_floats: 650_000,
            model_floats: 16_896,
            theory_floats: None,
        };
        assert!(!memory_line(&memory).contains("theory"));
        memory.theory_floats = Some(512);
        let line = memory_line(&memory);
        assert!(
            line.ends_with("1.64 times the theory's r²d + L = 512\n"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
        memory.real_floats = 28;
        memory.model_floats = 841;
        let line = memory_line(&memory);
        assert!(
            line.contains("30.0 times the data's 28, as many as the model's 841"),
            "{line}"
        );
    }

    #[test]
    fn the_readme_shows_what_its_first_run_prints() {
        let readme = include_str!("../../../README.md");
        let summary = include_str!("../../../results/2026-11-30-xeon/demo.json");
        let printed = of_summary(&serde_json::from_str(summary).unwrap());
        let block = format!("```text\n{printed}```\n");
        assert!(
            readme.contains(&block),
            "README has another block than\n{block}"
        );
    }

    fn shown(metric: Metric, failed: &[(String, String)]) -> String {
        scores_table(&Scored {
            metric,
            scored_on: ScoredOn::Test,
            unread_labels: 0,
            scores: &[("distilled".to_owned(), Score::of(&[0.5, 0.5]))],
            gain: &Default::default(),
            failed,
            label_robust_score: None,
        })
    }

    #[test]
    fn errors_tell_their_units() {
        assert!(shown(Metric::Mse, &[]).contains("standardised"));
        assert!(!shown(Metric::Accuracy, &[]).contains("standardised"));
    }

    #[test]
    fn what_has_no_score_has_a_line() {
        let failed = [("full".to_owned(), "it diverges".to_owned())];
        let table = shown(Metric::Accuracy, &failed);
        assert!(
            table.contains("\nfull                  no score: it diverges\n"),
            "{table}"
        );
    }
}
