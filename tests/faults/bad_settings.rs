//! Settings that cannot be: the key, the value seen and what is accepted.

use crate::program::{TWO_STAGES, UNROLLED, Workplace, text};

fn set(assignments: &[&str], named: &[&str]) {
    let place = Workplace::new();
    let settings = place.file("small.toml", TWO_STAGES);
    let mut arguments = vec!["distill", settings.as_str(), "--out", "run"];
    for assignment in assignments {
        arguments.extend(["--set", assignment]);
    }
    place.refuses(&arguments, named);
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
    for section in ["distill", "evaluate", "synthetic", "synthetic.reference"] {
        let key = format!("{section}.kind");
        set(&[&format!("{key}=train")], &[&format!("`{key}`")]);
    }
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
    for (assignment, named) in [
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
            ["distill.learning_rate", "nan"],
        ),
        ("distill.steps=[1,2,3]", ["distill.steps", "3"]),
        ("distill.steps=-4", ["distill.steps = -4", "0"]),
        ("task.dim=1.5", ["task.dim = ", "1.5"]),
        ("synthetic.spread=1e300", ["synthetic.spread = ", "1e-9"]),
        (
            "synthetic.reference.spread=1e30",
            ["synthetic.reference.spread = ", "1e-9"],
        ),
        (
            "objective.ageing_rate=1e-50",
            ["objective.0.ageing_rate = ", "1e-12"],
        ),
        (
            "objective.1.learn=[\"inputs\"]",
            [
                "objective.1.learn = [\"inputs\"]",
                "[\"labels\", \"targets\"]",
            ],
        ),
        ("evaluate.runs=0", ["evaluate.runs", "0"]),
        ("synthetic.points=0", ["synthetic.points", "0"]),
        (
            "synthetic.per_class=3",
            ["synthetic.per_class", "synthetic.points"],
        ),
        (
            "objective.parameters=[\"head\"]",
            ["objective.0.parameters", "hidden.weight"],
        ),
        ("dim=3", ["--set", "dim=3"]),
        ("task.dim", ["task.dim", "key=value"]),
    ] {
        set(&[assignment], &named);
    }
}

#[test]
fn sizes_beyond_memory_are_refused() {
    let largest = i64::MAX;
    for key in [
        "network.width",
        "distill.steps",
        "evaluate.runs",
        "objective.ageing_steps",
        "objective.life",
        "task.dim",
        "task.rank",
        "synthetic.points",
        "synthetic.labels",
    ] {
        let path = key.replace("objective.", "objective.0.");
        let path = path.replace("task.dim", "task.samples");
        let assignment = format!("{key}={}", largest - 1);
        set(&[&assignment], &[&path]);
    }
    set(
        &["network.width=4000000000"],
        &["network.width = 4000000000", "268435456"],
    );
    let steps = format!("evaluate.steps={}", largest - 1);
    set(
        &["evaluate.protocol=train", &steps],
        &["evaluate.steps = 9"],
    );
    // Neither is too much alone.
    set(
        &["network.width=40000000", "task.dim=100000"],
        &["network.width = 40000000", "100000"],
    );
    let stages = format!("distill.steps=[{largest},{largest}]");
    set(&[&stages], &["distill.steps", "1000000000"]);
    let mlp = "network.kind=mlp";
    set(
        &[mlp, "network.width=40000", "network.depth=64"],
        &["network.width = 40000"],
    );
    set(
        &[mlp, &format!("network.widths=[1,{largest}]")],
        &["network.widths = [1, "],
    );
    let unrolled = |assignments: &[&str], named: &[&str]| {
        let place = Workplace::new();
        let settings = place.file("small.toml", UNROLLED);
        let mut arguments = vec!["distill", settings.as_str(), "--out", "run"];
        for assignment in assignments {
            arguments.extend(["--set", assignment]);
        }
        place.refuses(&arguments, named);
    };
    unrolled(
        &["objective.unroll=9000000000000000000"],
        &["objective.0.unroll = 9000000000000000000"],
    );
    unrolled(
        &["objective.unroll=1000000", "network.width=20000"],
        &["objective.0.unroll = 1000000"],
    );
    unrolled(
        &["objective.step_size=1e-300"],
        &["objective.0.step_size = ", "1e-12"],
    );
}

#[test]
fn readout_labels_are_for_the_points_inputs_as_they_end() {
    let place = Workplace::new();
    let one = TWO_STAGES.replace("[[objective]]\nkind = \"readout-matching\"\n", "");
    place.file("one.toml", &one);
    let run = ["distill", "one.toml", "--out", "run"];
    let scalars = [
        "--set",
        "distill.steps=3",
        "--set",
        "distill.learning_rate=0.1",
        "--set",
        "distill.batch=0",
    ];
    let run: Vec<&str> = run.into_iter().chain(scalars).collect();
    place.refuses(&run, &["synthetic.labels = 16", "readout-matching"]);
    let readout = "[[objective]]\nkind = \"readout-matching\"\n[[objective]]\n";
    place.file("turned.toml", one.replace("[[objective]]\n", readout));
    place.refuses(
        &["distill", "turned.toml", "--out", "run"],
        &[
            "objective.1.learn = [\"inputs\", \"targets\"]",
            "objective.0",
        ],
    );
}

#[test]
fn an_unknown_preset_lists_the_known_ones() {
    let place = Workplace::new();
    place.refuses(&["distill", "multi-indx"], &["multi-indx", "multi-index"]);
    place.refuses(&["presets", "nope"], &["nope", "multi-index"]);
    let message = place.retort(&["presets", "nope"]).stderr;
    assert!(!text(&message).contains(".toml"), "{}", text(&message));
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
