//! A run has the same bits whatever the number of threads: its points, its scores, what is recorded on the way.

use serde_json::Value;

use crate::program::{FOLLOWING, POOLED, TWO_STAGES, UNROLLED, Workplace};
use crate::summary;

/// Classes of embedded pictures, by the means of their features under a network of convolutions.
const MEANS: &str = r#"
task = { kind = "digits" }
network = { kind = "convnet", width = 32, depth = 2 }
synthetic = { per_class = 3 }
distill = { steps = 2, learning_rate = 0.1, batch = 24 }
evaluate = { steps = 3, runs = 1 }
objective = { kind = "distribution-matching" }
"#;

/// A weight matrix of 16 Mi numbers: the length of an expert's way is a sum over all of them. Points that move far show
/// every bit of it.
const LARGE_NETWORK: &str = r#"
task = { kind = "multi-index", dim = 8, rank = 1, samples = 48, validation = 16, test = 16 }
network = { kind = "mlp", width = 4096, depth = 2 }
synthetic = { points = 2, initial = "normal" }
distill = { steps = 2, learning_rate = 2e4, optimiser = "sgd", momentum = 0.0, clip = 1e-3 }
evaluate = { steps = 1, runs = 1, baselines = false }
[objective]
kind = "trajectory-matching"
unroll = 1
expert_epochs = 1
max_start_epoch = 1
[objective.experts]
count = 1
epochs = 1
batch = 48
"#;

/// A set of 6 Mi numbers: the gradient's norm, which the bound needs, is a sum over all of them.
const LARGE_SET: &str = r#"
task = { kind = "multi-index", dim = 64, rank = 1, samples = 90000, validation = 16, test = 16 }
network = { kind = "two-layer", width = 4 }
synthetic = { points = 90000, initial = "normal" }
distill = { steps = 3, learning_rate = 1e6, optimiser = "sgd", momentum = 0.0, clip = 1e-3 }
evaluate = { steps = 1, runs = 1, baselines = false }
objective = { kind = "gradient-matching", learn = ["inputs", "targets"] }
"#;

/// The files of a run on this number of threads, which must not depend on it.
fn on_threads(settings: &str, more: &[&str], threads: usize) -> (Vec<u8>, [Value; 2]) {
    let place = Workplace::new();
    place.file("short.toml", settings);
    let run = ["distill", "short.toml", "--out", "run", "--seed", "2"];
    let mut command = place.command(&[&run[..], more].concat());
    command.env("RAYON_NUM_THREADS", threads.to_string());
    let output = command.output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{threads} threads: {message}");
    let set = std::fs::read(place.path("run/synthetic.safetensors")).unwrap();
    let summary = summary(&place, "run");
    (set, ["scores", "alignment"].map(|key| summary[key].clone()))
}

/// The same run on 1, 2, 3 and 5 threads.
fn does_not_depend_on_threads(settings: &str, more: &[&str]) {
    let (set, scores) = on_threads(settings, more, 1);
    assert!(scores[0].is_object());
    for threads in [2, 3, 5] {
        let (other, others) = on_threads(settings, more, threads);
        assert!(other == set, "another set on {threads} threads");
        assert_eq!(others, scores, "on {threads} threads");
    }
}

#[test]
fn gradient_and_readout_matching_do_not_depend_on_threads() {
    let short = ["--set", "distill.steps=[6, 9]", "--set", "evaluate.runs=1"];
    does_not_depend_on_threads(TWO_STAGES, &short);
}

#[test]
fn performance_matching_and_ageing_do_not_depend_on_threads() {
    let short = ["--set", "distill.steps=[3, 6]", "--set", "evaluate.steps=3"];
    does_not_depend_on_threads(UNROLLED, &short);
}

#[test]
fn trajectory_matching_does_not_depend_on_threads() {
    let short = ["--set", "distill.steps=3", "--set", "evaluate.steps=3"];
    does_not_depend_on_threads(FOLLOWING, &short);
}

#[test]
fn kernel_regression_does_not_depend_on_threads() {
    let short = ["--set", "distill.steps=6", "--set", "evaluate.steps=3"];
    does_not_depend_on_threads(POOLED, &short);
}

#[test]
fn distribution_matching_does_not_depend_on_threads() {
    does_not_depend_on_threads(MEANS, &[]);
}

#[test]
fn the_other_backend_does_not_depend_on_threads_either() {
    // It takes ten times as long: the set alone is scored.
    let short = ["--backend", "ndarray", "--set", "evaluate.baselines=false"];
    does_not_depend_on_threads(MEANS, &short);
}

#[test]
fn a_large_network_does_not_depend_on_threads() {
    does_not_depend_on_threads(LARGE_NETWORK, &[]);
}

#[test]
fn a_large_set_does_not_depend_on_threads() {
    does_not_depend_on_threads(LARGE_SET, &[]);
}

#[test]
fn a_budget_does_not_depend_on_threads() {
    let place = Workplace::new();
    place.file("short.toml", TWO_STAGES);
    let budget = |threads: usize| {
        let mut command = place.command(&["budget", "short.toml", "--json"]);
        command.env("RAYON_NUM_THREADS", threads.to_string());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{threads} threads");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let alone = budget(1);
    assert!(alone["intrinsic"]["rank"].is_u64());
    for threads in [2, 3, 5] {
        assert_eq!(budget(threads), alone, "on {threads} threads");
    }
}
