//! A run that diverges ends with exit code 1, names the step, and keeps the last good checkpoint.

use std::fs;

use crate::program::{TWO_STAGES, UNROLLED, Workplace, text};

fn diverges(settings: &str, rate: &str) {
    let place = Workplace::new();
    let settings = place.file("small.toml", settings);
    let rate = format!("distill.learning_rate={rate}");
    let every = "distill.checkpoint_every=1";
    let arguments = [
        "distill",
        settings.as_str(),
        "--out",
        "run",
        "--set",
        rate.as_str(),
        "--set",
        every,
    ];
    let output = place.retort(&arguments);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{rate}: {message}");
    assert!(message.contains("diverged at step "), "{message}");
    assert!(message.contains("distill.learning_rate"), "{message}");
    assert!(!place.path("run/synthetic.safetensors").exists());
    assert!(!place.path("run/summary.json").exists());

    // The checkpoint that was kept is a good one: going on from it diverges at the same step.
    let kept: Vec<_> = fs::read_dir(place.path("run/checkpoint"))
        .unwrap()
        .collect();
    assert!(!kept.is_empty());
    let resumed = place.retort(&["distill", "--out", "run", "--resume"]);
    assert_eq!(resumed.status.code(), Some(1), "{}", text(&resumed.stderr));
    let step = |message: &str| {
        let start = message.find("diverged at step ").unwrap();
        message[start..].split(':').next().unwrap().to_owned()
    };
    assert_eq!(step(&message), step(&text(&resumed.stderr)));
}

#[test]
fn absurd_rates_diverge_with_exit_code_1() {
    for rate in ["1e6", "1e20", "1e38"] {
        diverges(TWO_STAGES, rate);
    }
    diverges(UNROLLED, "1e9");
}
