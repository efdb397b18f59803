//! Stored sets that cannot be used, or not so: refused, with nothing lost.

use std::fs;

use crate::bad_run::finished;
use crate::program::{TWO_STAGES, Workplace, text};

/// A run whose points lie at zero: a training on them is stable where one on real rows diverges.
fn at_zero(set: &[&str]) -> Workplace {
    let place = Workplace::new();
    let settings = TWO_STAGES
        .replace("spread = 0.01", "spread = 1e-9")
        .replace("steps = [60, 90]", "steps = 1")
        .replace("learning_rate = [0.02, 0.05]", "learning_rate = 1e-12")
        .replace(
            "protocol = \"feature-step\"",
            "steps = 20, schedule = \"constant\"",
        );
    place.file("zero.toml", settings);
    let mut run = vec!["distill", "zero.toml", "--out", "run"];
    for assignment in set {
        run.extend(["--set", assignment]);
    }
    let output = place.succeeds(&run);
    place.file("stdout", output.stdout);
    place
}

fn summary(place: &Workplace) -> serde_json::Value {
    let summary = fs::read(place.path("run/summary.json")).unwrap();
    serde_json::from_slice(&summary).unwrap()
}

const ABSURD: &str = "evaluate.learning_rates=[1e30]";
const TOO_LARGE: &str = "evaluate.learning_rates=[10.0]";

#[test]
fn a_corrupt_artefact_is_refused() {
    let place = finished();
    let good = fs::read(place.path("run/synthetic.safetensors")).unwrap();
    let mut strange = good.clone();
    let place_of_nan = strange.len() - 4;
    strange[place_of_nan..].copy_from_slice(&f32::NAN.to_le_bytes());
    let mut other = good.clone();
    *other.last_mut().unwrap() ^= 1;
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("half", good[..good.len() / 2].to_vec()),
        (
            "noise",
            (0..400_u32).map(|i| (i * 7919 % 251) as u8).collect(),
        ),
        ("nan", strange),
        ("other", other),
    ] {
        let name = format!("{name}.safetensors");
        let file = place.file(&name, bytes);
        for command in ["evaluate", "inspect"] {
            place.refuses(&[command, &file], &[&format!("{name}: ")]);
        }
    }
    for command in ["evaluate", "inspect"] {
        place.refuses(&[command, "nowhere"], &["nowhere"]);
    }
}

#[test]
fn a_set_is_not_scored_on_another_task() {
    let place = finished();
    place.refuses(
        &["evaluate", "run", "--set", "task.noise=0.5"],
        &["run", "\"multi-index\"", "task.path"],
    );
}

#[test]
fn an_evaluation_refuses_what_cannot_be() {
    let place = finished();
    for (assignment, named) in [
        ("network.kind=cnn", &["network.kind = \"cnn\": ", "mlp"][..]),
        ("network.width=0", &["network.width = 0: "]),
        ("evaluate.runs=0", &["evaluate.runs = 0: "]),
        ("evaluate.protocol=guess", &["evaluate.protocol", "guess"]),
        ("evaluate.stepz=3", &["evaluate.stepz", "evaluate.steps"]),
        ("distill.steps=3", &["--set = distill.steps=3: "]),
    ] {
        place.refuses(&["evaluate", "run", "--set", assignment], named);
    }
}

#[test]
fn evaluations_on_two_backends_stand_side_by_side() {
    let place = finished();
    for backend in ["flex", "ndarray", "flex"] {
        let short = "evaluate.runs=1";
        place.succeeds(&["--backend", backend, "evaluate", "run", "--set", short]);
    }
    let summary = summary(&place);
    let entries = summary["evaluations"].as_array().unwrap();
    let backends: Vec<_> = entries.iter().map(|entry| &entry["backend"]).collect();
    assert_eq!(backends, ["flex", "ndarray"]);
    assert!(entries[0]["alignment"]["points"].is_number());
}

#[test]
fn a_baseline_that_diverges_leaves_a_run_its_summary() {
    let place = at_zero(&[TOO_LARGE]);
    let summary = summary(&place);
    assert!(summary["scores"]["distilled"]["mean"].is_f64(), "{summary}");
    let reason = summary["failed"]["full"].as_str().unwrap();
    assert!(reason.starts_with("evaluate.learning_rates = [10.0]: "));
    assert!(summary["scores"]["full"].is_null());
    let table = fs::read_to_string(place.path("stdout")).unwrap();
    assert!(table.contains(&format!("no score: {reason}")), "{table}");
}

#[test]
fn a_baseline_that_diverges_leaves_an_evaluation_its_entry() {
    let place = at_zero(&[]);
    let output = place.succeeds(&["evaluate", "run", "--set", TOO_LARGE]);
    let summary = summary(&place);
    assert!(summary.get("failed").is_none(), "{summary}");
    let entry = &summary["evaluations"][0];
    let reason = entry["failed"]["full"].as_str().unwrap();
    let line = format!("no score: {reason}");
    assert!(text(&output.stdout).contains(&line), "{reason}");
    let resumed = place.succeeds(&["distill", "--out", "run", "--resume"]);
    assert!(text(&resumed.stdout).contains(&line), "{reason}");
}

#[test]
fn an_evaluation_that_diverges_has_failed_and_was_no_bad_input() {
    let place = at_zero(&[]);
    let before = summary(&place);
    let named = ["evaluate.learning_rates = [1e30]: ", "\"distilled\""];
    place.fails(&["evaluate", "run", "--set", ABSURD], &named);
    assert_eq!(summary(&place), before);
}

#[test]
fn a_network_without_a_feature_layer_is_refused_by_the_feature_step_before_any_work() {
    let place = Workplace::new();
    let settings = r#"
        task = { kind = "digits" }
        network = { kind = "convnet", width = 4, depth = 1 }
        objective = { kind = "gradient-matching" }
        synthetic = { per_class = 1 }
        distill = { steps = 1 }
        evaluate = { steps = 2, runs = 1, baselines = false }
    "#;
    place.file("small.toml", settings);
    let step = "evaluate.protocol=feature-step";
    let named = ["error: evaluate.protocol = \"feature-step\": "];
    let distill = ["distill", "small.toml", "--out", "run"];
    place.refuses(&[&distill[..], &["--set", step]].concat(), &named);
    place.succeeds(&distill);
    place.refuses(&["evaluate", "run", "--set", step], &named);
    let forced = ["--force", "--set", step];
    place.refuses(&[&distill[..], &forced].concat(), &named);
}
