//! Run directories and stored sets that cannot be used: refused, with nothing lost.

use std::fs;

use crate::program::{TWO_STAGES, Workplace, text};

/// A workplace with a finished run, and one that stopped half way (its settings diverge later).
fn finished() -> Workplace {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.succeeds(&["distill", "small.toml", "--out", "run"]);
    place
}

#[test]
fn an_existing_run_is_not_overwritten() {
    let place = finished();
    place.refuses(
        &["distill", "small.toml", "--out", "run"],
        &["run", "--force", "--resume"],
    );
    place.succeeds(&["distill", "small.toml", "--out", "run", "--force"]);
}

#[test]
fn a_foreign_folder_is_not_touched() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.file("mine/letter.txt", "dear");
    place.refuses(&["distill", "small.toml", "--out", "mine"], &["mine"]);
    place.refuses(
        &["distill", "small.toml", "--out", "mine", "--force"],
        &["mine"],
    );
    place.refuses(
        &["distill", "small.toml", "--out", "mine", "--resume"],
        &["mine"],
    );
}

#[test]
fn an_unwritable_directory_is_refused_before_any_work() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.file("plain", "a file, no folder");
    place.refuses(&["distill", "small.toml", "--out", "plain/run"], &["plain"]);
    place.refuses(&["distill", "small.toml", "--out", "plain"], &["plain"]);
}

#[test]
fn resuming_what_was_killed_before_it_began_begins_it() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.succeeds(&["distill", "small.toml", "--out", "none", "--resume"]);
    assert!(place.path("none/summary.json").exists());
}

#[test]
fn resuming_with_other_settings_is_refused() {
    let place = finished();
    let resume = |more: &[&'static str]| -> Vec<&'static str> {
        ["distill", "small.toml", "--out", "run", "--resume"]
            .iter()
            .chain(more)
            .copied()
            .collect()
    };
    place.refuses(&resume(&["--set", "task.dim=17"]), &["task.dim", "17"]);
    place.refuses(&resume(&["--seed", "9"]), &["seed", "9"]);
}

/// Changes the one checkpoint file of a run that diverged, and resumes.
fn spoilt(change: impl FnOnce(&mut Vec<u8>), fragments: &[&str]) {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    let rate = "distill.learning_rate=1e20";
    let every = "distill.checkpoint_every=1";
    let output = place.retort(&[
        "distill",
        "small.toml",
        "--out",
        "run",
        "--set",
        rate,
        "--set",
        every,
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let folder = fs::read_dir(place.path("run/checkpoint")).unwrap();
    let file = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "safetensors"))
        .unwrap();
    let mut bytes = fs::read(&file).unwrap();
    change(&mut bytes);
    fs::write(&file, bytes).unwrap();
    place.refuses(&["distill", "--out", "run", "--resume"], fragments);
}

#[test]
fn a_spoilt_checkpoint_is_refused() {
    spoilt(|bytes| bytes.truncate(bytes.len() / 2), &["checkpoint"]);
    spoilt(|bytes| bytes.clear(), &["checkpoint"]);
}

#[test]
fn a_run_of_another_version_is_refused() {
    let place = finished();
    let config = fs::read_to_string(place.path("run/config.toml")).unwrap();
    let other = config.replace(env!("CARGO_PKG_VERSION"), "9.9.9");
    assert_ne!(config, other);
    place.file("run/config.toml", other);
    place.refuses(
        &["distill", "--out", "run", "--resume"],
        &["9.9.9", env!("CARGO_PKG_VERSION")],
    );
}

#[test]
fn a_checkpoint_of_another_task_is_refused() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    let rate = "distill.learning_rate=1e20";
    let every = "distill.checkpoint_every=1";
    for (out, seed) in [("one", "1"), ("two", "2")] {
        let run = [
            "distill",
            "small.toml",
            "--out",
            out,
            "--seed",
            seed,
            "--set",
            rate,
            "--set",
            every,
        ];
        assert_eq!(place.retort(&run).status.code(), Some(1));
    }
    for entry in fs::read_dir(place.path("one/checkpoint")).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(
            &from,
            place.path("two/checkpoint").join(from.file_name().unwrap()),
        )
        .unwrap();
    }
    place.refuses(&["distill", "--out", "two", "--resume"], &["checkpoint"]);
}

#[test]
fn a_corrupt_artefact_is_refused() {
    let place = finished();
    let good = fs::read(place.path("run/synthetic.safetensors")).unwrap();
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("half", good[..good.len() / 2].to_vec()),
        (
            "noise",
            (0..400_u32).map(|i| (i * 7919 % 251) as u8).collect(),
        ),
    ] {
        let file = place.file(&format!("{name}.safetensors"), bytes);
        for command in ["evaluate", "inspect"] {
            place.refuses(&[command, &file], &[name]);
        }
    }
    let mut strange = good.clone();
    let place_of_nan = strange.len() - 4;
    strange[place_of_nan..].copy_from_slice(&f32::NAN.to_le_bytes());
    let file = place.file("nan.safetensors", strange);
    place.refuses(&["evaluate", &file], &["nan.safetensors"]);
    place.refuses(&["inspect", "nowhere"], &["nowhere"]);
}

#[test]
fn a_set_is_not_scored_on_another_task() {
    let place = finished();
    place.refuses(&["evaluate", "run", "--set", "task.noise=0.5"], &["task"]);
}
