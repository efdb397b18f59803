//! The program as a user meets it: help, presets, results, other networks, other backends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod budget;
mod data;
mod export;
mod foreign;
mod inspect;
mod old_run;
mod own_data;
mod pixels;
mod previews;
#[path = "../faults/program.rs"]
#[allow(dead_code, reason = "shared with the tests of faults")]
mod program;
mod report;
mod scores;
mod seeds;
mod threads;

use program::{TWO_STAGES, UNROLLED, Workplace, error, text};
use serde_json::Value;
use wording::told;
#[path = "../wording.rs"]
mod wording;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_retort-cpu");

fn summary(place: &Workplace, run: &str) -> Value {
    let text = std::fs::read(place.path(run).join("summary.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let place = Workplace::new();
    let help = text(&place.succeeds(&["--help"]).stdout);
    for command in [
        "distill",
        "evaluate",
        "export",
        "budget",
        "sweep",
        "report",
        "inspect",
        "presets",
        "bench",
        "--backend",
    ] {
        assert!(help.contains(command), "{command} is not in {help}");
    }
    let help = text(&place.succeeds(&["distill", "--help"]).stdout);
    for word in [
        "--set",
        "--seed",
        "--out",
        "--resume",
        "--force",
        "Exit codes",
    ] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
}

#[test]
fn a_printed_preset_is_a_settings_file() {
    let place = Workplace::new();
    let list = text(&place.succeeds(&["presets"]).stdout);
    for name in ["multi-index", "digits", "mnist-mlp"] {
        assert!(list.contains(name), "{list}");
        let printed = place.succeeds(&["presets", name]).stdout;
        place.file(&format!("{name}.toml"), printed);
    }
    let quick = [
        "--set",
        "distill.steps=2",
        "--set",
        "task.samples=400",
        "--set",
        "evaluate.runs=2",
    ];
    let run = ["distill", "multi-index.toml", "--out", "run"];
    place.succeeds(&run.iter().chain(&quick).copied().collect::<Vec<_>>());
}

#[test]
fn a_run_leaves_what_the_contract_names() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    let output = place.succeeds(&["distill", "small.toml", "--seed", "3", "--out", "run"]);
    let table = text(&output.stdout);
    let summary = summary(&place, "run");
    for name in [
        "distilled",
        "features_distilled",
        "random_real",
        "random_features",
        "full",
    ] {
        assert!(table.contains(name), "{table}");
        assert_eq!(summary["scores"][name]["runs"], 2);
        assert!(
            summary["scores"][name]["mean"].is_f64() && summary["scores"][name]["std"].is_f64()
        );
    }
    assert_eq!(summary["seed"], 3);
    assert_eq!(summary["backend"], "flex");
    assert_eq!(summary["metric"], "mse");
    assert_eq!(summary["task"]["name"], "multi-index");
    assert_eq!(
        [&summary["task"]["inputs"], &summary["task"]["outputs"]],
        [16, 1]
    );
    assert_eq!(
        [&summary["task"]["train"], &summary["task"]["test"]],
        [600, 100]
    );
    // M₁(d + 1) + M₂ + (d + 1), N(d + 1), L(d + 2).
    assert_eq!(summary["memory"]["floats"], 2 * 17 + 16 + 17);
    assert_eq!(summary["memory"]["real_floats"], 600 * 17);
    assert_eq!(summary["memory"]["model_floats"], 32 * 18);
    for name in ["points", "features", "teacher_features", "smallest_cosine"] {
        let share = summary["alignment"][name].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&share), "{name} is {share}");
    }
    assert!(summary["seconds"]["distill"].as_f64().unwrap() > 0.0);
    assert!(summary["peak_memory_bytes"].as_u64().unwrap() > 1 << 20);
    let metrics = std::fs::read_to_string(place.path("run/metrics.jsonl")).unwrap();
    assert_eq!(metrics.lines().count(), 60 + 90);
    // The resolved settings give the same run again.
    place.succeeds(&["distill", "run/config.toml", "--out", "again"]);
    let set = |run: &str| std::fs::read(place.path(run).join("synthetic.safetensors")).unwrap();
    assert!(set("run") == set("again"));
}

#[test]
fn scores_on_validation_data_are_named_so() {
    let place = Workplace::new();
    let settings = place.file("small.toml", UNROLLED);
    let on = ["--set", "evaluate.on=validation"];
    let arguments = ["distill", &settings, "--out", "run"];
    let table = place.succeeds(&[&arguments[..], &on].concat()).stdout;
    assert!(
        text(&table).contains("validation accuracy"),
        "{}",
        text(&table)
    );
    let summary = std::fs::read_to_string(place.path("run/summary.json")).unwrap();
    assert!(
        summary.contains("\"scored_on\": \"validation\""),
        "{summary}"
    );
    let table = place
        .succeeds(&["evaluate", "run", "--set", "evaluate.on=test"])
        .stdout;
    assert!(text(&table).contains("test accuracy"), "{}", text(&table));
    let again = ["distill", "--out", "run", "--resume"];
    let table = place.succeeds(&again).stdout;
    assert!(
        text(&table).contains("validation accuracy"),
        "{}",
        text(&table)
    );
}

#[test]
fn a_stored_set_is_scored_with_other_networks_and_inspected() {
    let place = Workplace::new();
    place.file("small.toml", UNROLLED);
    place.succeeds(&["distill", "small.toml", "--out", "run"]);
    assert!(place.path("run/preview.png").exists());
    let other = [
        "evaluate",
        "run",
        "--set",
        "network.kind=two-layer",
        "--set",
        "network.width=20",
    ];
    for _ in 0..2 {
        let output = place.succeeds(&other);
        assert!(text(&output.stdout).contains("two-layer"));
    }
    let entries = summary(&place, "run")["evaluations"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(entries.len(), 1, "the same evaluation replaces its entry");
    assert!(entries[0]["scores"]["distilled"]["mean"].is_f64());
    // A bare file carries all that is needed.
    let bare = place.path("elsewhere.safetensors");
    std::fs::copy(place.path("run/synthetic.safetensors"), &bare).unwrap();
    place.succeeds(&[
        "evaluate",
        "elsewhere.safetensors",
        "--set",
        "evaluate.baselines=false",
    ]);
    let shown = text(&place.succeeds(&["inspect", "elsewhere.safetensors"]).stdout);
    for word in [
        "digits",
        "1 × 8 × 8",
        "10 classes",
        "step_sizes",
        "fingerprint",
        "unroll = 4",
    ] {
        assert!(shown.contains(word), "{word} is not in {shown}");
    }
    place.refuses(
        &["evaluate", "run", "--set", "distill.steps=3"],
        &["distill.steps=3"],
    );
}

#[test]
fn the_reference_backend_comes_to_the_same_scores() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.succeeds(&["distill", "small.toml", "--out", "fast"]);
    place.succeeds(&[
        "--backend",
        "ndarray",
        "distill",
        "small.toml",
        "--out",
        "slow",
    ]);
    let (fast, slow) = (summary(&place, "fast"), summary(&place, "slow"));
    assert_eq!(slow["backend"], "ndarray");
    for name in ["full", "random_features"] {
        let mean = |summary: &Value| summary["scores"][name]["mean"].as_f64().unwrap();
        let (a, b) = (mean(&fast), mean(&slow));
        assert!((a - b).abs() < 0.02 * (a + b), "{name}: {a} against {b}");
    }
}

#[test]
fn bench_speaks_the_reference_benchmarks_json() {
    let place = Workplace::new();
    let output = place.succeeds(&[
        "bench",
        "--case",
        "unroll-mlp-10",
        "--repeat",
        "2",
        "--json",
    ]);
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    for key in [
        "case",
        "engine",
        "device",
        "median_ms",
        "min_ms",
        "max_ms",
        "repeat",
    ] {
        assert!(!line[key].is_null(), "{key} is missing in {line}");
    }
    assert_eq!(line["repeat"], 2);
    place.refuses(&["bench", "--case", "nope"], &["--case", "nope"]);
}

#[test]
fn bench_puts_settings_over_those_of_a_case() {
    let place = Workplace::new();
    let line = |arguments: &[&str]| -> Value {
        let bench = ["bench", "--repeat", "1", "--json", "--case"];
        let all: Vec<&str> = bench.iter().chain(arguments).copied().collect();
        serde_json::from_slice(&place.succeeds(&all).stdout).unwrap()
    };
    let set = [
        "objective.unroll=2",
        "network.width=8",
        "synthetic.per_class=1",
    ];
    let [unroll, width, points] = set;
    let small = line(&[
        "unroll-mlp-10",
        "--set",
        unroll,
        "--set",
        width,
        "--set",
        points,
    ]);
    assert_eq!(small["set"], serde_json::json!(set));
    let as_it_is = line(&["unroll-mlp-10"]);
    assert!(as_it_is.get("set").is_none(), "{as_it_is}");
    // More real rows of a class than the case has by itself.
    let wide = ["--width", "1", "--set", "network.depth=1"];
    let more = ["dm-iteration", "--set", "distill.batch=70"];
    line(&[&more[..], &wide[..]].concat());
}

#[test]
fn bench_refuses_settings_that_the_case_cannot_have() {
    let place = Workplace::new();
    for (case, assignment, named) in [
        (
            "unroll",
            "objective.unrol=3",
            &["objective.unrol`", "`objective.unroll`"][..],
        ),
        ("unroll", "distil.batch=3", &["`distil`", "`distill`"]),
        ("unroll", "objective.unroll", &["key=value"]),
        ("unroll", "objective.unroll=0", &["objective.unroll = 0"]),
        ("unroll", "task.path=x", &["task.path = x", "unroll"]),
        (
            "unroll",
            "evaluate.steps=3",
            &["evaluate.steps = 3", "distill.batch"],
        ),
        (
            "train-epoch",
            "synthetic.per_class=3",
            &["train-epoch", "evaluate.batch"],
        ),
        (
            "dm-iteration",
            "synthetic.per_class=9000000000",
            &["synthetic.per_class = 9000000000"],
        ),
        (
            "dc-iteration",
            "distill.batch=1000000",
            &["distill.batch = 1000000", "21845"],
        ),
        (
            "two-layer",
            "synthetic.per_class=3",
            &["synthetic.per_class = 3"],
        ),
        ("two-layer", "network.kind=convnet", &["convnet", "512"]),
        (
            "unroll-mlp-10",
            "network.width=16000",
            &["network.width = 16000", "784"],
        ),
    ] {
        place.refuses(&["bench", "--case", case, "--set", assignment], named);
    }
    place.refuses(&["bench", "--set", "network.width=2"], &["--case"]);
    place.refuses(
        &["bench", "--case", "two-layer", "--width", "64"],
        &["--width = 64", "two-layer"],
    );
}

#[test]
fn two_processes_do_not_share_a_run_directory() {
    let place = Workplace::new();
    let long = TWO_STAGES.replace("steps = [60, 90]", "steps = [60000, 90]");
    place.file("long.toml", long);
    let mut first = place
        .command(&["distill", "long.toml", "--out", "run"])
        .spawn()
        .unwrap();
    while !place.path("run/metrics.jsonl").exists() {
        assert!(
            first.try_wait().unwrap().is_none(),
            "the first run has ended"
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = place.retort(&["distill", "long.toml", "--out", "run", "--resume"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.status.code(), Some(2));
    told(error(&text(&second.stderr)));
}
