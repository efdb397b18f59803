//! Results for people.

use std::fmt::Write;

use retort_core::evaluate::{Evaluation, Score};
use serde_json::{Map, Value, json};

use crate::spread::{self, Spread};
use crate::summary::{self, FAILED, LABEL_ROBUST, SCORED_ON, UNREAD_LABELS};

/// One score in a line, for progress.
pub fn score_line(name: &str, score: &Score) -> String {
    format!("scored {name}: {}", Spread::from(score))
}

/// The table of an evaluation.
pub fn of_evaluation(title: &str, evaluation: &Evaluation) -> String {
    let scores = Value::Object(summary::scores(&evaluation.scores));
    let failed = json!(summary::failed(&evaluation.failed));
    let mut text = format!("{title}\n\n");
    let on = json!(summary::scored_on(evaluation));
    text += &scores_table(&json!(evaluation.metric), &on, &scores, &failed);
    text += &unread_line(&json!(evaluation.unread_labels));
    text += &label_robust_line(&json!(evaluation.label_robust_score));
    text += &memory_lines(&json!(evaluation.memory));
    text
}

/// One set through several networks: a row for each of them, a column for each score.
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

/// Rows of cells with each column as wide as its widest cell.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let line: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

/// The table of a summary.
pub fn of_summary(summary: &Map<String, Value>) -> String {
    let get = |key: &str| summary.get(key).unwrap_or(&Value::Null);
    let task = get("task")["name"].as_str().unwrap_or("?");
    let mut text = format!("{task}, seed {}\n\n", get("seed"));
    text += &scores_table(get("metric"), get(SCORED_ON), get("scores"), get(FAILED));
    text += &unread_line(get(UNREAD_LABELS));
    text += &label_robust_line(get(LABEL_ROBUST));
    text += &memory_lines(get("memory"));
    if let Value::Object(alignment) = get("alignment") {
        let shares: Vec<String> = alignment
            .iter()
            .filter_map(|(name, share)| Some((name.replace('_', " "), share.as_f64()?)))
            .map(|(name, share)| format!("{name} {share:.3}"))
            .collect();
        let _ = writeln!(text, "alignment  {}", shares.join(", "));
    }
    let seconds = |key: &str| get("seconds")[key].as_f64().unwrap_or(f64::NAN);
    let (distill, evaluate) = (seconds("distill"), seconds("evaluate"));
    let _ = writeln!(
        text,
        "seconds    {distill:.1} to distil, {evaluate:.1} to evaluate"
    );
    for entry in get("evaluations").as_array().into_iter().flatten() {
        let network = entry["network"].as_str().unwrap_or("?");
        let overrides: Vec<&str> = entry["overrides"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let _ = writeln!(
            text,
            "\nalso evaluated: {network} {}\n",
            overrides.join(" ")
        );
        text += &scores_table(
            &entry["metric"],
            &entry[SCORED_ON],
            &entry["scores"],
            &entry[FAILED],
        );
        text += &unread_line(&entry[UNREAD_LABELS]);
    }
    text
}

fn scores_table(metric: &Value, on: &Value, scores: &Value, failed: &Value) -> String {
    let part = on.as_str().unwrap_or("test");
    let (measure, better) = match metric.as_str() {
        Some("accuracy") => ("accuracy", "larger is better"),
        // What a CSV file's targets were scaled by, `inspect` tells.
        _ => (
            "mean squared error",
            "smaller is better; of a CSV file, in standardised units",
        ),
    };
    let mut text = format!("{:22}{part} {measure} ({better})\n", "trained on");
    for (name, score) in scores.as_object().into_iter().flatten() {
        let number = |key: &str| score[key].as_f64().unwrap_or(f64::NAN);
        let (mean, std, runs) = (number("mean"), number("std"), &score["runs"]);
        let _ = writeln!(
            text,
            "{name:22}{mean:.4} ± {std:.4}  ({runs} fresh networks)"
        );
    }
    for (name, reason) in failed.as_object().into_iter().flatten() {
        let reason = reason.as_str().unwrap_or("?");
        let _ = writeln!(text, "{name:22}no score: {reason}");
    }
    text + "\n"
}

fn unread_line(labels: &Value) -> String {
    match labels.as_u64() {
        None | Some(0) => String::new(),
        Some(labels) => format!(
            "labels     the set's {labels} readout labels have no part in these scores: evaluate.protocol = \
             \"feature-step\" reads them\n"
        ),
    }
}

fn label_robust_line(score: &Value) -> String {
    score.as_f64().map_or_else(String::new, |score| {
        format!(
            "DD-Ranking  label-robust score {score:.3} (0 to 1, larger is better; by the networks and the \
             protocol above)\n"
        )
    })
}

fn memory_lines(memory: &Value) -> String {
    let count = |key: &str| memory[key].as_f64().unwrap_or(f64::NAN);
    let (floats, real, model) = (count("floats"), count("real_floats"), count("model_floats"));
    let theory = memory["theory_floats"].as_f64().map(|theory| {
        let ratio = floats / theory;
        format!(", {ratio:.2} times the theory's r²d + L = {theory}")
    });
    format!(
        "memory     {floats} numbers: {:.0} times less than the data's {real}, {:.1} times less than \
         the model's {model}{}\n",
        real / floats,
        model / floats,
        theory.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_set_against_the_theory_where_that_is_known() {
        let mut memory = json!({"floats": 841, "real_floats": 650_000, "model_floats": 16_896});
        assert!(!memory_lines(&memory).contains("theory"));
        memory["theory_floats"] = json!(512);
        let line = memory_lines(&memory);
        assert!(
            line.ends_with("1.64 times the theory's r²d + L = 512\n"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn the_readme_shows_what_its_first_run_prints() {
        let readme = include_str!("../../../README.md");
        let summary = include_str!("../../../results/2026-11-25-epyc-zen4/multi-index-seed-0.json");
        let summary: Value = serde_json::from_str(summary).unwrap_or_default();
        let printed = of_summary(summary.as_object().unwrap_or(&Map::new()));
        let block = format!("```text\n{printed}```\n");
        assert!(
            readme.contains(&block),
            "README has another block than\n{block}"
        );
    }

    #[test]
    fn errors_tell_their_units() {
        let table =
            |metric: &str| scores_table(&json!(metric), &Value::Null, &json!({}), &Value::Null);
        assert!(table("mse").contains("standardised"));
        assert!(!table("accuracy").contains("standardised"));
    }

    #[test]
    fn what_has_no_score_has_a_line() {
        let scores = json!({"distilled": {"mean": 0.5, "std": 0.0, "runs": 2}});
        let failed = json!({"full": "it diverges"});
        let table = scores_table(&json!("accuracy"), &Value::Null, &scores, &failed);
        assert!(
            table.contains("\nfull                  no score: it diverges\n"),
            "{table}"
        );
    }
}
