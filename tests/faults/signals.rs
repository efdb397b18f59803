//! A run that is stopped by a signal stores its state, names the command that goes on, and ends with the same set.

use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use crate::program::{Workplace, text};

/// Some seconds of work, with checkpoints far from one another.
const LONG: &str = r#"
task = { kind = "digits" }
network = { kind = "mlp", width = 32, depth = 1 }
synthetic = { per_class = 2 }
distill = { steps = 1500, learning_rate = 0.01, batch = 64, checkpoint_every = 1000000, log_every = 1 }
evaluate = { steps = 20, runs = 1, baselines = false }
objective = { kind = "gradient-matching", distance = "layerwise-cosine", life = 4, ageing_steps = 5 }
"#;

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until the run has logged a step.
fn wait_for_steps(place: &Workplace, child: &mut Child) {
    let metrics = place.path("stopped/metrics.jsonl");
    let length = || fs::metadata(&metrics).map_or(0, |file| file.len());
    let before = length();
    for _ in 0..600 {
        assert_eq!(
            child.try_wait().unwrap(),
            None,
            "the run ended before it was stopped"
        );
        if length() > before {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("no step in 12 seconds");
}

#[test]
fn a_signal_stores_the_state_and_names_the_command_that_goes_on() {
    let place = Workplace::new();
    let settings = place.file("long.toml", LONG);
    place.succeeds(&["distill", &settings, "--out", "whole"]);
    let mut run = vec!["distill", settings.as_str(), "--out", "stopped"];
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = place.command(&run).spawn().unwrap();
        wait_for_steps(&place, &mut child);
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains("of 1500 steps; "), "{said}");
        assert!(said.contains("distill --out stopped --resume"), "{said}");
        assert!(place.path("stopped/checkpoint/state.safetensors").exists());
        assert!(!place.path("stopped/summary.json").exists());
        run = vec!["distill", "--out", "stopped", "--resume"];
    }
    let said = text(&place.succeeds(&run).stderr);
    assert!(said.contains("resumed after "), "{said}");
    for name in ["synthetic.safetensors", "metrics.jsonl"] {
        let [found, expected] =
            ["stopped", "whole"].map(|run| fs::read(place.path(run).join(name)).unwrap());
        assert!(found == expected, "{name} differs after two signals");
    }
}
