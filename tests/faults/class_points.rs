//! Numbers of points of the classes: unequal ones, more than there are rows, and those that cannot be.

use std::fs;

use crate::program::{TWO_STAGES, Workplace, text};

/// An assignment to settings without classes is refused.
fn refused(assignment: &str, named: &[&str]) {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let run = ["distill", &settings, "--out", "run", "--set", assignment];
    place.refuses(&run, named);
}

#[test]
fn more_points_than_samples_are_no_error_unless_learned_numbers_do_not_fit_in_memory() {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let run = [
        "distill",
        &settings,
        "--out",
        "run",
        "--set",
        "distill.steps=[2,2]",
    ];
    let small = [
        "task.samples=60",
        "synthetic.points=70",
        "synthetic.labels=80",
    ];
    let small = small.iter().flat_map(|set| ["--set", set]);
    let run: Vec<&str> = run.into_iter().chain(small).collect();
    let told = text(&place.succeeds(&run).stderr);
    assert!(told.contains("70") && told.contains("60"), "{told}");
    for key in ["synthetic.points", "synthetic.labels"] {
        refused(
            &format!("{key}=9000000000"),
            &[&format!("{key} = 9000000000")],
        );
    }
}

/// Settings for rows of two classes, of which one is rare.
fn rare(place: &Workplace, synthetic: &str) {
    let mut rows = "a,b,class\n".to_owned();
    for row in 0..60 {
        let class = if row % 10 == 0 { "rare" } else { "common" };
        rows += &format!("{row},{},{class}\n", row * row % 7);
    }
    place.file("rows.csv", rows);
    let settings = format!(
        "task = {{ kind = \"csv\", path = \"rows.csv\" }}\n\
         network = {{ kind = \"two-layer\", width = 8 }}\n\
         synthetic = {{ {synthetic} }}\n\
         evaluate = {{ steps = 5, runs = 1 }}\n\
         distill = {{ steps = 2 }}\n\
         objective = [{{ kind = \"gradient-matching\" }}]\n"
    );
    place.file("own.toml", settings);
}

const OWN: [&str; 4] = ["distill", "own.toml", "--out", "run"];

#[test]
fn more_points_than_a_class_has_rows_are_no_error() {
    for start in ["normal", "real", "k-means"] {
        for size in [
            "per_class = 8",
            "points = 17",
            "per_class = { rare = 9, common = 2 }",
        ] {
            let place = Workplace::new();
            rare(&place, &format!("initial = \"{start}\", {size}"));
            let told = text(&place.succeeds(&OWN).stderr);
            assert!(told.contains("rare 4 of "), "{told}");
        }
    }
}

#[test]
fn numbers_of_points_must_fit_the_classes() {
    for (synthetic, named) in [
        (
            "per_class = { rare = 2, comon = 2 }",
            &["synthetic.per_class.comon = 2", "\"common\""][..],
        ),
        (
            "per_class = { rare = 2 }",
            &["synthetic.per_class", "\"common\""],
        ),
        ("per_class = { rare = 0, common = 2 }", &["rare = 0"]),
        ("per_class = \"two\"", &["synthetic.per_class = \"two\""]),
        ("points = 1", &["synthetic.points = 1", "2"]),
        (
            "allocation = \"adaptive\", per_class = { rare = 2, common = 2 }",
            &["synthetic.allocation = \"adaptive\"", "synthetic.per_class"],
        ),
        (
            "allocation = \"fair\"",
            &["synthetic.allocation", "proportional"],
        ),
        (
            "per_class = 3, nested = [2, 1]",
            &["synthetic.nested = [2, 1]"],
        ),
        (
            "per_class = 3, nested = [0, 2]",
            &["synthetic.nested = [0, 2]"],
        ),
        (
            "per_class = 3, nested = [2, 4]",
            &["synthetic.nested = [2, 4]", "3"],
        ),
        (
            "per_class = 3, nested = [1], labels = 4",
            &["synthetic.nested = [1]", "synthetic.labels"],
        ),
    ] {
        let place = Workplace::new();
        rare(&place, synthetic);
        place.refuses(&OWN, named);
    }
    refused(
        "synthetic.allocation=proportional",
        &["synthetic.allocation = \"proportional\""],
    );
}

#[test]
fn points_of_a_class_are_given_by_name() {
    let place = Workplace::new();
    rare(&place, "per_class = 2");
    let named = ["--set", "synthetic.per_class.rare=3"];
    place.refuses(
        &[&OWN[..], &named].concat(),
        &["synthetic.per_class", "\"common\""],
    );
    let both = [&named[..], &["--set", "synthetic.per_class.common=1"]].concat();
    place.succeeds(&[&OWN[..], &both].concat());
    let summary = fs::read_to_string(place.path("run/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(
        summary["counts"],
        serde_json::json!({"rare": 3, "common": 1})
    );
    let shown = text(&place.succeeds(&["inspect", "run"]).stdout);
    assert!(shown.contains("common 1"), "{shown}");
    place.succeeds(&["evaluate", "run"]);
    place.succeeds(&["distill", "run/config.toml", "--out", "again"]);
    let files = ["run", "again"].map(|run| place.path(&format!("{run}/synthetic.safetensors")));
    let [one, two] = files.map(|file| fs::read(file).unwrap());
    assert!(one == two);
}

#[test]
fn points_are_divided_by_rows_or_by_spread() {
    for (allocation, counts) in [("proportional", (2, 18)), ("equal", (10, 10))] {
        let place = Workplace::new();
        rare(
            &place,
            &format!("points = 20, allocation = \"{allocation}\""),
        );
        place.succeeds(&OWN);
        let summary = fs::read_to_string(place.path("run/summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        let expected = serde_json::json!({"rare": counts.0, "common": counts.1});
        assert_eq!(summary["counts"], expected);
    }
    let place = Workplace::new();
    rare(
        &place,
        "points = 20, allocation = \"adaptive\", nested = [1, 3]",
    );
    place.succeeds(&OWN);
    let summary = fs::read_to_string(place.path("run/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let counts = summary["counts"].as_object().unwrap();
    assert_eq!(
        counts.values().filter_map(|it| it.as_u64()).sum::<u64>(),
        20
    );
    for name in ["distilled_1", "distilled_3", "k_means_1", "k_means"] {
        assert!(summary["scores"][name].is_object(), "{name}");
    }
}
