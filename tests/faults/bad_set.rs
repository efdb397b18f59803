//! Stored sets that cannot be used, or not so: refused, with nothing lost.

use std::fs;

use crate::bad_run::finished;

#[test]
fn a_corrupt_artefact_is_refused() {
    let place = finished();
    let good = fs::read(place.path("run/synthetic.safetensors")).unwrap();
    let mut strange = good.clone();
    let place_of_nan = strange.len() - 4;
    strange[place_of_nan..].copy_from_slice(&f32::NAN.to_le_bytes());
    let mut other = good.clone();
    *other.last_mut().unwrap() ^= 1;
    for (name, bytes, said) in [
        ("empty", Vec::new(), "it is shorter than any such file"),
        (
            "half",
            good[..good.len() / 2].to_vec(),
            "it is cut short, or no safetensors file",
        ),
        (
            "noise",
            (0..400_u32).map(|i| (i * 7919 % 251) as u8).collect(),
            "it is cut short, or no safetensors file",
        ),
        ("nan", strange, "holds a number that is not finite"),
        ("other", other, "it is damaged: its digest"),
    ] {
        let name = format!("{name}.safetensors");
        let file = place.file(&name, bytes);
        let unusable = format!("{name}: not a usable synthetic set: ");
        for command in ["evaluate", "inspect"] {
            place.refuses(
                &[command, &file],
                &[
                    &unusable,
                    said,
                    "give a synthetic.safetensors that `distill` wrote",
                ],
            );
        }
    }
    for command in ["evaluate", "inspect"] {
        place.refuses(
            &[command, "nowhere"],
            &["nowhere: does not exist: name a run directory"],
        );
    }
}

#[test]
fn a_set_is_not_scored_on_another_task() {
    let place = finished();
    place.refuses(
        &["evaluate", "run", "--set", "task.noise=0.5"],
        &[
            "the set was made for the task ",
            "point task.path at the same data",
        ],
    );
}

#[test]
fn an_evaluation_refuses_what_cannot_be() {
    let place = finished();
    for (assignment, said) in [
        ("network.kind=cnn", &["network.kind = \"cnn\": ", "mlp"][..]),
        ("network.width=0", &["network.width = 0: must be"]),
        (
            "evaluate.runs=0",
            &["evaluate.runs = 0: must be at least 1"],
        ),
        ("evaluate.protocol=guess", &["evaluate.protocol", "guess"]),
        ("evaluate.stepz=3", &["evaluate.stepz", "evaluate.steps"]),
        (
            "distill.steps=3",
            &["--set = distill.steps=3: an evaluation takes settings of network, evaluate, task"],
        ),
    ] {
        place.refuses(&["evaluate", "run", "--set", assignment], said);
    }
}

#[test]
fn evaluations_on_two_backends_stand_side_by_side() {
    let place = finished();
    for backend in ["flex", "ndarray", "flex"] {
        let short = "evaluate.runs=1";
        place.succeeds(&["--backend", backend, "evaluate", "run", "--set", short]);
    }
    let summary = fs::read(place.path("run/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    let entries = summary["evaluations"].as_array().unwrap();
    let backends: Vec<_> = entries.iter().map(|entry| &entry["backend"]).collect();
    assert_eq!(backends, ["flex", "ndarray"]);
    assert!(entries[0]["alignment"]["points"].is_number());
}
