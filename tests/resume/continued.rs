//! A run of N steps is k steps, save, load, and N − k steps, from every checkpoint that it leaves.

use std::path::PathBuf;

use burn::tensor::DType;
use burn_flex::Flex;
use burn_ndarray::NdArray;
use retort_core::distill::{Provenance, Recipe, State, checkpoint};
use retort_core::kernel::Kernels;
use retort_core::run::Settings;
use retort_core::synthetic::Part;
use retort_core::task::Task;
use retort_core::{Error, Result};

use crate::scene::{self, Run, SEED, pictures, set_bits, vectors};
use crate::wording::told;

/// The end of a run is the same from each of its checkpoints, and `forget` shows that what it
/// takes out of a checkpoint was needed for that. Returns the states of the checkpoints.
fn same_end<B: Kernels>(
    task: &Task,
    settings: &Settings,
    forget: impl Fn(&mut State<B>),
) -> Vec<State<B>> {
    let run = Run { settings, task };
    let folder = tempfile::tempdir().unwrap();
    let again = tempfile::tempdir().unwrap();
    let device = B::Device::default();
    let (end, keeper) = run.finish::<B>(None, folder.path());
    let end = set_bits(&end.set);
    let load =
        |file: &PathBuf| checkpoint::load::<B>(file, &run.provenance::<B>(), &device).unwrap();
    let mut forgetting_shows = false;
    for file in &keeper.files {
        let (other, _) = run.finish(Some(load(file)), again.path());
        assert_eq!(set_bits(&other.set), end, "from {}", file.display());
        let mut state = load(file);
        forget(&mut state);
        let (other, _) = run.finish(Some(state), again.path());
        forgetting_shows |= set_bits(&other.set) != end;
    }
    assert!(forgetting_shows, "the case does not need what it stores");
    keeper.files.iter().map(load).collect()
}

const GRADIENT: &str = r#"
    network = { kind = "mlp", width = 8, depth = 1, activation = "tanh" }
    synthetic = { per_class = 2 }
    distill = { steps = 11, learning_rate = 0.05, batch = 12, checkpoint_every = 3 }
    objective = { kind = "gradient-matching", learn = ["inputs", "targets"], life = 5, ageing_steps = 4 }
"#;

fn gradient_matching<B: Kernels>() {
    let settings = scene::settings(GRADIENT);
    let states = same_end::<B>(&pictures(), &settings, |state| {
        state.objective = Default::default();
    });
    let age = |state: &State<B>| state.objective.clone().take_count("aged.0.age").unwrap();
    assert_eq!(states.iter().filter_map(age).collect::<Vec<_>>(), [3, 1, 4]);
}

const PERFORMANCE: &str = r#"
    network = { kind = "mlp", width = 8, depth = 1, activation = "tanh" }
    synthetic = { per_class = 1 }
    distill = { steps = 7, learning_rate = 0.05, batch = 20, checkpoint_every = 2, optimiser = "sgd", momentum = 0.7 }
    objective = { kind = "performance-matching", learn = ["inputs", "step-sizes"], unroll = 4, step_sizes = "per-step", inner_momentum = 0.5 }
"#;

fn performance_matching<B: Kernels>() {
    let settings = scene::settings(PERFORMANCE);
    let states = same_end::<B>(&pictures(), &settings, |state| state.moments.clear());
    assert_eq!(states[0].set.parts()[&Part::StepSizes].dims(), [4, 1]);
    assert!(states[0].moments.is_empty());
    assert_eq!(states[1].moments[&Part::StepSizes].time, 2);
}

const KERNEL: &str = r#"
    network = { kind = "mlp", width = 8, depth = 1, activation = "tanh" }
    synthetic = { per_class = 2 }
    distill = { steps = 9, learning_rate = 0.01, batch = 20, checkpoint_every = 2 }
    objective = { kind = "kernel-regression", pool = 2, life = 3, ageing_rate = 0.01, penalty = 1e-3 }
"#;

/// Steps that Adam has taken with each network of the pool.
const TIMES: [&str; 2] = ["aged.0.time", "aged.1.time"];

/// A pool of networks, with what Adam remembers of each.
fn kernel_regression<B: Kernels>() {
    let settings = scene::settings(KERNEL);
    let states = same_end::<B>(&pictures(), &settings, |state| {
        for time in TIMES {
            state.objective.take_count(time).unwrap();
        }
    });
    let names = ["aged.0.age", "aged.1.age"];
    assert!(names.iter().all(|name| states[1].objective.contains(name)));
    let remembers = |state: &State<B>| TIMES.iter().any(|time| state.objective.contains(time));
    assert!(states.iter().any(remembers));
}

const READOUT: &str = r#"
    network = { kind = "two-layer", width = 16 }
    synthetic = { points = 4, labels = 12, initial = "normal" }
    distill = { steps = [4, 6], learning_rate = [0.05, 0.1], batch = 32, checkpoint_every = 3 }
    objective = [
        { kind = "gradient-matching", parameters = ["hidden.weight"] },
        { kind = "readout-matching" },
    ]
"#;

fn readout_matching<B: Kernels>() {
    let settings = scene::settings(READOUT);
    let states = same_end::<B>(&vectors(), &settings, |state| state.moments.clear());
    let places = states.iter().map(|state| (state.stage, state.step));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [(0, 0), (0, 3), (1, 0), (1, 3), (2, 0)]
    );
    assert_eq!(states[3].set.reference(), states[1].set.reference());
    assert!(states[3].first_loss.is_some());
}

fn labels_in_closed_form<B: Kernels>() {
    let text = READOUT.replace(
        "\"readout-matching\"",
        "\"readout-matching\", closed_form = true",
    );
    let settings = scene::settings(&text);
    let states = same_end::<B>(&vectors(), &settings, |state| {
        state.objective = Default::default();
    });
    let solves = |place: usize| states[place].objective.contains("labels.quadratic");
    assert!(solves(3) && !solves(2));
    assert!(!states[3].moments.contains_key(&Part::Labels));
}

const NESTED: &str = r#"
    network = { kind = "mlp", width = 8, depth = 1, activation = "tanh" }
    synthetic = { per_class = { a = 1, b = 5, c = 3 }, nested = [1, 2], initial = "k-means" }
    distill = { steps = 11, learning_rate = 0.05, batch = 12, checkpoint_every = 2 }
    objective = { kind = "gradient-matching", learn = ["inputs", "targets"], life = 5, ageing_steps = 4 }
"#;

/// Unequal numbers of points of the classes, and prefixes in turn.
fn nested_classes<B: Kernels>() {
    let settings = scene::settings(NESTED);
    let states = same_end::<B>(&pictures(), &settings, |state| {
        state.set = state.set.clone().arranged(Default::default());
    });
    for state in &states {
        assert_eq!(state.set.arrangement().counts, [1, 5, 3]);
        assert_eq!(state.set.arrangement().nested, [1, 2, 5]);
    }
}

const NESTED_VALUES: &str = r#"
    network = { kind = "mlp", width = 8, depth = 1, activation = "tanh" }
    synthetic = { points = 6, nested = [2, 4], initial = "k-means" }
    distill = { steps = 8, learning_rate = 0.05, batch = 20, checkpoint_every = 3, optimiser = "sgd", momentum = 0.7 }
    objective = { kind = "performance-matching", learn = ["inputs", "targets", "step-sizes"], unroll = 4, parts = 2 }
"#;

fn nested_values<B: Kernels>() {
    let settings = scene::settings(NESTED_VALUES);
    let states = same_end::<B>(&vectors(), &settings, |state| {
        state.set = state.set.clone().arranged(Default::default());
    });
    assert_eq!(states[1].set.arrangement().nested, [2, 4, 6]);
}

#[test]
fn nested_sets_of_unequal_classes_in_single_precision() {
    nested_classes::<Flex>();
}

#[test]
fn nested_sets_of_unequal_classes_in_double_precision() {
    nested_classes::<NdArray<f64>>();
}

#[test]
fn nested_sets_of_values_in_single_precision() {
    nested_values::<Flex>();
}

#[test]
fn nested_sets_of_values_in_double_precision() {
    nested_values::<NdArray<f64>>();
}

#[test]
fn labels_in_closed_form_in_single_precision() {
    labels_in_closed_form::<Flex>();
}

#[test]
fn labels_in_closed_form_in_double_precision() {
    labels_in_closed_form::<NdArray<f64>>();
}

#[test]
fn gradient_matching_with_ageing_networks_in_single_precision() {
    gradient_matching::<Flex>();
}

#[test]
fn gradient_matching_with_ageing_networks_in_double_precision() {
    gradient_matching::<NdArray<f64>>();
}

#[test]
fn performance_matching_with_momentum_and_step_sizes_in_single_precision() {
    performance_matching::<Flex>();
}

#[test]
fn performance_matching_with_momentum_and_step_sizes_in_double_precision() {
    performance_matching::<NdArray<f64>>();
}

#[test]
fn kernel_regression_with_a_pool_in_single_precision() {
    kernel_regression::<Flex>();
}

#[test]
fn kernel_regression_with_a_pool_in_double_precision() {
    kernel_regression::<NdArray<f64>>();
}

#[test]
fn readout_matching_after_another_stage_in_single_precision() {
    readout_matching::<Flex>();
}

#[test]
fn readout_matching_after_another_stage_in_double_precision() {
    readout_matching::<NdArray<f64>>();
}

/// What is said of a checkpoint that cannot be continued.
fn refused(state: Result<State<Flex>>) -> String {
    let error = state.map(drop).unwrap_err();
    assert!(matches!(error, Error::Checkpoint { .. }), "{error}");
    told(error)
}

#[test]
fn another_precision_cannot_go_on() {
    let (task, settings) = (pictures(), scene::settings(GRADIENT));
    let run = Run {
        settings: &settings,
        task: &task,
    };
    let folder = tempfile::tempdir().unwrap();
    let (end, keeper) = run.finish::<NdArray<f64>>(None, folder.path());
    assert_eq!(end.set.inputs().dtype(), DType::F64);
    // Of the same name, as backends of two precisions can be.
    let expected = run.provenance::<NdArray<f64>>();
    let error = checkpoint::load::<Flex>(&keeper.files[0], &expected, &Default::default());
    refused(error);
}

#[test]
fn another_run_cannot_go_on() {
    let (task, settings) = (pictures(), scene::settings(GRADIENT));
    let run = Run {
        settings: &settings,
        task: &task,
    };
    let folder = tempfile::tempdir().unwrap();
    let (_, keeper) = run.finish::<Flex>(None, folder.path());
    let load = |expected: Provenance| {
        let state = checkpoint::load::<Flex>(&keeper.files[0], &expected, &Default::default());
        refused(state)
    };

    let slower = scene::settings(&GRADIENT.replace("0.05", "0.04"));
    let other = Run {
        settings: &slower,
        ..run
    };
    let error = load(other.provenance::<Flex>());
    assert!(
        ["distill.learning_rate", "0.05", "0.04"]
            .iter()
            .all(|name| error.contains(name)),
        "{error}"
    );

    let mut changed = pictures();
    std::sync::Arc::make_mut(&mut changed.train.inputs)[[0, 0]] += 1.0;
    let other = Run {
        task: &changed,
        ..run
    };
    let error = load(other.provenance::<Flex>());
    assert!(error.contains(&task.fingerprint()), "{error}");

    let error = load(run.provenance::<NdArray>());
    assert!(
        error.contains("flex") && error.contains("ndarray"),
        "{error}"
    );

    let mut other = run.provenance::<Flex>();
    other.identity.version = "9.9.9".to_owned();
    let error = load(other);
    assert!(error.contains("9.9.9"), "{error}");

    let missing = folder.path().join("eighth.bin");
    let expected = run.provenance::<Flex>();
    let state = checkpoint::load::<Flex>(&missing, &expected, &Default::default());
    assert!(refused(state).contains("eighth.bin"));
}

/// Settings say nothing of a network that the program does not know.
#[test]
fn another_network_cannot_go_on_where_settings_are_the_same() {
    let (task, settings) = (pictures(), scene::settings(GRADIENT));
    let run = Run {
        settings: &settings,
        task: &task,
    };
    let folder = tempfile::tempdir().unwrap();
    let (_, keeper) = run.finish::<Flex>(None, folder.path());
    let recipe: Recipe<Flex> = settings.recipe().unwrap();
    let provenance = |width: usize| {
        let wider = scene::settings(&GRADIENT.replace("width = 8", &format!("width = {width}")));
        let device = Default::default();
        let network = wider.network.template::<Flex>(task.interface(), &device);
        Provenance::new(&recipe, &task, &*network, "flex", SEED).unwrap()
    };
    let aged = &keeper.files[1];
    let expected = run.provenance::<Flex>();
    let state = checkpoint::load::<Flex>(aged, &expected, &Default::default()).unwrap();
    assert!(state.objective.contains("aged.0.age"));
    checkpoint::save(&state, &provenance(8), aged).unwrap();
    let load = |width| checkpoint::load::<Flex>(aged, &provenance(width), &Default::default());
    assert!(load(8).is_ok());
    let error = refused(load(9));
    assert!(
        error.contains("[6, 8]") && error.contains("[6, 9]"),
        "{error}"
    );
}
