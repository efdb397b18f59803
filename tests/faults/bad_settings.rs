//! Settings that cannot be: the key, the value seen and what is accepted.

use crate::program::{TWO_STAGES, Workplace};

fn set(assignments: &[&str], fragments: &[&str]) {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let mut arguments = vec!["distill", settings.as_str(), "--out", "run"];
    for assignment in assignments {
        arguments.extend(["--set", assignment]);
    }
    place.refuses(&arguments, fragments);
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    set(&["task.dimm=3"], &["task.dimm", "task.dim"]);
    set(&["distil.steps=3"], &["distil", "distill"]);
    set(&["distill.step=3"], &["distill.step", "distill.steps"]);
    set(&["network.widht=3"], &["network.widht", "network.width"]);
    set(
        &["synthetic.reference.spraed=3"],
        &["synthetic.reference.spraed", "spread"],
    );
    set(&["objective.1.lern=[]"], &["objective.1.lern", "learn"]);
}

#[test]
fn an_unknown_kind_lists_the_known_ones() {
    set(
        &["task.kind=multi-idx"],
        &["task.kind", "multi-idx", "multi-index", "csv"],
    );
    set(&["network.kind=cnn"], &["network.kind", "cnn", "mlp"]);
    set(
        &["objective.kind=magic"],
        &["kind", "magic", "gradient-matching"],
    );
}

#[test]
fn a_value_out_of_range_says_what_is_accepted() {
    for (assignment, fragments) in [
        ("task.dim=0", ["task.dim", "0"]),
        ("task.rank=17", ["task.rank", "17"]),
        ("task.noise=-1", ["task.noise", "-1"]),
        ("task.samples=99999999999", ["task.samples", "99999999999"]),
        ("task.dim=wide", ["task.dim", "wide"]),
        ("network.width=33", ["network.width", "33"]),
        (
            "network.activation=swoosh",
            ["network.activation", "swoosh"],
        ),
        ("distill.learning_rate=0", ["distill.learning_rate", "0"]),
        (
            "distill.learning_rate=nan",
            ["distill.learning_rate", "NaN"],
        ),
        ("distill.steps=[1,2,3]", ["distill.steps", "3"]),
        ("distill.steps=-4", ["distill.steps", "-4"]),
        ("evaluate.runs=0", ["evaluate.runs", "0"]),
        ("synthetic.points=0", ["synthetic.points", "0"]),
        (
            "synthetic.per_class=3",
            ["synthetic.per_class", "synthetic.points"],
        ),
        (
            "objective.parameters=[\"head\"]",
            ["objective.parameters", "hidden.weight"],
        ),
        ("dim=3", ["dim=3", "section"]),
        ("task.dim", ["task.dim", "key=value"]),
    ] {
        set(&[assignment], &fragments);
    }
}

#[test]
fn more_points_than_samples_are_refused() {
    set(&["synthetic.points=700"], &["700", "600"]);
    set(&["synthetic.labels=600"], &["600"]);
}

#[test]
fn an_unknown_preset_lists_the_known_ones() {
    let place = Workplace::new();
    place.refuses(&["distill", "multi-indx"], &["multi-indx", "multi-index"]);
    place.refuses(&["presets", "nope"], &["nope", "multi-index"]);
    place.refuses(&["distill", "nowhere.toml"], &["nowhere.toml"]);
}

#[test]
fn a_file_that_is_no_toml_says_where() {
    let place = Workplace::new();
    place.file("broken.toml", "task = {{\n");
    place.refuses(
        &["distill", "broken.toml", "--out", "run"],
        &["broken.toml", "line 1"],
    );
}
