//! Disks that fill: the program ends with exit code 1, whatever it was writing, and goes on once there is room.
//!
//! The disks are file systems in memory, a few pages large, which only the processes of a test see.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::program::{FOLLOWING, TWO_STAGES, UNROLLED, Workplace, skipped, text};

/// Both stages of the theory, with few steps.
fn short() -> String {
    let short = TWO_STAGES
        .replace("steps = [60, 90]", "steps = [9, 9]")
        .replace("runs = 2", "runs = 1");
    assert_ne!(short, TWO_STAGES);
    short
}

/// Pictures, with few steps and previews.
fn pictures() -> String {
    let few = UNROLLED
        .replace("steps = [20, 30]", "steps = [4, 4], preview_every = 3")
        .replace("steps = 20, runs = 2", "steps = 5, runs = 1");
    assert_ne!(few, UNROLLED);
    few
}

/// Runs a shell script in that folder, with a disk of these options at `disk` and the program as `$RETORT`.
fn on_a_disk(place: &Workplace, options: &str, script: &str) -> Option<Output> {
    let mounted =
        format!("mkdir -p disk && mount -t tmpfs -o {options} tmpfs disk || exit 99\n{script}");
    // A user without rights has those of root in a namespace of its own, where the system allows that.
    for flags in ["-rm", "-m"] {
        let mut command = Command::new("unshare");
        command
            .args([flags, "sh", "-c", &mounted])
            .current_dir(place.path(""))
            .env("RETORT", crate::PROGRAM)
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null());
        match command.output() {
            Ok(output) if output.status.code() != Some(99) && !is_refused(&output) => {
                return Some(output);
            }
            _ => {}
        }
    }
    None
}

fn is_refused(output: &Output) -> bool {
    text(&output.stderr).starts_with("unshare: ")
}

/// A workplace, where disks can be made; says that the test is skipped otherwise.
fn workplace(test: &str) -> Option<Workplace> {
    let place = Workplace::new();
    let there = on_a_disk(&place, "size=64k", "true").is_some_and(|it| it.status.success());
    if there {
        return Some(place);
    }
    skipped(test, "no small disk can be mounted here");
    None
}

/// Whether a script came to its end; where it did not, it says that the disk is full and ends with 1.
fn is_done(output: &Output, options: &str) -> bool {
    let message = text(&output.stderr);
    assert!(!message.contains("panicked"), "{options}: {message}");
    match output.status.code() {
        Some(0) => true,
        Some(1) => {
            // What a run of a sweep said may have found no room.
            let is_said = message.contains("No space left") || message.contains("runs failed");
            assert!(is_said, "{options}: {message}");
            false
        }
        code => unreachable!("{options} ended with {code:?}: {message}"),
    }
}

/// Disks of ever more pages, and of ever more files: every one is too small, but for the last of each kind.
fn growing() -> impl Iterator<Item = (bool, String)> {
    let pages = (1..30)
        .step_by(2)
        .map(|pages| (false, format!("size={}k", 4 * pages)));
    let files = (2..13).map(|files| (false, format!("size=9m,nr_inodes={files}")));
    pages
        .chain([(true, "size=9m".to_owned())])
        .chain(files)
        .chain([(true, "size=9m,nr_inodes=99".to_owned())])
}

/// A run on every one of those disks, which goes on to the same set once there is room.
fn ends_with_1_and_goes_on(test: &str, settings: &str) {
    let Some(place) = workplace(test) else {
        return;
    };
    place.file("small.toml", settings);
    place.succeeds(&["distill", "small.toml", "--out", "whole"]);
    let whole = fs::read(place.path("whole/synthetic.safetensors")).unwrap();
    let script = "\"$RETORT\" distill small.toml --out disk/run; code=$?
        if [ $code = 0 ]; then ls disk/run > names; exit 0; fi
        mount -o remount,size=9m,nr_inodes=99 disk
        \"$RETORT\" distill small.toml --out disk/run --resume >/dev/null 2>again || exit 98
        cp disk/run/synthetic.safetensors resumed || exit 97
        exit $code";
    let names = fs::read_dir(place.path("whole")).unwrap();
    let seen: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut small = 0;
    for (large, options) in growing() {
        let output = on_a_disk(&place, &options, script).unwrap();
        if is_done(&output, &options) {
            let message = text(&output.stderr);
            let names = fs::read_to_string(place.path("names")).unwrap();
            assert!(names.contains("summary.json"));
            // What it could not write besides is named.
            for picture in ["preview.png", "preview.gif"] {
                let is_there = names.contains(picture) || !seen.iter().any(|name| name == picture);
                assert!(
                    is_there || message.contains(picture),
                    "{options}: {message}"
                );
            }
            continue;
        }
        assert!(!large, "{}", text(&output.stderr));
        small += 1;
        let resumed = fs::read(place.path("resumed")).unwrap();
        assert!(resumed == whole, "{options}: another set");
        fs::remove_file(place.path("resumed")).unwrap();
    }
    assert!(small > 8, "only {small} disks were too small");
}

#[test]
fn a_run_on_a_full_disk_ends_with_1_and_goes_on_once_there_is_room() {
    ends_with_1_and_goes_on("a run on a full disk", &short());
}

#[test]
fn a_run_with_pictures_on_a_full_disk_ends_with_1_and_goes_on_once_there_is_room() {
    ends_with_1_and_goes_on("a run with pictures on a full disk", &pictures());
}

#[test]
fn experts_on_a_full_disk_end_with_1() {
    let Some(place) = workplace("experts on a full disk") else {
        return;
    };
    place.file("small.toml", FOLLOWING);
    let script = "\"$RETORT\" distill small.toml --out run --force --set objective.experts.path=disk/experts";
    let done: Vec<bool> = [
        "size=4k",
        "size=40k",
        "size=9m,nr_inodes=2",
        "size=9m,nr_inodes=5",
        "size=9m",
    ]
    .into_iter()
    .map(|options| is_done(&on_a_disk(&place, options, script).unwrap(), options))
    .collect();
    assert_eq!(done, [false, false, false, false, true]);
}

#[test]
fn a_sweep_on_a_full_disk_ends_with_1_and_goes_on_once_there_is_room() {
    let Some(place) = workplace("a sweep on a full disk") else {
        return;
    };
    place.file("small.toml", short());
    let script = "\"$RETORT\" sweep small.toml --over synthetic.labels=8,16 --out disk/sweep; code=$?
        mount -o remount,size=9m,nr_inodes=99 disk
        \"$RETORT\" sweep small.toml --over synthetic.labels=8,16 --out disk/sweep --resume >/dev/null 2>again || exit 98
        cp disk/sweep/results.csv results || exit 97
        exit $code";
    for (options, expected) in [
        ("size=4k", false),
        ("size=12k", false),
        ("size=28k", false),
        ("size=48k", false),
        ("size=9m,nr_inodes=4", false),
        ("size=9m,nr_inodes=8", false),
        ("size=9m", true),
    ] {
        let output = on_a_disk(&place, options, script).unwrap();
        assert_eq!(is_done(&output, options), expected, "{options}");
        let results = fs::read_to_string(place.path("results")).unwrap();
        assert_eq!(results.lines().count(), 3, "{options}: {results}");
    }
}

#[test]
fn reports_and_evaluations_on_a_full_disk_end_with_1() {
    let Some(place) = workplace("reports and evaluations on a full disk") else {
        return;
    };
    place.file("small.toml", short());
    place.succeeds(&["distill", "small.toml", "--out", "run"]);
    for (options, expected) in [("size=4k", false), ("size=9m", true)] {
        let script = "\"$RETORT\" report run --out disk/report.html";
        let output = on_a_disk(&place, options, script).unwrap();
        assert_eq!(is_done(&output, options), expected);
    }
    let script = "cp -r run disk; cp disk/run/summary.json before
        dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null
        \"$RETORT\" evaluate disk/run --set evaluate.runs=1 --set evaluate.baselines=false; code=$?
        cmp disk/run/summary.json before || exit 98
        exit $code";
    let output = on_a_disk(&place, "size=1m", script).unwrap();
    assert!(!is_done(&output, "size=1m"));
    // The scores are not lost.
    assert!(text(&output.stdout).contains("distilled"));
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_printed_end_with_1() {
    let place = Workplace::new();
    for command in [
        &["presets"][..],
        &["budget", "multi-index", "--starts", "1"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = place.command(command).stdout(full).output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {message}");
        crate::wording::told(crate::program::error(&message));
    }
}
