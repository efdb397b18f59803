//! Sweeps: every run is there once, whatever is killed and whatever fails.

use std::fs;
use std::time::Instant;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;

use crate::program::{TWO_STAGES, Workplace, text};

const GRID: &str = r#"
[sweep]
seeds = [3, 4]
[[sweep.grid]]
"task.dim" = [8, 12]
size = [{ "synthetic.points" = 2, "synthetic.labels" = 8 }, { "synthetic.points" = 4, "synthetic.labels" = 16 }]
"#;

/// The lines of the results, as objects.
fn results(place: &Workplace, sweep: &str) -> Vec<Value> {
    let lines = fs::read_to_string(place.path(sweep).join("results.jsonl")).unwrap();
    let lines = lines.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What a killed sweep and a whole one have in common.
fn scores(place: &Workplace, sweep: &str) -> Vec<(Value, Value)> {
    let runs = results(place, sweep).into_iter();
    runs.map(|run| (run["settings"].clone(), run["summary"]["scores"].clone()))
        .collect()
}

#[test]
fn a_sweep_has_a_run_for_every_combination_and_a_table_of_all() {
    let place = Workplace::new();
    let settings = place.file("small.toml", format!("{TWO_STAGES}{GRID}"));
    let output = place.succeeds(&["sweep", &settings, "--out", "all"]);
    assert!(text(&output.stdout).trim().ends_with("results.csv"));
    let runs = results(&place, "all");
    assert_eq!(runs.len(), 8);
    assert_eq!(
        runs[5]["settings"],
        serde_json::json!({"task.dim": 12, "synthetic.points": 2, "synthetic.labels": 8})
    );
    assert_eq!(runs[5]["seed"], 4);
    let table = fs::read_to_string(place.path("all/results.csv")).unwrap();
    let header = table.lines().next().unwrap();
    assert!(
        header.starts_with(
            "run,task.dim,synthetic.points,synthetic.labels,seed,scores.distilled.mean"
        ),
        "{header}"
    );
    assert_eq!(table.lines().count(), 9);
    // Two seeds of each of the four combinations, printed and for programs.
    let printed = text(&output.stdout);
    assert!(
        printed.starts_with("mean ± sample standard deviation over seeds\n"),
        "{printed}"
    );
    assert_eq!(printed.matches("(2 seeds)").count() % 4, 0, "{printed}");
    let over_seeds = fs::read_to_string(place.path("all/seeds.csv")).unwrap();
    let header = over_seeds.lines().next().unwrap();
    let columns = "task.dim,synthetic.points,synthetic.labels,seeds,scores.distilled.mean,scores.distilled.std";
    assert!(header.starts_with(columns), "{header}");
    assert_eq!(over_seeds.lines().count(), 5);
    let means = [4, 5].map(|run: usize| {
        runs[run]["summary"]["scores"]["distilled"]["mean"]
            .as_f64()
            .unwrap()
    });
    let first: Vec<f64> = over_seeds
        .lines()
        .nth(3)
        .unwrap()
        .split(',')
        .map(|it| it.parse().unwrap())
        .collect();
    assert_eq!(first[..4], [12.0, 2.0, 8.0, 2.0]);
    assert!(
        (first[4] - (means[0] + means[1]) / 2.0).abs() < 1e-12,
        "{first:?}"
    );
    let apart = (means[0] - means[1]).abs() / 2_f64.sqrt();
    assert!((first[5] - apart).abs() < 1e-12, "{first:?} {means:?}");
    // Each is a run like any other.
    let alone = ["distill", "all/plans/0006.toml", "--out", "alone"];
    place.succeeds(&alone);
    let set = |run: &str| fs::read(place.path(run).join("synthetic.safetensors")).unwrap();
    assert!(set("alone") == set("all/runs/0006"));

    place.refuses(&["sweep", &settings, "--out", "all"], &["--resume"]);
    let other = [
        "sweep", &settings, "--out", "all", "--resume", "--seeds", "3,5",
    ];
    place.refuses(&other, &["plans/0002.toml"]);
    let fewer = [
        "sweep", &settings, "--out", "all", "--resume", "--seeds", "3",
    ];
    place.refuses(&fewer, &["all"]);
    place.refuses(&["distill", &settings], &["`sweep`"]);
    place.refuses(
        &["sweep", &settings, "--out", "alone"],
        &["--out = alone: "],
    );
    let before = fs::read(place.path("all/results.jsonl")).unwrap();
    // A plan that another version wrote is the same one.
    let plan = place.path("all/plans/0001.toml");
    let stored = fs::read_to_string(&plan).unwrap();
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(stored.contains(&version), "{stored}");
    fs::write(&plan, stored.replace(&version, "version = \"0.0.1\"")).unwrap();
    place.succeeds(&["sweep", &settings, "--out", "all", "--resume"]);
    assert_eq!(before, fs::read(place.path("all/results.jsonl")).unwrap());
}

#[test]
fn a_sweep_goes_on_as_it_was_asked_for() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let over = ["--over", "task.dim=8,12", "--seeds", "3,4"];
    place.succeeds(&[&["sweep", &settings, "--out", "all"][..], &over].concat());
    let table = || fs::read_to_string(place.path("all/results.csv")).unwrap();
    let whole = table();
    let onwards = ["sweep", "--out", "all", "--resume"];
    // A run that is lost is made again, and one that cannot be read stops no other.
    fs::remove_dir_all(place.path("all/runs/0002")).unwrap();
    place.succeeds(&onwards);
    let columns = |table: &str| -> Vec<String> {
        let cells = |row: &str| row.split(',').take(6).collect::<Vec<_>>().join(",");
        table.lines().map(cells).collect()
    };
    assert_eq!(columns(&whole), columns(&table()));
    fs::remove_dir_all(place.path("all/runs/0003")).unwrap();
    place.file("all/runs/0001/summary.json", "spoilt");
    place.fails(&onwards, &["0001/summary.json", "1 of 4 "]);
    assert_eq!(table().lines().count(), 5);

    let seeds = [&onwards[..], &["--seeds", "3"]].concat();
    place.refuses(&seeds, &["--seeds = 3: "]);
    place.refuses(&["sweep", "--out", "new"], &[]);
    place.refuses(&["sweep", "--resume"], &[]);
    place.refuses(
        &["sweep", "--out", "new", "--resume"],
        &["new/sweep.json: "],
    );
    let report = ["report", "all", "--format", "markdown", "--out", "a.md"];
    place.succeeds(&report);
    let report = fs::read_to_string(place.path("a.md")).unwrap();
    let command = report.lines().find(|line| line.contains(" sweep "));
    let words = ["small.toml --over ", "task.dim=8,12", " --seeds ", "3,4"];
    for word in words {
        assert!(command.is_some_and(|it| it.contains(word)), "{command:?}");
    }
    assert!(report.contains("arxiv.org/abs/2603.14830"), "{report}");
    assert!(report.contains("| what varies | task.dim |"), "{report}");
    place.file("all/plans/0001.toml", "spoilt");
    place.refuses(&onwards, &["plans/0001.toml: "]);
}

#[test]
fn a_run_of_other_settings_is_not_taken_for_finished() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let over = ["--over", "task.dim=8,12", "--seeds", "3"];
    place.succeeds(&[&["sweep", &settings, "--out", "all"][..], &over].concat());
    let onwards = ["sweep", "--out", "all", "--resume"];
    let [first, second, aside] =
        ["0001", "0002", "aside"].map(|name| place.path("all/runs").join(name));
    fs::rename(&first, &aside).unwrap();
    fs::rename(&second, &first).unwrap();
    fs::rename(&aside, &second).unwrap();
    place.fails(&onwards, &["run 0001 ", "task.dim", "2 of 2 "]);
    let runs = results(&place, "all");
    assert!(
        runs.iter().all(|run| run.get("error").is_some()),
        "{runs:?}"
    );
}

#[test]
fn runs_that_fail_are_listed_and_do_not_stop_the_others() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let arguments = [
        "sweep",
        &settings,
        "--over",
        "distill.learning_rate=[0.02,0.05],[1e9,1e9]",
        "--seeds",
        "0,1",
        "--out",
        "all",
    ];
    let failed = "(distill.learning_rate=[1000000000.0, 1000000000.0] seed=0): ";
    place.fails(&arguments, &["run 0003 ", failed, "2 of 4 "]);
    let runs = results(&place, "all");
    let failed: Vec<bool> = runs.iter().map(|run| run.get("error").is_some()).collect();
    assert_eq!(failed, [false, false, true, true]);
    let table = fs::read_to_string(place.path("all/results.csv")).unwrap();
    assert!(table.lines().next().unwrap().ends_with(",error"));
}

#[test]
fn a_killed_sweep_goes_on() {
    let place = Workplace::new();
    let settings = place.file("small.toml", format!("{TWO_STAGES}{GRID}"));
    let started = Instant::now();
    place.succeeds(&["sweep", &settings, "--out", "whole"]);
    let whole = started.elapsed();
    let mut random = StdRng::seed_from_u64(9);
    // On a machine that is less busy by then a sweep may end before it is killed: then pauses are shorter.
    let (mut rounds, mut pauses) = (0, whole);
    for round in 0..20 {
        let out = format!("broken-{round}");
        let mut killed = 0;
        let finished = (0..60).any(|_| {
            let begun = place.path(&out).join("plans").exists();
            let mut arguments = vec!["sweep", settings.as_str(), "--out", &out];
            arguments.extend(begun.then_some("--resume"));
            let pause = pauses.mul_f64(random.random_range(0.05..0.6));
            let finished = place.finishes_within(&arguments, pause);
            killed += usize::from(!finished);
            finished
        });
        assert!(finished, "it never came to its end");
        assert_eq!(scores(&place, &out), scores(&place, "whole"));
        match killed {
            0 => pauses /= 2,
            _ => rounds += 1,
        }
        if rounds == 3 {
            return;
        }
    }
    panic!("{rounds} of 20 sweeps were killed");
}

/// Thresholds of two ranks and dimensions, and two numbers of labels besides.
const LAW: &str = r#"
[sweep]
law = "memory"
seeds = [0, 1]
[[sweep.grid]]
"task.dim" = [8, 12]
size = [
    { "task.rank" = 1, "synthetic.points" = 2 },
    { "task.rank" = 1, "synthetic.points" = 4 },
    { "task.rank" = 2, "synthetic.points" = 2 },
    { "task.rank" = 2, "synthetic.points" = 8 },
]
[[sweep.grid]]
"synthetic.labels" = [8, 16]
"#;

#[test]
fn a_sweep_says_what_its_runs_show_of_the_memory_law() {
    let place = Workplace::new();
    let settings = place.file("small.toml", format!("{TWO_STAGES}{LAW}"));
    let output = place.succeeds(&["sweep", &settings, "--out", "all"]);
    let said = text(&output.stdout);
    assert!(said.contains("memory law of 20 runs"), "{said}");
    assert!(said.contains("fewest points  d = 8"), "{said}");
    // Every run has every setting that varies in any grid.
    let table = fs::read_to_string(place.path("all/results.csv")).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    let header = "run,task.dim,task.rank,synthetic.points,synthetic.labels,seed,scores.";
    assert!(rows[0].starts_with(header), "{}", rows[0]);
    assert!(rows[1].starts_with("0001,8,1,2,16,0,"), "{}", rows[1]);
    assert!(rows[20].starts_with("0020,16,1,2,16,1,"), "{}", rows[20]);
    let summary = fs::read(place.path("all/summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    let law = &summary["law"];
    assert_eq!(law["observations"].as_array().unwrap().len(), 20);
    // Of both seeds, for two dimensions and two ranks.
    assert_eq!(law["thresholds"].as_array().unwrap().len(), 8);
    assert_eq!(law["collapse"]["curves"].as_array().unwrap().len(), 6);
    let labels = &law["label_curves"][0];
    assert_eq!(
        [&labels["dim"], &labels["points"]].map(Value::as_u64),
        [Some(16), Some(2)]
    );
}

#[test]
fn a_law_is_refused_where_runs_say_nothing_of_it() {
    let place = Workplace::new();
    let settings = place.file(
        "digits.toml",
        "preset = \"digits\"\n[sweep]\nlaw = \"memory\"",
    );
    place.refuses(
        &["sweep", &settings, "--out", "all"],
        &["sweep.law", "run 0001", "multi-index"],
    );
    place.refuses(&["distill", "memory-law"], &["`sweep`"]);
    // What it does not tell apart would be mixed.
    let settings = place.file("law.toml", format!("{TWO_STAGES}{LAW}"));
    let two_links = ["--over", "task.link=mixed,quadratic"];
    place.refuses(
        &[&["sweep", &settings, "--out", "all"][..], &two_links].concat(),
        &["sweep.law", "run 0001", "task.link"],
    );
}

#[test]
fn a_law_is_refused_where_runs_of_one_cell_differ_in_more_than_points() {
    let place = Workplace::new();
    let grid = "[sweep]\nlaw = \"memory\"\n[[sweep.grid]]\nsize = [{ synthetic.points = 2, network.width = 32 }, \
                { synthetic.points = 4, network.width = 64 }]";
    let settings = place.file("law.toml", format!("{TWO_STAGES}{grid}"));
    let words = ["sweep.law", "run 0002", "run 0001", "network.width"];
    place.refuses(&["sweep", &settings, "--out", "all"], &words);
}

#[test]
fn a_combination_that_is_not_accepted_is_named() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let sweep = ["sweep", &settings, "--out", "all"];
    let over = ["--over", "task.dim=8,12", "--over", "network.width=32,0"];
    let words = ["network.width = 0: ", "task.dim=8 network.width=0"];
    place.refuses(&[&sweep[..], &over].concat(), &words);
    let seeds = ["--over", "seed=0,1"];
    place.refuses(
        &[&sweep[..], &seeds].concat(),
        &["--over = seed=0,1", "--seeds"],
    );
}

#[test]
fn a_sweep_goes_on_on_the_backend_that_began_it() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let reference = ["--backend", "ndarray"];
    let begin = ["sweep", &settings, "--out", "all"];
    place.succeeds(&[&reference[..], &begin].concat());
    fs::remove_dir_all(place.path("all/runs/0001")).unwrap();
    place.file("all/results.jsonl", "");
    let onwards = ["sweep", "--out", "all", "--resume"];
    let words = [
        "--out = all: ",
        "ndarray",
        "flex",
        "retort-cpu --backend ndarray",
    ];
    place.refuses(&onwards, &words);
    place.refuses(&[&begin[..], &["--resume"]].concat(), &words);
    place.succeeds(&["report", "all", "--format", "markdown", "--out", "a.md"]);
    let report = fs::read_to_string(place.path("a.md")).unwrap();
    for line in [
        "\nretort-cpu --backend ndarray sweep --out all --resume\n",
        " --out all-again\n",
    ] {
        assert!(report.contains(line), "{report}");
    }
    place.succeeds(&[&reference[..], &onwards].concat());
    assert_eq!(results(&place, "all")[0]["summary"]["backend"], "ndarray");
    // An older version did not write down what began it.
    let asked = fs::read(place.path("all/sweep.json")).unwrap();
    let mut asked: Value = serde_json::from_slice(&asked).unwrap();
    assert_eq!(asked["backend"], "ndarray");
    asked.as_object_mut().unwrap().remove("backend");
    place.file("all/sweep.json", asked.to_string());
    place.succeeds(&onwards);
}
