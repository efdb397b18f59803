//! What the scores of a summary hold, and that they do not depend on the machine.

use serde_json::Value;

use crate::program::{TWO_STAGES, Workplace, text};
use crate::summary;

/// The settings of a run, scored by that protocol.
fn settings(protocol: &str) -> String {
    let own = match protocol {
        "train" => "steps = 20, learning_rates = [0.1, 0.01], ",
        _ => "",
    };
    let protocol = format!("protocol = \"{protocol}\", {own}runs = 3");
    TWO_STAGES
        .replace("protocol = \"feature-step\", runs = 2", &protocol)
        .replace("steps = [60, 90]", "steps = [4, 4]")
}

#[test]
fn scores_have_the_same_bits_on_any_number_of_threads() {
    let place = Workplace::new();
    place.file("stepped.toml", settings("feature-step"));
    place.file("trained.toml", settings("train"));
    for kind in ["stepped", "trained"] {
        let scores = ["1", "2", "3"].map(|threads| {
            let run = format!("{kind}-{threads}");
            let mut command = place.command(&["distill", &format!("{kind}.toml"), "--out", &run]);
            let output = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
            summary(&place, &run)["scores"].clone()
        });
        assert_eq!(scores[0], scores[1], "{kind}");
        assert_eq!(scores[0], scores[2], "{kind}");
        for (name, score) in scores[0].as_object().unwrap() {
            let values: Vec<f64> = serde_json::from_value(score["values"].clone()).unwrap();
            let mean = values.iter().sum::<f64>() / 3.0;
            assert_eq!(values.len(), 3, "{name}");
            assert_eq!(score["mean"], mean, "{name}");
        }
    }
}

#[test]
fn judges_are_printed_and_stored() {
    let place = Workplace::new();
    place.file("trained.toml", settings("train"));
    place.succeeds(&["distill", "trained.toml", "--out", "run"]);
    assert!(summary(&place, "run")["judges"].is_null());
    let output = place.succeeds(&["evaluate", "run", "--judges", "linear,network", "--json"]);
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let judges = &printed["judges"];
    assert_eq!(judges["names"], serde_json::json!(["linear", "network"]));
    for set in ["distilled", "random_real", "full"] {
        for judge in ["linear", "network"] {
            let marks = &judges["scores"][set][judge];
            assert!(
                marks["r2"].is_number() && marks["mse"].is_number(),
                "{set} {judge}"
            );
        }
    }
    assert!(judges["regret"]["distilled"]["linear"].is_number());
    assert!(judges["median_regret"]["distilled"].is_number());
    // Only the judges differ from the run's own evaluation.
    assert_eq!(summary(&place, "run")["judges"], *judges);
    assert_eq!(summary(&place, "run")["scores"], printed["scores"]);

    let table = place.succeeds(&["evaluate", "run", "--judges", "all"]);
    let table = text(&table.stdout);
    for word in [
        "R²",
        "knn",
        "linear",
        "forest",
        "boosting",
        "network",
        "median regret",
    ] {
        assert!(table.contains(word), "{word} is not in {table}");
    }
    let refused = place
        .command(&["evaluate", "run", "--judges", "oracle"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_protocol_that_trains_says_that_it_leaves_readout_labels_out() {
    let place = Workplace::new();
    place.file("trained.toml", settings("train"));
    let left_out = "16 readout labels";
    let output = place.succeeds(&["distill", "trained.toml", "--out", "run"]);
    let said = text(&output.stderr);
    assert!(
        said.contains("evaluate.protocol = \"train\"") && said.contains(left_out),
        "{said}"
    );
    assert!(text(&output.stdout).contains(left_out));
    assert_eq!(summary(&place, "run")["unread_labels"], 16);
    place.succeeds(&["report", "run", "--format", "markdown", "--out", "run.md"]);
    let report = std::fs::read_to_string(place.path("run.md")).unwrap();
    assert!(report.contains(left_out), "{report}");

    // Nothing is left out by the protocol that the labels are made for.
    let stepped = ["evaluate", "run", "--set", "evaluate.protocol=feature-step"];
    let output = place.succeeds(&stepped);
    assert!(!text(&output.stderr).contains(left_out));
    assert!(!text(&output.stdout).contains(left_out));
    let quick = ["evaluate", "run", "--set", "evaluate.protocol=quick"];
    let output = place.succeeds(&quick);
    assert!(text(&output.stderr).contains(left_out));
    assert!(text(&output.stdout).contains(left_out));
    let unread = summary(&place, "run")["evaluations"].clone();
    let unread: Vec<&Value> = unread
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["unread_labels"])
        .collect();
    assert_eq!(unread, [&Value::Null, &Value::from(16)]);
}

#[test]
fn a_summary_without_values_is_still_read() {
    let place = Workplace::new();
    place.file("stepped.toml", settings("feature-step"));
    place.succeeds(&["distill", "stepped.toml", "--out", "run"]);
    let mut old = summary(&place, "run");
    for score in old["scores"].as_object_mut().unwrap().values_mut() {
        score.as_object_mut().unwrap().remove("values").unwrap();
    }
    place.file("run/summary.json", serde_json::to_vec(&old).unwrap());
    let evaluated = ["evaluate", "run", "--set", "evaluate.baselines=false"];
    place.succeeds(&evaluated);
    let new = summary(&place, "run");
    assert_eq!(new["scores"], old["scores"]);
    assert_eq!(
        new["evaluations"][0]["scores"]["distilled"]["values"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    place.succeeds(&["report", "run"]);
}

#[test]
fn features_serve_another_target_on_the_same_directions_and_no_others() {
    let place = Workplace::new();
    place.file("stepped.toml", settings("feature-step"));
    place.succeeds(&["distill", "stepped.toml", "--out", "run"]);
    let cubic = ["evaluate", "run", "--set", "task.link=cubic"];
    place.refuses(&cubic, &["fingerprint", "\"transfer\""]);
    let transfer = ["--set", "evaluate.protocol=transfer"];
    let fewer = [
        "--set",
        "task.samples=300",
        "--set",
        "task.linear_part=false",
    ];
    let output = place.succeeds(&[&cubic[..], &transfer, &fewer].concat());
    assert!(text(&output.stderr).contains("16 readout labels"));
    let evaluation = summary(&place, "run")["evaluations"][0].clone();
    let names: Vec<&String> = evaluation["scores"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["distilled", "random_features", "full"]);
    for (setting, named) in [("task.rank=2", "task.rank"), ("task.dim=15", "task.dim")] {
        let other = ["evaluate", "run", "--set", setting];
        place.refuses(
            &[&other[..], &transfer].concat(),
            &["run/synthetic.safetensors", named],
        );
    }
    let digits = ["evaluate", "run", "--set", "task.kind=digits"];
    place.refuses(&[&digits[..], &transfer].concat(), &["classes"]);
}
