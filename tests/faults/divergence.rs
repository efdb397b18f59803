//! A run that diverges ends with exit code 1, names the step, and keeps the last good state.

use std::fs;

use crate::program::{SHORTEST, TWO_STAGES, UNROLLED, Workplace, error};
use crate::wording::told;

/// A run that cannot go on: exit code 1, a message that names all of `named`, no results, and the state of `kept`
/// steps, from which it comes to the same end.
fn fails(settings: &str, set: &[&str], kept: usize, named: &[&str]) {
    let place = Workplace::new();
    let settings = place.file("small.toml", settings);
    let mut arguments = vec!["distill", settings.as_str(), "--out", "run"];
    for assignment in set {
        arguments.extend(["--set", assignment]);
    }
    let left = format!(" {kept} of ");
    let named = [named, &[&left]].concat();
    let failure = |arguments: &[&str]| {
        let message = place.ends_with(1, arguments, &named);
        assert!(place.path("run/checkpoint/state.safetensors").exists());
        assert!(!place.path("run/synthetic.safetensors").exists());
        assert!(!place.path("run/summary.json").exists());
        // A sum that overflows is the one or the other, as its order has it.
        told(error(&message).replace("the loss is inf", "the loss is NaN"));
        message
    };
    failure(&arguments);
    let state = fs::read(place.path("run/checkpoint/state.safetensors")).unwrap();
    let message = failure(&["distill", "--out", "run", "--resume"]);
    let resumed = format!("resumed after {kept} of ");
    assert!(message.contains(&resumed), "{message}");
    if kept > 0 {
        let again = fs::read(place.path("run/checkpoint/state.safetensors")).unwrap();
        assert!(state == again, "the state that was kept has changed");
    }
}

#[test]
fn absurd_rates_diverge_at_the_step_that_they_spoil() {
    let rate = "distill.learning_rate=1e38";
    let named = ["step 2 of stage 1: ", "distill.learning_rate"];
    // With a checkpoint after every step, and with none but the start before the divergence.
    for (every, kept) in [(1, 1), (50, 0)] {
        let every = format!("distill.checkpoint_every={every}");
        fails(TWO_STAGES, &[rate, &every], kept, &named);
    }
    let rate = "distill.learning_rate=1e9";
    let named = ["step 1 of stage 1: ", "inf"];
    fails(UNROLLED, &[rate], 0, &named);
}

#[test]
fn a_stage_of_one_step_diverges_at_its_one_step() {
    let set = ["distill.steps=1", "distill.learning_rate=1e9"];
    let named = ["step 1 of stage 1: ", "inf"];
    fails(UNROLLED, &set, 0, &named);
}

#[test]
fn a_loss_that_grows_diverges_and_keeps_the_state_before() {
    let set = [
        "distill.learning_rate=1e9",
        "distill.checkpoint_every=1",
        "objective.0.learn=[\"inputs\"]",
    ];
    let named = ["step 2 of stage 1: ", "learning_rate"];
    fails(UNROLLED, &set, 1, &named);
}

#[test]
fn what_diverges_before_anything_moved_has_another_remedy() {
    let named = ["step 1 of stage 1: ", "objective.0.step_size"];
    let set = [
        "objective.0.step_size=1e6",
        "synthetic.initial=normal",
        "synthetic.spread=1e9",
    ];
    fails(UNROLLED, &set, 0, &named);
}

#[test]
fn a_readout_without_a_solution_names_its_place_and_setting() {
    let named = [
        "error: step 1 of stage 2: ",
        "16",
        "synthetic.reference.penalty",
    ];
    fails(TWO_STAGES, &["synthetic.reference.spread=1e9"], 60, &named);
}

#[test]
fn inputs_that_are_not_scaled_are_told_and_scaling_them_helps() {
    let place = Workplace::new();
    let file = |name: &str, kind: &str, shape: &str, bytes: Vec<u8>| {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
        let header = format!("{header:<117}\n");
        let start = [&b"\x93NUMPY\x01\x00"[..], &[118, 0], header.as_bytes()].concat();
        place.file(name, [start, bytes].concat());
    };
    let value = |place: u32| 1e25 * f64::from(place % 2 * 3 + place * 7 % 11);
    let inputs = (0..120).flat_map(|place| value(place).to_le_bytes());
    file("X.npy", "<f8", "(120, 1)", inputs.collect());
    let targets = (0..120_i64).flat_map(|row| (row % 2).to_le_bytes());
    file("y.npy", "<i8", "(120,)", targets.collect());
    let run = [
        &["distill", "X.npy", "--out", "run", "--force"],
        &SHORTEST[..],
    ]
    .concat();
    let raw = [&run[..], &["--set", "task.normalise=false"]].concat();
    place.ends_with(
        1,
        &raw,
        &["step 1 of stage 1: ", "task.normalise = true", "e26"],
    );
    place.succeeds(&run);
}
