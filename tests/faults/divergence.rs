//! A run that diverges ends with exit code 1, names the step, and keeps the last good state.

use std::fs;

use crate::program::{TWO_STAGES, UNROLLED, Workplace, text};

/// What a run says that cannot go on: exit code 1, no results, and the state of `kept` steps, from
/// which it comes to the same end.
fn fails(settings: &str, set: &[&str], kept: usize, fragments: &[&str]) {
    let place = Workplace::new();
    let settings = place.file("small.toml", settings);
    let mut arguments = vec!["distill", settings.as_str(), "--out", "run"];
    for assignment in set {
        arguments.extend(["--set", assignment]);
    }
    let left = format!("the last good state, after {kept} of ");
    let failure = |arguments: &[&str]| {
        let output = place.retort(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{set:?}: {message}");
        for fragment in fragments.iter().chain([&left.as_str()]) {
            assert!(message.contains(fragment), "{fragment:?}: {message}");
        }
        assert!(place.path("run/checkpoint/state.safetensors").exists());
        assert!(!place.path("run/synthetic.safetensors").exists());
        assert!(!place.path("run/summary.json").exists());
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
    let said = [
        "error: diverged at step 2 of stage 1: the loss is NaN; lower distill.learning_rate (for \
         stage 1)",
    ];
    // With a checkpoint after every step, and with none but the start before the divergence.
    for (every, kept) in [(1, 1), (50, 0)] {
        let every = format!("distill.checkpoint_every={every}");
        fails(TWO_STAGES, &[rate, &every], kept, &said);
    }
    let rate = "distill.learning_rate=1e9";
    let said =
        ["error: diverged at step 1 of stage 1: a step size is inf, not positive and finite;"];
    fails(UNROLLED, &[rate], 0, &said);
}

#[test]
fn a_stage_of_one_step_diverges_at_its_one_step() {
    let set = ["distill.steps=1", "distill.learning_rate=1e9"];
    let said =
        ["error: diverged at step 1 of stage 1: a step size is inf, not positive and finite;"];
    fails(UNROLLED, &set, 0, &said);
}

#[test]
fn a_loss_that_grows_diverges_and_keeps_the_state_before() {
    let set = [
        "distill.learning_rate=1e9",
        "distill.checkpoint_every=1",
        "objective.0.learn=[\"inputs\"]",
    ];
    let said = ["error: diverged at step 2 of stage 1: ", "learning_rate"];
    fails(UNROLLED, &set, 1, &said);
}

#[test]
fn what_diverges_before_anything_moved_has_another_remedy() {
    let said = [
        "error: diverged at step 1 of stage 1: the loss is",
        "nothing had moved yet, so lower objective.0.step_size",
    ];
    let set = [
        "objective.0.step_size=1e6",
        "synthetic.initial=normal",
        "synthetic.spread=1e9",
    ];
    fails(UNROLLED, &set, 0, &said);
}

#[test]
fn a_readout_without_a_solution_names_its_place_and_setting() {
    let said = [
        "error: step 1 of stage 2: the ridge system of 16 rows",
        "raise synthetic.reference.penalty",
    ];
    fails(TWO_STAGES, &["synthetic.reference.spread=1e9"], 60, &said);
}
