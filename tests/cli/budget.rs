//! The intrinsic dimension of a task: what `budget` says of it, and `synthetic.points = "auto"`, which
//! asks the same.

use std::fs;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;

use crate::program::{TWO_STAGES, Workplace, text};
use crate::summary;

/// The seconds' work of both stages, on as many rows as show the task's two directions.
fn two_directions(place: &Workplace) -> String {
    let task = "dim = 16, rank = 2, samples = 2000, validation = 500";
    let task = TWO_STAGES.replace("dim = 16, rank = 1, samples = 600, validation = 100", task);
    place.file("two.toml", task.replace("width = 32", "width = 128"))
}

#[test]
fn a_budget_is_for_people_and_for_programs() {
    let place = Workplace::new();
    let settings = two_directions(&place);
    let shown = text(&place.succeeds(&["budget", &settings]).stdout);
    for words in [
        "intrinsic dimension  2\n",
        "8 points and 128 labels: 2r² and L",
        "r²d + L = 192",
        "does not count",
    ] {
        assert!(shown.contains(words), "{words:?} is not in {shown}");
    }
    let output = place.succeeds(&["budget", &settings, "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["intrinsic"]["rank"], 2);
    assert_eq!(found["proposal"]["points"], 8);
    // M₁(d + 1) + L + (d + 1).
    assert_eq!(found["proposal"]["floats"], 8 * 17 + 128 + 17);
    assert!(place.path("runs").read_dir().is_err(), "it leaves no run");
}

#[test]
fn a_budget_says_so_where_it_is_no_compression() {
    let place = Workplace::new();
    let shown = text(&place.succeeds(&["budget", "digits", "--most", "2"]).stdout);
    assert!(shown.contains("or more: the search ends there"), "{shown}");
    let small = [
        "--set",
        "network.kind=two-layer",
        "--set",
        "network.width=4096",
    ];
    let search = ["budget", "digits", "--most", "1"];
    let shown = text(&place.succeeds(&[&search[..], &small].concat()).stdout);
    assert!(shown.contains("which is no compression"), "{shown}");
}

#[test]
fn a_table_of_ones_own_has_a_budget() {
    let place = Workplace::new();
    // What is asked for depends on one direction of four columns, which have other scales and centres.
    let mut random = StdRng::seed_from_u64(3);
    let mut rows = "a,b,c,d,target\n".to_owned();
    for _ in 0..1500 {
        let [a, b, c, d] = [0; 4].map(|_| random.random_range(-1.7..1.7));
        let along = f64::midpoint(a, b);
        let target: f64 = along.max(0.0) + along * along;
        rows += &format!("{},{},{c},{d},{target}\n", 1000.0 * a + 70.0, 0.01 * b);
    }
    place.file("mine.csv", rows);
    place.file(
        "mine.toml",
        r#"
        task = { kind = "csv", path = "mine.csv" }
        network = { kind = "mlp", width = 8, depth = 1 }
        objective = { kind = "performance-matching", unroll = 5, step_size = 0.05 }
        synthetic = { points = 4 }
        "#,
    );
    let shown = text(&place.succeeds(&["budget", "mine.toml"]).stdout);
    assert!(shown.contains("intrinsic dimension  1\n"), "{shown}");
    assert!(shown.contains("proposal             2 points"), "{shown}");
    // The task alone is enough, and whatever else stands there is still read.
    place.file("task.toml", r#"task = { kind = "csv", path = "mine.csv" }"#);
    let alone = text(&place.succeeds(&["budget", "task.toml"]).stdout);
    assert!(alone.contains("intrinsic dimension  1\n"), "{alone}");
    let narrow = ["budget", "task.toml", "--set", "network.width=64"];
    let narrow = text(&place.succeeds(&narrow).stdout);
    assert!(narrow.contains("2 points and 64 labels"), "{narrow}");
    place.refuses(
        &["budget", "task.toml", "--set", "network.widht=64"],
        &["network.widht"],
    );
}

#[test]
fn targets_that_depend_on_nothing_get_no_proposal() {
    let place = Workplace::new();
    let mut random = StdRng::seed_from_u64(5);
    let mut rows = "a,b,c,target\n".to_owned();
    for _ in 0..600 {
        let [a, b, c, target] = [0; 4].map(|_| random.random_range(-1.0..1.0));
        rows += &format!("{a},{b},{c},{target}\n");
    }
    place.file("noise.csv", rows);
    let task = r#"task = { kind = "csv", path = "noise.csv" }"#;
    place.file("task.toml", task);
    let shown = text(&place.succeeds(&["budget", "task.toml"]).stdout);
    assert!(shown.contains("intrinsic dimension  0\n"), "{shown}");
    assert!(
        shown.contains("no direction of the inputs")
            && shown.contains("proposal             none\n")
    );
    let output = place.succeeds(&["budget", "task.toml", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        found["proposal"].is_null() && found["doubt"].is_string(),
        "{found}"
    );
    let network = "network = { kind = \"two-layer\", width = 32 }\nobjective = { kind = \"readout-matching\" }";
    place.file("run.toml", format!("{task}\n{network}\n"));
    let auto = ["distill", "run.toml", "--set", "synthetic.points=auto"];
    place.refuses(&auto, &["synthetic.points"]);
}

#[test]
fn points_as_many_as_dimensions_come_with_a_caution() {
    let place = Workplace::new();
    let settings = two_directions(&place);
    let small = ["--set", "task.dim=8", "--set", "synthetic.points=auto"];
    let shown = text(
        &place
            .succeeds(&[&["budget", &settings][..], &small[..2]].concat())
            .stdout,
    );
    assert!(shown.contains("can learn sampling noise"), "{shown}");
    let run = [
        "distill",
        &settings,
        "--set",
        "distill.steps=5",
        "--out",
        "run",
    ];
    let output = place.succeeds(&[&run[..], &small].concat());
    let said = text(&output.stderr);
    assert!(said.contains("can learn sampling noise"), "{said}");
}

#[test]
fn auto_takes_the_points_that_a_budget_proposes() {
    let place = Workplace::new();
    let settings = two_directions(&place);
    let auto = ["--set", "synthetic.points=auto", "--set", "distill.steps=5"];
    let run = ["distill", &settings, "--out", "run"];
    let output = place.succeeds(&[&run[..], &auto].concat());
    let said = text(&output.stderr);
    assert!(said.contains("intrinsic dimension 2, 8 points"), "{said}");
    let config = fs::read_to_string(place.path("run/config.toml")).unwrap();
    assert!(config.contains("points = 8"), "{config}");
    assert_eq!(summary(&place, "run")["memory"]["floats"], 8 * 17 + 16 + 17);
    // The word agrees with whatever came of it.
    place.succeeds(&[&run[..], &auto, &["--resume"]].concat());
}

#[test]
fn what_cannot_be_looked_at_is_refused() {
    let place = Workplace::new();
    let settings = two_directions(&place);
    place.refuses(
        &["budget", &settings, "--shuffles", "1"],
        &["--shuffles = 1", "3"],
    );
    place.refuses(
        &[
            "distill",
            &settings,
            "--out",
            "run",
            "--set",
            "synthetic.points=automatic",
        ],
        &["synthetic.points = \"automatic\"", "\"auto\""],
    );
    // Noise has no direction.
    let noise = ["--set", "task.noise=1000", "--set", "synthetic.points=auto"];
    let run = ["distill", &settings, "--out", "run"];
    place.refuses(
        &[&run[..], &noise].concat(),
        &["synthetic.points = \"auto\""],
    );
}
