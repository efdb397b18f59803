//! What ± is over in reports: seeds where a row has several runs, the networks of one set otherwise.

use serde_json::{Value, json};

use crate::program::{TWO_STAGES, Workplace};
use crate::report::{reported, stored_summary};
use crate::summary;

#[test]
fn runs_that_differ_in_their_seed_alone_spread_over_seeds() {
    let place = Workplace::new();
    place.file("theory.toml", TWO_STAGES);
    for seed in ["3", "4"] {
        let out = format!("seed-{seed}");
        place.succeeds(&["distill", "theory.toml", "--seed", seed, "--out", &out]);
    }
    let alone = reported(&place, &["seed-3", "--format", "markdown", "--out", "a.md"]);
    let over_networks = "mean ± sample standard deviation over the fresh networks of one set";
    assert!(alone.contains(over_networks), "{alone}");
    assert!(!alone.contains("over seeds"), "{alone}");

    let both = ["seed-3", "seed-4"];
    for run in both {
        place.succeeds(&["evaluate", run, "--set", "evaluate.runs=3"]);
    }
    let written = |format: &str| {
        let options = ["--format", format, "--out", "both"];
        reported(&place, &[&both[..], &options].concat())
    };
    let markdown = written("markdown");
    assert!(
        markdown.contains("mean ± sample standard deviation over seeds\n"),
        "{markdown}"
    );
    assert!(markdown.contains("| seed-3 (seeds 3, 4) |"), "{markdown}");
    assert!(markdown.contains("(2 seeds) |"), "{markdown}");
    assert!(
        markdown.contains(&format!("run by run, {over_networks}")),
        "{markdown}"
    );
    let others = "The same sets through other networks, or by other protocols, mean ± sample standard deviation over seeds";
    assert!(markdown.contains(others), "{markdown}");
    let page = written("html");
    assert!(page.contains("Bars are sample standard deviations over seeds."));
    assert!(page.contains("the sample standard deviation over seeds, by what"));

    let object: Value = serde_json::from_str(&written("json")).unwrap();
    let mean = |run: &str| {
        summary(&place, run)["scores"]["distilled"]["mean"]
            .as_f64()
            .unwrap()
    };
    let [one, other] = both.map(mean);
    let row = &object["over_seeds"][0];
    assert_eq!(row["seeds"], json!([3, 4]));
    let score = |key: &str| row["scores"]["distilled"][key].as_f64().unwrap();
    assert!((score("mean") - (one + other) / 2.0).abs() < 1e-12);
    assert!((score("std") - (one - other).abs() / 2_f64.sqrt()).abs() < 1e-12);

    // Another setting makes another row, and the same seed is no second one.
    let other = ["distill", "theory.toml", "--seed", "4", "--out", "other"];
    place.succeeds(&[&other[..], &["--set", "distill.batch=64"]].concat());
    place.succeeds(&["distill", "theory.toml", "--seed", "3", "--out", "twin"]);
    for beside in ["other", "twin"] {
        let options = ["seed-3", beside, "--format", "markdown", "--out", "c.md"];
        let markdown = reported(&place, &options);
        assert!(!markdown.contains("over seeds"), "{markdown}");
    }
}

#[test]
fn a_sweep_of_several_seeds_is_reported_over_seeds() {
    let place = Workplace::new();
    let mut lines = String::new();
    for (number, (points, seed, mean)) in [(2, 0, 0.7), (2, 1, 0.9), (8, 0, 0.95)]
        .into_iter()
        .enumerate()
    {
        let name = format!("{:04}", number + 1);
        place.file(&format!("swept/plans/{name}.toml"), "");
        let score = json!({"mean": mean, "std": 0.01, "runs": 5});
        let line = json!({
            "run": name, "seed": seed, "settings": {"synthetic.points": points},
            "summary": stored_summary("accuracy", &json!({"distilled": score}), 80),
        });
        lines += &format!("{line}\n");
    }
    place.file("swept/results.jsonl", lines);
    let markdown = reported(&place, &["swept", "--format", "markdown"]);
    let both = "over seeds where there are several, over the fresh networks of one set otherwise";
    assert!(
        markdown.contains(&format!(
            "Scores, mean ± sample standard deviation {both}\n"
        )),
        "{markdown}"
    );
    assert!(
        markdown.contains("| 2 | 0.8000 ± 0.1414 (2 seeds) |"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| 8 | 0.9500 ± 0.0100 (5 networks) |"),
        "{markdown}"
    );
    let page = reported(&place, &["swept"]);
    assert!(page.contains(&format!(
        "Bars are sample standard deviations {both}, about the mean."
    )));
}
