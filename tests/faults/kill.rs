//! Kills at random moments, and in the middle of the write of a checkpoint: `--resume` always works, and ends
//! with the artefact, the metrics and the previews of the uninterrupted run, bit for bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::program::{FOLLOWING, POOLED, TWO_STAGES, UNROLLED, Workplace, snapshot};

fn survives(settings: &str, kills: usize, seed: u64) {
    let place = Workplace::new();
    let settings = place.file("small.toml", settings);
    let started = Instant::now();
    place.succeeds(&["distill", &settings, "--seed", "5", "--out", "whole"]);
    let whole = started.elapsed();
    let experts = place.path("experts");
    // What a kill left unfinished is swept when it is old.
    let files = || {
        let files = experts.exists().then(|| snapshot(&experts));
        let mut files = files.unwrap_or_default();
        files.retain(|path, _| path.extension().is_some_and(|end| end == "safetensors"));
        files
    };
    let recorded = files();
    let expected = |name: &str| fs::read(place.path("whole").join(name)).unwrap();
    let pictures = |out: &str| {
        let files = snapshot(&place.path(out)).into_iter();
        let named = files.map(|(path, bytes)| {
            (
                path.strip_prefix(place.path(out)).unwrap().to_owned(),
                bytes,
            )
        });
        let kept =
            named.filter(|(path, _)| path.starts_with("previews") || path.ends_with("preview.gif"));
        kept.collect::<BTreeMap<_, _>>()
    };
    let shown = pictures("whole");

    let mut random = StdRng::seed_from_u64(seed);
    let (mut killed, mut round) = (0, 0);
    while killed < kills {
        round += 1;
        // Where there are experts, they are recorded anew.
        if experts.exists() {
            fs::remove_dir_all(&experts).unwrap();
        }
        let out = format!("broken-{round}");
        let mut arguments = vec!["distill", settings.as_str(), "--seed", "5", "--out", &out];
        let finished = (0..200).any(|attempt| {
            // Until the run directory stands there is nothing to resume.
            let resume = place.path(&out).join("config.toml").exists();
            let resuming: Vec<&str> = arguments.iter().copied().chain(["--resume"]).collect();
            let now = if resume { &resuming } else { &arguments };
            let pause = random.random_range(0.02..0.9) * f64::from(1 + attempt / 20);
            let finished = place.finishes_within(now, whole.mul_f64(pause));
            killed += usize::from(!finished);
            finished
        });
        assert!(finished, "a run never came to its end");
        arguments.clear();
        assert!(files() == recorded, "experts differ in round {round}");
        for name in ["synthetic.safetensors", "metrics.jsonl", "config.toml"] {
            let found = fs::read(place.path(&out).join(name)).unwrap();
            assert!(
                found == expected(name),
                "{name} differs after kills in round {round}"
            );
        }
        assert!(pictures(&out) == shown, "previews differ in round {round}");
        let scores = |folder: &str| {
            let summary = fs::read(place.path(folder).join("summary.json")).unwrap();
            let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
            summary["scores"].clone()
        };
        assert_eq!(scores(&out), scores("whole"));
    }
}

#[test]
fn two_stages_survive_kills() {
    survives(TWO_STAGES, 14, 1);
}

#[test]
fn unrolled_and_ageing_networks_survive_kills() {
    let shown = UNROLLED.replace(
        "log_every = 1 }",
        "log_every = 1, preview_every = 4, preview_at = [1] }",
    );
    assert_ne!(shown, UNROLLED);
    survives(&shown, 10, 2);
}

#[test]
fn pools_of_networks_survive_kills() {
    survives(POOLED, 8, 4);
}

#[test]
fn recorded_experts_survive_kills() {
    survives(FOLLOWING, 10, 3);
}

/// Whether a file in the folder is one whose write was not finished.
fn is_being_written(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names
        .map(|entry| entry.file_name())
        .any(|name| name.to_string_lossy().starts_with(".retort-"))
}

#[test]
fn kills_inside_the_write_of_a_checkpoint_cost_nothing() {
    const WANTED: usize = 5;
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let run = |out| ["distill", &settings, "--seed", "5", "--out", out];
    place.succeeds(&run("whole"));
    let checkpoints = place.path("broken/checkpoint");
    let (mut inside, mut attempt) = (0, 0);
    while inside < WANTED {
        attempt += 1;
        assert!(
            attempt < 200,
            "{inside} kills of {attempt} fell inside a write"
        );
        let begun = place.path("broken/config.toml").exists();
        let resume: &[&str] = if begun { &["--resume"] } else { &[] };
        let mut child = place
            .command(&[&run("broken"), resume].concat())
            .spawn()
            .unwrap();
        // What an earlier kill left is swept when the run goes on; then that number of writes is let through.
        let mut writes = 0;
        let finished = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if is_being_written(&checkpoints) {
                writes += 1;
                if writes > attempt % 4 {
                    child.kill().unwrap();
                    break None;
                }
                while is_being_written(&checkpoints) && child.try_wait().unwrap().is_none() {}
            }
        };
        child.wait().unwrap();
        match finished {
            None => inside += usize::from(is_being_written(&checkpoints)),
            Some(status) => {
                assert!(status.success());
                fs::remove_dir_all(place.path("broken")).unwrap();
            }
        }
    }
    place.succeeds(&[&run("broken")[..], &["--resume"]].concat());
    for name in ["synthetic.safetensors", "metrics.jsonl", "config.toml"] {
        let [found, expected] =
            ["broken", "whole"].map(|run| fs::read(place.path(run).join(name)).unwrap());
        assert!(
            found == expected,
            "{name} differs after {inside} kills inside a write"
        );
    }
}

#[test]
fn a_finished_run_resumed_changes_nothing() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    place.succeeds(&["distill", &settings, "--out", "run"]);
    let before = fs::read(place.path("run/summary.json")).unwrap();
    place.succeeds(&["distill", &settings, "--out", "run", "--resume"]);
    assert_eq!(before, fs::read(place.path("run/summary.json")).unwrap());
}
