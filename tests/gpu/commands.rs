//! The program as a user meets it: adapters, and what happens if there is none or its memory runs
//! out.

use crate::program::{TWO_STAGES, Workplace, error, text};
use crate::wording::told;

/// The list of adapters.
fn adapters(place: &Workplace) -> String {
    text(&place.succeeds(&["devices"]).stdout)
}

#[test]
fn adapters_are_listed_and_one_is_marked() {
    let list = adapters(&Workplace::new());
    let marked: Vec<&str> = list.lines().filter(|line| line.starts_with('*')).collect();
    assert_eq!(marked.len(), 1, "{list}");
    for (number, line) in list.lines().enumerate() {
        let begins = format!(" {number}  ");
        assert!(
            line[1..].starts_with(&begins) && line.ends_with(')'),
            "{line}"
        );
    }
}

#[test]
fn an_adapter_that_is_not_there_is_refused() {
    let place = Workplace::new();
    for wish in ["99", "no such card"] {
        // What it says lists this machine's adapters.
        place.refused(&["distill", "--device", wish], &["--device", wish, "0 ("]);
    }
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux takes its driver from a variable"
)]
fn without_a_driver_the_error_says_what_to_install() {
    let place = Workplace::new();
    let without = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("VK_DRIVER_FILES", "/nowhere");
        command.env("VK_ICD_FILENAMES", "/nowhere");
        command.output().unwrap()
    };
    for arguments in [
        &["devices"][..],
        &["distill"],
        &["distill", "--device", "0"],
    ] {
        let output = without(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        for words in ["libvulkan1", "retort-cpu"] {
            assert!(message.contains(words), "{message}");
        }
        assert!(!message.contains("panicked"), "{message}");
        told(error(&message));
    }
    // What needs no device asks for none.
    assert!(without(&["presets"]).status.success());
}

#[test]
fn a_run_can_be_stopped_and_goes_on() {
    let place = Workplace::new();
    let file = place.file("run.toml", TWO_STAGES);
    let quick = [
        "--set",
        "distill.steps=[8, 4]",
        "--set",
        "distill.log_every=3",
    ];
    let run = [&["distill", &file, "--out", "run"][..], &quick].concat();
    let output = place.succeeds(&run);
    assert!(text(&output.stdout).contains("features_distilled"));
    let metrics = std::fs::read_to_string(place.path("run/metrics.jsonl")).unwrap();
    let logged = metrics.lines().count();
    // Every third step and the last of a stage.
    assert_eq!(logged, 3 + 2, "{metrics}");
    std::fs::remove_file(place.path("run/summary.json")).unwrap();
    place.succeeds(&["distill", "--resume", "--out", "run"]);
}

#[test]
#[ignore = "needs Mesa's software renderer, of which alone it is known what it refuses: --ignored"]
fn memory_that_runs_out_leaves_the_last_state() {
    let place = Workplace::new();
    let file = place.file("run.toml", TWO_STAGES);
    // The second stage's rows leave 279 MB in the layer, and the renderer gives 128 MiB at once.
    let large = [
        "--set",
        "task.samples=68000",
        "--set",
        "network.width=1024",
        "--set",
        "distill.batch=[16, 0]",
        "--set",
        "distill.steps=[3, 3]",
    ];
    let run = [&["distill", &file, "--out", "run"][..], &large].concat();
    // How much it lacks depends on the machine.
    let named = ["MiB", "distill.batch", "network.width", "3 of 6 steps"];
    place.ends_with(1, &run, &named);
    assert!(place.path("run/checkpoint/state.safetensors").exists());
}
