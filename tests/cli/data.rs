//! Data as SOURCE: settings are chosen, printed and stored.

use crate::program::{Workplace, text};
use crate::summary;

/// Sixty rows of two classes that lie apart.
fn table() -> String {
    let row = |row: usize| {
        let (class, step) = (row % 2, row as f64 / 10.0);
        let kind = ["iris", "rose"][class];
        format!(
            "{},{},{kind}\n",
            class as f64 * 4.0 + step.sin(),
            step.cos()
        )
    };
    let rows: String = (0..60).map(row).collect();
    format!("long,wide,kind\n{rows}")
}

/// Settings that make a run short.
const SHORT: [&str; 6] = [
    "--set",
    "distill.steps=5",
    "--set",
    "evaluate.steps=20",
    "--set",
    "evaluate.runs=1",
];

#[test]
fn a_table_is_distilled_without_settings() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    let command = [&["distill", "mine.csv", "--per-class", "2"], &SHORT[..]].concat();
    let said = text(&place.succeeds(&command).stderr);
    // What is left open is chosen and told with its setting; what is given is not.
    for setting in [
        "(synthetic.initial=k-means)",
        "(objective.kind=average ",
        "(network.kind=mlp",
    ] {
        assert!(said.contains(setting), "{setting}: {said}");
    }
    for given in ["synthetic.per_class=", "distill.steps="] {
        assert!(!said.contains(given), "{given}: {said}");
    }
    let found = summary(&place, "runs/mine-0");
    for score in ["distilled", "k_means", "random_real"] {
        assert!(found["scores"][score]["mean"].is_f64(), "{score}: {found}");
    }

    // The judges are in the reports.
    place.succeeds(&["report", "runs/mine-0", "--format", "markdown"]);
    let report = std::fs::read_to_string(place.path("runs/mine-0/report.md")).unwrap();
    assert!(report.contains("Judges, balanced accuracy"), "{report}");
    place.succeeds(&["report", "runs/mine-0", "--format", "json"]);
    let report = std::fs::read_to_string(place.path("runs/mine-0/report.json")).unwrap();
    assert!(report.contains("median_regret"), "{report}");

    // The stored settings, and the run itself, make the same run again.
    place.succeeds(&["distill", "runs/mine-0", "--out", "again"]);
    assert_eq!(summary(&place, "again")["scores"], found["scores"]);
    let resumed = ["distill", "mine.csv", "--out", "again", "--resume"];
    assert!(text(&place.succeeds(&resumed).stderr).contains("again"));
    let other = [&resumed[..], &["--per-class", "3"]].concat();
    place.refuses(&other, &["synthetic.per_class", "3"]);
}

#[test]
fn a_dry_run_prints_settings_that_a_file_can_hold() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    let dry = [
        "distill",
        "mine.csv",
        "--target",
        "kind",
        "--points",
        "6",
        "--dry-run",
    ];
    let printed = text(&place.succeeds(&dry).stdout);
    assert!(!place.path("runs").exists());
    assert!(printed.contains("points = 6"), "{printed}");
    place.file("mine.toml", &printed);
    let again = place.succeeds(&["distill", "mine.toml", "--dry-run"]);
    assert_eq!(text(&again.stdout), printed);
}

#[test]
fn steps_follow_the_size_of_the_set_that_is_asked_for() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    let steps = |points: &str| {
        let dry = ["distill", "mine.csv", "--points", points, "--dry-run"];
        let printed = text(&place.succeeds(&dry).stdout);
        let line = printed.lines().find_map(|it| it.strip_prefix("steps = "));
        line.unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(steps("20"), 500);
    assert!((200..400).contains(&steps("120000")));
}

#[test]
fn another_kind_of_task_reads_the_same_file() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    let kind = |kind| ["distill", "mine.csv", "--set", kind, "--dry-run"];
    place.succeeds(&kind("task.kind=csv"));
    place.refuses(&kind("task.kind=parquet"), &["mine.csv", "parquet"]);
}

#[test]
fn what_is_no_source_is_refused() {
    let place = Workplace::new();
    place.file("mine.csv", table());
    place.refuses(&["distill", "nothing.csv"], &["nothing.csv"]);
    place.refuses(&["distill", "digit"], &["SOURCE", "digit", "digits"]);
    let sweep = ["sweep", "mine.csv", "--over", "distill.steps=1,2"];
    place.refuses(&sweep, &["SOURCE", "mine.csv", "--dry-run"]);
    let twice = ["distill", "mine.csv", "--points", "4", "--per-class", "2"];
    place.refuses(&twice, &["--points", "--per-class"]);
    place.refuses(
        &["distill", "mine.csv", "--target", "kinds"],
        &["task.target", "kinds", "kind"],
    );
}
