//! Long work is never silent: a line comes after seconds, whatever goes on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use image::RgbImage;
use rand::{RngCore, SeedableRng, rngs::StdRng};

use crate::program::{FOLLOWING, TWO_STAGES, UNROLLED, Workplace};

/// Far longer than it takes, on a machine that is busy.
const LONG: Duration = Duration::from_secs(100);

/// Runs the program, which would take hours, until it says something like that.
fn says(place: &Workplace, arguments: &[&str], expected: &str) {
    let mut child = place.command(arguments).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (tell, told) = channel();
    let reader = thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .take_while(|line| tell.send(line.clone()).is_ok())
            .for_each(drop);
    });
    let (started, mut said) = (Instant::now(), String::new());
    let found = loop {
        match told.recv_timeout(LONG.saturating_sub(started.elapsed())) {
            Ok(line) if line.starts_with(expected) && line.ends_with(" so far") => break true,
            Ok(line) => said += &format!("{line}\n"),
            Err(_) => break false,
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();
    drop(told);
    reader.join().unwrap();
    assert!(found, "{arguments:?} says nothing of {expected:?}: {said}");
}

/// Settings with one thing changed.
fn with(settings: &str, old: &str, new: &str) -> String {
    assert!(settings.contains(old));
    settings.replace(old, new)
}

#[test]
fn a_task_that_takes_long_to_prepare_says_so() {
    let place = Workplace::new();
    let mut noise = vec![0; 3 * 2000 * 2000];
    StdRng::seed_from_u64(1).fill_bytes(&mut noise);
    let picture = RgbImage::from_raw(2000, 2000, noise).unwrap();
    for class in ["a", "b"] {
        fs::create_dir_all(place.path("pictures").join(class)).unwrap();
    }
    let first = place.path("pictures/a/0000.png");
    picture.save(&first).unwrap();
    for number in 1..3000 {
        let class = ["a", "b"][number % 2];
        let name = format!("pictures/{class}/{number:04}.png");
        fs::hard_link(&first, place.path(&name)).unwrap();
    }
    let settings = with(
        UNROLLED,
        "task = { kind = \"digits\" }",
        "task = { kind = \"folder\", path = \"pictures\", side = 16 }",
    );
    place.file("small.toml", settings);
    let run = ["distill", "small.toml", "--out", "run"];
    says(&place, &run, "preparing the task (folder): ");
}

#[test]
fn a_step_that_takes_long_says_so() {
    let place = Workplace::new();
    let endless = with(UNROLLED, "ageing_steps = 5", "ageing_steps = 1000000");
    place.file(
        "small.toml",
        with(&endless, "steps = [20, 30]", "steps = [0, 30]"),
    );
    let run = ["distill", "small.toml", "--out", "run"];
    says(&place, &run, "the first step: ");
    place.file(
        "later.toml",
        with(&endless, "steps = [20, 30]", "steps = [2, 30]"),
    );
    let run = ["distill", "later.toml", "--out", "later"];
    says(&place, &run, "after 2 of 32 steps: ");
}

#[test]
fn experts_that_take_long_say_so() {
    let place = Workplace::new();
    let wide = with(
        FOLLOWING,
        "width = 16, depth = 1",
        "width = 2048, depth = 3",
    );
    place.file("small.toml", with(&wide, "batch = 32", "batch = 1"));
    let run = ["distill", "small.toml", "--out", "run"];
    says(&place, &run, "recording experts: ");
}

#[test]
fn scores_that_take_long_say_so() {
    let place = Workplace::new();
    place.file("small.toml", UNROLLED);
    place.succeeds(&["distill", "small.toml", "--out", "run"]);
    let steps = "evaluate.steps=100000000";
    says(
        &place,
        &["evaluate", "run", "--set", steps],
        "scoring the set: ",
    );
    let run = ["distill", "small.toml", "--out", "long", "--set", steps];
    says(&place, &run, "scoring the set: ");
}

#[test]
fn a_budget_that_takes_long_says_so() {
    let place = Workplace::new();
    let run = [
        "budget",
        "multi-index",
        "--starts",
        "1000",
        "--shuffles",
        "1000",
    ];
    says(&place, &run, "looking for directions: ");
}

#[test]
fn a_sweep_of_long_runs_says_where_it_stands() {
    let place = Workplace::new();
    let long = with(TWO_STAGES, "steps = [60, 90]", "steps = [1000000, 90]");
    place.file("small.toml", long);
    let run = ["sweep", "small.toml", "--out", "all", "--seeds", "1,2"];
    says(&place, &run, "0 of 2 runs done: ");
}
