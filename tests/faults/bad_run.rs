//! Run directories that cannot be used: refused, with nothing lost.

use std::fs;

use crate::program::{TWO_STAGES, Workplace, error, text};
use crate::wording::told;

/// A workplace with a finished run.
pub fn finished() -> Workplace {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.succeeds(&["distill", "small.toml", "--out", "run"]);
    place
}

/// A run that stopped half way, with a state to go on from: its learning rate is absurd.
fn stopped(place: &Workplace, settings: &str, out: &str, set: &[&str]) {
    let rate = "distill.learning_rate=[0.02, 1e38]";
    let mut run = vec!["distill", settings, "--out", out, "--set", rate];
    for assignment in set {
        run.extend(["--set", assignment]);
    }
    let output = place.retort(&run);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(place.path(out).join(STATE).exists());
}

const STATE: &str = "checkpoint/state.safetensors";

#[test]
fn an_existing_run_is_not_overwritten() {
    let place = finished();
    place.refuses(
        &["distill", "small.toml", "--out", "run"],
        &["run", "finished", "--force"],
    );
    place.succeeds(&["distill", "small.toml", "--out", "run", "--force"]);
}

#[test]
fn a_foreign_folder_is_not_touched() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.file("mine/letter.txt", "dear");
    let named = ["--out = mine: ", "\"letter.txt\""];
    place.refuses(&["distill", "small.toml", "--out", "mine"], &named);
    place.refuses(
        &["distill", "small.toml", "--out", "mine", "--force"],
        &named,
    );
    place.refuses(
        &["distill", "small.toml", "--out", "mine", "--resume"],
        &named,
    );
}

#[test]
fn an_unwritable_directory_is_refused_before_any_work() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    place.file("plain", "a file, no folder");
    place.refuses(
        &["distill", "small.toml", "--out", "plain/run"],
        &["plain/run/checkpoint: "],
    );
    place.refuses(
        &["distill", "small.toml", "--out", "plain"],
        &["--out = plain: "],
    );
}

#[cfg(unix)]
mod read_only {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(place: &Workplace, name: &str, mode: u32) {
        fs::set_permissions(place.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_read_only_directory_is_refused_before_any_work() {
        let place = Workplace::new();
        place.file("small.toml", TWO_STAGES);
        fs::create_dir(place.path("shut")).unwrap();
        let place = place.without_privileges();
        mode(&place, "shut", 0o555);
        for out in ["shut", "shut/run"] {
            place.refuses(&["distill", "small.toml", "--out", out], &["shut"]);
        }
        mode(&place, "shut", 0o755);
    }

    #[test]
    fn a_read_only_run_is_evaluated_without_storing() {
        let place = finished().without_privileges();
        let before = fs::read(place.path("run/summary.json")).unwrap();
        let shut = ["run/checkpoint/lock", "run/checkpoint", "run"];
        shut.iter().for_each(|name| mode(&place, name, 0o555));
        let output = place.succeeds(&["evaluate", "run", "--set", "evaluate.runs=1"]);
        assert!(text(&output.stdout).contains("distilled"));
        let message = text(&output.stderr);
        assert!(message.contains("printed and not stored"), "{message}");
        let after = fs::read(place.path("run/summary.json")).unwrap();
        assert!(before == after);
        shut.iter().rev().for_each(|name| mode(&place, name, 0o755));
    }
}

#[test]
fn resuming_what_was_killed_before_it_began_begins_it() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    let output = place.succeeds(&["distill", "small.toml", "--out", "none", "--resume"]);
    assert!(place.path("none/summary.json").exists());
    let message = text(&output.stderr);
    assert!(
        message.contains("none: no run is there to resume, so it begins"),
        "{message}"
    );
    let output = place.succeeds(&["distill", "small.toml", "--out", "none", "--resume"]);
    assert!(!text(&output.stderr).contains("so it begins"));
}

#[test]
fn resuming_no_run_without_settings_begins_nothing() {
    let place = Workplace::new();
    fs::create_dir(place.path("empty")).unwrap();
    // What a process leaves that was killed before it began.
    place.file("killed/checkpoint/lock", "");
    for out in ["typo", "empty", "killed", "runs/typo"] {
        let named = format!("--out = {out}: ");
        for more in [&[][..], &["--seed", "3"], &["--set", "distill.steps=5"]] {
            let resume = ["distill", "--out", out, "--resume"];
            place.refuses(&[&resume[..], more].concat(), &[&named]);
        }
    }
    place.refuses(
        &["distill", "--resume"],
        &["--resume", "runs/multi-index-0", "--out"],
    );
    place.refuses(
        &["sweep", "--out", "typo", "--resume"],
        &["typo/sweep.json: "],
    );
    // Where the default's run is, it is resumed.
    let steps = ["--set", "distill.steps=2", "--set", "evaluate.runs=1"];
    place.succeeds(&[&["distill"][..], &steps].concat());
    let output = place.succeeds(&["distill", "--resume"]);
    assert!(text(&output.stderr).contains("is finished"));
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
    place.refuses(
        &resume(&["--set", "task.dim=17"]),
        &["task.dim = 17: ", "task.dim = 16"],
    );
    place.refuses(&resume(&["--seed", "9"]), &["seed = 9: "]);
}

/// Changes the state of a run that stopped, and resumes.
fn spoilt(change: impl FnOnce(&mut Vec<u8>)) {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    stopped(&place, "small.toml", "run", &[]);
    let file = place.path("run").join(STATE);
    let mut bytes = fs::read(&file).unwrap();
    change(&mut bytes);
    fs::write(&file, bytes).unwrap();
    place.refuses(
        &["distill", "--out", "run", "--resume"],
        &["state.safetensors: "],
    );
}

/// Puts other bytes in the place of some.
fn replace(bytes: &mut Vec<u8>, old: &[u8], new: &[u8]) {
    let place = bytes.windows(old.len()).position(|window| window == old);
    let place = place.expect("the bytes to replace are there");
    bytes.splice(place..place + old.len(), new.iter().copied());
}

#[test]
fn a_spoilt_state_is_refused() {
    spoilt(|bytes| bytes.truncate(bytes.len() / 2));
    spoilt(Vec::clear);
    spoilt(|bytes| *bytes.last_mut().unwrap() ^= 1);
}

#[test]
fn a_state_of_another_version_is_refused() {
    spoilt(|bytes| replace(bytes, b"\\\"format\\\":4", b"\\\"format\\\":9"));
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
        &["config.toml: ", "9.9.9", env!("CARGO_PKG_VERSION")],
    );
}

#[test]
fn a_damaged_config_is_named_and_nothing_is_lost() {
    let place = finished();
    let whole = fs::read_to_string(place.path("run/config.toml")).unwrap();
    for damaged in [String::new(), whole[..whole.len() / 2].to_owned()] {
        place.file("run/config.toml", damaged);
        place.refuses(
            &["distill", "--out", "run", "--resume"],
            &["run/config.toml: ", "--force"],
        );
        place.refuses(
            &["distill", "--out", "run"],
            &["--out = run: ", "config.toml"],
        );
    }
    place.succeeds(&["distill", "small.toml", "--out", "run", "--force"]);
}

#[test]
fn a_damaged_summary_is_named_before_any_work() {
    let place = finished();
    let whole = fs::read_to_string(place.path("run/summary.json")).unwrap();
    // What comes before that key is the same in every run.
    let (start, _) = whole.split_once("\"backend\"").unwrap();
    for damaged in ["", start, "[1, 2]", r#"{"scores": {}}"#] {
        place.file("run/summary.json", damaged);
        for command in [
            &["evaluate", "run"][..],
            &["inspect", "run"],
            &["distill", "--out", "run", "--resume"],
        ] {
            let message = place.refused(command, &["run/summary.json: "]);
            assert!(!message.contains("scored"), "{message}");
            told(error(&message));
        }
    }
    fs::remove_file(place.path("run/summary.json")).unwrap();
    place.succeeds(&["distill", "--out", "run", "--resume"]);
}

#[test]
fn a_summary_of_another_seed_is_refused() {
    let place = finished();
    let whole = fs::read_to_string(place.path("run/summary.json")).unwrap();
    let other = whole.replacen("\"seed\": 0,", "\"seed\": 7,", 1);
    assert_ne!(whole, other);
    place.file("run/summary.json", other);
    place.refuses(
        &["distill", "--out", "run", "--resume"],
        &["run/summary.json: ", "7", "0"],
    );
}

#[test]
fn another_backend_does_not_go_on() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    stopped(&place, "small.toml", "run", &[]);
    place.refuses(
        &[
            "--backend",
            "ndarray",
            "distill",
            "--out",
            "run",
            "--resume",
        ],
        &["state.safetensors: ", "flex", "ndarray"],
    );
}

#[test]
fn a_state_of_another_task_is_refused() {
    let place = Workplace::new();
    place.file("small.toml", TWO_STAGES);
    stopped(&place, "small.toml", "one", &["task.noise=0.5"]);
    stopped(&place, "small.toml", "two", &["task.noise=0.25"]);
    fs::copy(place.path("one").join(STATE), place.path("two").join(STATE)).unwrap();
    place.refuses(
        &["distill", "--out", "two", "--resume"],
        &["state.safetensors: ", "task.noise", "0.5", "0.25"],
    );
}

#[test]
fn a_state_of_other_data_is_refused() {
    let place = Workplace::new();
    let settings = TWO_STAGES.replace(
        r#"kind = "multi-index", dim = 16, rank = 1, samples = 600, validation = 100, test = 100"#,
        r#"kind = "csv", path = "rows.csv", problem = "regression""#,
    );
    place.file("csv.toml", settings);
    let rows = |last: usize| {
        let row = |i: usize| format!("{},{},{}\n", i % 7, i % 11, (i * i) % 13);
        (0..99).chain([last]).map(row).collect::<String>()
    };
    place.file("rows.csv", rows(99));
    let rank = "synthetic.reference.rank=1";
    stopped(&place, "csv.toml", "run", &[rank]);
    place.file("rows.csv", rows(98));
    place.refuses(
        &["distill", "--out", "run", "--resume"],
        &["state.safetensors: "],
    );
}

#[test]
fn what_fails_once_a_run_has_begun_is_no_bad_input() {
    let place = finished();
    for name in ["synthetic.safetensors", "summary.json"] {
        fs::remove_file(place.path("run").join(name)).unwrap();
    }
    fs::create_dir(place.path("run/synthetic.safetensors")).unwrap();
    place.fails(
        &["distill", "--out", "run", "--resume"],
        &["error: run/synthetic.safetensors: "],
    );
    fs::remove_dir(place.path("run/synthetic.safetensors")).unwrap();
    place.succeeds(&["distill", "--out", "run", "--resume"]);
}
