//! An objective from outside the library can be distilled, killed, resumed bit for bit, evaluated and
//! reported.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

const KILLS: usize = 3;

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_own-objective"));
    command.current_dir(folder).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = program(folder, arguments).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{arguments:?}: {said}");
    String::from_utf8(stdout).unwrap()
}

/// Runs the command and kills it once it has written a new checkpoint. Returns whether it was still running.
fn is_killed(folder: &Path, arguments: &[&str], checkpoint: &Path) -> bool {
    let written = || {
        fs::metadata(checkpoint)
            .and_then(|file| file.modified())
            .ok()
    };
    let before = written();
    let mut run = program(folder, arguments).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    while written() == before && run.try_wait().unwrap().is_none() && Instant::now() < patience {
        sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    !run.wait().unwrap().success()
}

#[test]
fn it_is_distilled_killed_resumed_evaluated_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let settings = concat!(env!("CARGO_MANIFEST_DIR"), "/own_objective.toml");
    let begin = [
        "distill",
        settings,
        "--set",
        "distill.checkpoint_every=1",
        "--out",
    ];
    let with = |out| [&begin[..], &[out]].concat();

    let scores = succeeds(folder, &with("whole"));
    let mean = |name: &str| -> f64 {
        let line = scores.lines().find(|line| line.contains(name)).unwrap();
        let number = line.split_whitespace().find_map(|word| word.parse().ok());
        number.unwrap()
    };
    assert!(mean("distilled") > mean("random_real") + 0.05, "{scores}");

    let checkpoint = folder.join("broken/checkpoint/state.safetensors");
    let mut killed = usize::from(is_killed(folder, &with("broken"), &checkpoint));
    let resume = ["distill", "--resume", "--out", "broken"];
    for _ in 1..KILLS {
        killed += usize::from(is_killed(folder, &resume, &checkpoint));
    }
    assert!(killed > 0, "the run was over before it could be killed");
    succeeds(folder, &resume);
    let set = |out: &str| fs::read(folder.join(out).join("synthetic.safetensors")).unwrap();
    assert_eq!(set("broken"), set("whole"));

    let again = succeeds(folder, &["evaluate", "broken", "--set", "evaluate.runs=2"]);
    assert!(again.contains("distilled"), "{again}");
    succeeds(folder, &["report", "broken", "--format", "markdown"]);
    let report = fs::read_to_string(folder.join("broken/report.md")).unwrap();
    assert!(
        report.contains("class-means") && report.contains("Rocchio"),
        "{report}"
    );
}

#[test]
fn its_settings_are_checked_like_any() {
    let folder = tempfile::tempdir().unwrap();
    let settings = concat!(env!("CARGO_MANIFEST_DIR"), "/own_objective.toml");
    for (change, named) in [
        ("objective.decay=1.5", "objective.decay"),
        ("objective.decai=0.5", "objective.decay"),
        ("objective.kind=class-mean", "class-means"),
    ] {
        let arguments = ["distill", settings, "--set", change];
        let output = program(folder.path(), &arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{change}: {said}");
        assert!(said.contains(named), "{change}: {said}");
    }
}
