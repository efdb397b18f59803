#![allow(clippy::unwrap_used)]

use burn_flex::Flex;
use ndarray::{Array2, s};

use super::trial::FULL;
use super::*;
use crate::error::Result;
use crate::run::Settings;
use crate::seed::Seed;
use crate::synthetic::{Artefact, initial};
use crate::task::{Resident, Split, TrainingPart};
use crate::wording::told;

pub(super) const CLASSES: &str = r#"
    task = { kind = "digits" }
    network = { kind = "two-layer", width = 12 }
    objective = { kind = "gradient-matching" }
    synthetic = { per_class = 2 }
"#;
pub(super) const VALUES: &str = r#"
    task = { kind = "multi-index", dim = 8, rank = 2, samples = 300, validation = 50, test = 50 }
    network = { kind = "two-layer", width = 12 }
    objective = { kind = "gradient-matching" }
    synthetic = { points = 4, initial = "normal" }
"#;

/// These settings with few steps, if the protocol has steps.
pub(super) fn short(section: &str) -> String {
    match section.contains("protocol") && !section.contains("\"train\"") {
        true => section.to_owned(),
        false => format!("steps = 20, {section}"),
    }
}

/// The evaluation of the initial set of a distillation, with its inputs multiplied by `factor`; and the
/// number of numbers that its artefact counts.
pub(super) fn evaluated(scene: &str, section: &str, factor: f32) -> Result<(Evaluation, usize)> {
    evaluated_against(scene, section, factor, BASELINES)
}

/// The same evaluation with these baselines.
pub(super) fn evaluated_against(
    scene: &str,
    section: &str,
    factor: f32,
    baselines: &[&dyn Baseline],
) -> Result<(Evaluation, usize)> {
    let text = format!("{scene}evaluate = {{ runs = 2, {} }}", short(section));
    let settings = Settings::read(&text.parse().unwrap()).unwrap();
    let seed = Seed::new(0);
    let task = settings.task.source().load(&seed).unwrap();
    let device = Default::default();
    let resident = Resident::<Flex>::new(&task, &device);
    let network = settings.network.template(task.interface(), &device);
    let set = initial::<Flex>(&settings.synthetic, task.training(), &seed, &device).unwrap();
    let inputs = set.inputs().mul_scalar(factor);
    let set = set.with(crate::synthetic::Part::Inputs, inputs);
    let made = Artefact::new(set, &task, &settings, 0, None).unwrap();
    let floats = made.floats();
    let evaluator = Evaluator {
        settings: &settings.evaluate,
        augment: &settings.augment,
        task: &resident,
        network: &*network,
        baselines,
        judges: &[],
    };
    let scores = evaluator.evaluate(&made.set, &seed, &mut |_, score| {
        assert!(score.mean.is_finite() && score.std.is_finite());
    })?;
    Ok((scores, floats))
}

fn names(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.scores.iter().map(|(name, _)| &**name).collect()
}

#[test]
fn training_that_diverges_at_every_rate_is_an_error_and_no_score() {
    for scene in [CLASSES, VALUES] {
        for rates in ["[1e30]", "[1e30, 1e33]"] {
            let section = format!("learning_rates = {rates}");
            let error = told(evaluated(scene, &section, 1.0).unwrap_err());
            for name in ["evaluate.learning_rates = [1e30", "\"distilled\""] {
                assert!(error.contains(name), "{error}");
            }
        }
        // The validation part never chooses a rate that diverges.
        evaluated(scene, "learning_rates = [1e30, 0.01]", 1.0).unwrap();
    }
}

#[test]
fn readouts_that_fail_for_every_penalty_are_an_error_and_no_score() {
    for scene in [CLASSES, VALUES] {
        // With weights that are NaN, relu gives features that are zero, and tanh features that are NaN.
        for activation in ["relu", "tanh"] {
            let network = format!("width = 12, activation = \"{activation}\"");
            let scene = scene.replace("width = 12", &network);
            let section = "protocol = \"feature-step\"";
            let error = told(evaluated(&scene, section, f32::INFINITY).unwrap_err());
            for name in ["evaluate.penalties = [1e-6", "\"distilled\""] {
                assert!(error.contains(name), "{activation}: {error}");
            }
        }
    }
}

#[test]
fn a_baseline_without_a_score_does_not_end_the_evaluation() {
    // At this rate the training on points at zero converges, and that on real rows diverges; the means of
    // many rows are smaller than rows.
    let section = "learning_rates = [10.0], schedule = \"constant\"";
    let (found, _) = evaluated(VALUES, section, 0.0).unwrap();
    assert_eq!(names(&found), ["distilled", "k_means", "agglomerative"]);
    let failed: Vec<_> = found.failed.iter().map(|(name, _)| &**name).collect();
    assert_eq!(failed, ["random_real", "full", "random_soft"]);
    for (name, reason) in &found.failed {
        // Random rows have no soft labels if no expert can be trained.
        let name = name.replace("random_soft", "full");
        assert!(
            reason.starts_with("evaluate.learning_rates = [10.0]: ") && reason.contains(&name),
            "{reason}"
        );
    }
    assert!(found.alignment.is_some());
    let (found, _) = evaluated(VALUES, "", 1.0).unwrap();
    assert!(found.failed.is_empty());
}

#[test]
fn the_score_of_all_real_data_may_have_fewer_runs() {
    let runs = |section: &str| {
        let (found, _) = evaluated(VALUES, section, 1.0).unwrap();
        let runs = |name: &str| {
            let scored = found.scores.iter().find(|(other, _)| other == name);
            scored.map(|(_, score)| score.runs).unwrap()
        };
        [runs("distilled"), runs("full")]
    };
    assert_eq!(runs(""), [2, 2]);
    for protocol in ["train", "feature-step"] {
        let section = format!("protocol = \"{protocol}\", full_runs = 1");
        assert_eq!(runs(&section), [2, 1], "{protocol}");
    }
    assert_eq!(runs("full_runs = 7"), [2, 2]);
}

#[test]
fn a_teacher_without_a_readout_has_no_features_to_compare() {
    // 300 smooth features of 2 inputs are linearly dependent up to rounding, even in double precision.
    let scene = VALUES
        .replace("dim = 8, rank = 2", "dim = 2, rank = 1")
        .replace("width = 12", "width = 300, activation = \"tanh\"");
    let section = "protocol = \"feature-step\", penalties = [1e-30]";
    let (found, _) = evaluated(&scene, section, 1.0).unwrap();
    let expected = ["distilled", "random_real", "k_means", "agglomerative"];
    assert_eq!(names(&found), expected);
    let failed: Vec<_> = found.failed.iter().map(|(name, _)| &**name).collect();
    assert_eq!(failed, ["features_distilled", "random_features", "full"]);
    let alignment = found.alignment.unwrap();
    assert!(alignment.features.is_some() && alignment.teacher_features.is_none());
}

#[test]
fn a_network_without_a_feature_layer_does_not_fit_the_feature_step() {
    let scene = CLASSES.replace(
        "kind = \"two-layer\", width = 12",
        "kind = \"convnet\", width = 4, depth = 1",
    );
    let error = evaluated(&scene, "protocol = \"feature-step\"", 1.0).unwrap_err();
    assert!(error.is_bad_input());
    let error = told(error);
    for name in ["evaluate.protocol = \"feature-step\"", "\"train\""] {
        assert!(error.contains(name), "{error}");
    }
    evaluated(&scene, "baselines = false", 1.0).unwrap();
}

#[test]
fn trainings_ignore_readout_labels_and_report_it() {
    let scene = VALUES
        .replace(
            r#"objective = { kind = "gradient-matching" }"#,
            r#"objective = [{ kind = "gradient-matching" }, { kind = "readout-matching" }]"#,
        )
        .replace("points = 4,", "points = 4, labels = 16,");
    for (protocol, unread) in [
        ("train", 16),
        ("standard", 16),
        ("quick", 16),
        ("feature-step", 0),
    ] {
        let section = format!("protocol = \"{protocol}\", baselines = false");
        let (found, _) = evaluated(&scene, &section, 1.0).unwrap();
        assert_eq!(found.unread_labels, unread, "{protocol}");
        let text = format!("{scene}evaluate = {{ {section} }}");
        let settings = Settings::read(&text.parse().unwrap()).unwrap().evaluate;
        assert_eq!(settings.remark_on_labels(0), None);
        let remark = settings.remark_on_labels(16).unwrap_or_default();
        for words in [protocol, "16 readout labels", "\"feature-step\""] {
            assert_eq!(remark.contains(words), unread > 0, "{remark}");
        }
    }
    let (without, _) = evaluated(VALUES, "baselines = false", 1.0).unwrap();
    let (with, _) = evaluated(&scene, "baselines = false", 1.0).unwrap();
    assert_eq!(with.scores, without.scores);
    assert_eq!(without.unread_labels, 0);
}

#[test]
fn a_score_has_the_value_of_every_network() {
    for protocol in ["train", "feature-step"] {
        let section = format!("protocol = \"{protocol}\", full_runs = 1");
        let (found, _) = evaluated(VALUES, &section, 1.0).unwrap();
        for (name, score) in &found.scores {
            assert_eq!(score.values.len(), if name == FULL { 1 } else { 2 });
            let (balanced, plain) = (score.balanced, Score::of(&score.values));
            assert_eq!(*score, Score { balanced, ..plain });
        }
    }
}

#[test]
fn coresets_are_scored_by_every_protocol_where_there_are_classes() {
    let (trained, _) = evaluated(CLASSES, "", 1.0).unwrap();
    let baselines: Vec<&str> = BASELINES.iter().map(|baseline| baseline.name()).collect();
    let around =
        |before: &[&'static str], after: &[&'static str]| [before, &baselines[..], after].concat();
    assert_eq!(
        names(&trained),
        around(&["distilled"], &["full", "random_soft"])
    );
    let (stepped, _) = evaluated(CLASSES, "protocol = \"feature-step\"", 1.0).unwrap();
    let expected = around(
        &["distilled", "features_distilled"],
        &["random_features", "full"],
    );
    assert_eq!(names(&stepped), expected);
    let (values, _) = evaluated(VALUES, "protocol = \"feature-step\"", 1.0).unwrap();
    assert!(!names(&values).contains(&"herding"));
}

#[test]
fn nested_sets_and_as_many_centres_are_scored_by_every_protocol() {
    let nested = |text: &str, size: &str| text.replace(size, &format!("{size}, nested = [1, 2]"));
    let classes = nested(CLASSES, "per_class = 2").replace("per_class = 2", "points = 37");
    let values = nested(VALUES, "points = 4");
    for (scene, whole) in [(&classes, CLASSES), (&values, VALUES)] {
        for section in ["", "protocol = \"feature-step\""] {
            let (found, floats) = evaluated(scene, section, 1.0).unwrap();
            let (without, _) = evaluated(whole, section, 1.0).unwrap();
            let mut expected = names(&without);
            let own = ["distilled_1", "distilled_2"];
            expected.splice(1..1, own);
            let after = expected
                .iter()
                .position(|it| *it == "agglomerative")
                .unwrap()
                + 1;
            expected.splice(after..after, ["k_means_1", "k_means_2"]);
            assert_eq!(names(&found), expected, "{section}");
            assert_eq!(found.memory.floats, floats);
        }
    }
}

/// A baseline that is not part of the library.
#[derive(Debug)]
struct OwnBaseline {
    name: &'static str,
    chosen: fn(&Split, usize) -> Chosen,
}

impl Baseline for OwnBaseline {
    fn name(&self) -> &str {
        self.name
    }

    fn choose(&self, training: TrainingPart<'_>, counts: &[usize], _: &Seed) -> Result<Chosen> {
        Ok((self.chosen)(training.rows, counts.iter().sum()))
    }
}

#[test]
fn a_baseline_from_outside_the_library_is_scored_like_the_others() {
    let first = |_: &Split, count: usize| Chosen::Rows((0..count).collect());
    let made = |train: &Split, count: usize| Chosen::Made {
        inputs: train.inputs.slice(s![..count, ..]).to_owned(),
        targets: train.targets.slice(s![..count, ..]).to_owned(),
    };
    let first = OwnBaseline {
        name: "first",
        chosen: first,
    };
    let made = OwnBaseline {
        name: "made",
        chosen: made,
    };
    for protocol in ["train", "feature-step"] {
        let section = format!("protocol = \"{protocol}\"");
        let baselines: [&dyn Baseline; 3] = [&RandomReal, &first, &made];
        let (found, _) = evaluated_against(VALUES, &section, 1.0, &baselines).unwrap();
        let (without, _) = evaluated_against(VALUES, &section, 1.0, &[&RandomReal]).unwrap();
        let score = |name: &str| {
            let scored = found.scores.iter().find(|(other, _)| other == name);
            scored.map(|(_, score)| score.clone()).unwrap()
        };
        // Both baselines have the same rows, one by their places and one as numbers.
        assert_eq!(score("first"), score("made"), "{protocol}");
        for (name, scored) in &without.scores {
            assert_eq!(score(name), *scored, "{protocol}: {name}");
        }
    }
}

#[test]
fn what_is_no_training_set_of_the_task_is_refused() {
    let beyond = |train: &Split, _: usize| Chosen::Rows(vec![train.len()]);
    let none = |_: &Split, _: usize| Chosen::Rows(Vec::new());
    let narrow = |_: &Split, count: usize| Chosen::Made {
        inputs: Array2::zeros((count, 3)),
        targets: Array2::zeros((count, 1)),
    };
    let infinite = |train: &Split, count: usize| Chosen::Made {
        inputs: Array2::from_elem((count, train.inputs.ncols()), f32::INFINITY),
        targets: Array2::zeros((count, 1)),
    };
    let choices: [fn(&Split, usize) -> Chosen; 4] = [beyond, none, narrow, infinite];
    for chosen in choices {
        let own = OwnBaseline {
            name: "own",
            chosen,
        };
        let error = told(evaluated_against(VALUES, "", 1.0, &[&own]).unwrap_err());
        assert!(error.contains("\"own\""), "{error}");
    }
    let named = |name| OwnBaseline { name, chosen: none };
    for baselines in [
        &[&named("full") as &dyn Baseline][..],
        &[&named("a"), &named("a")],
    ] {
        let error = told(evaluated_against(VALUES, "", 1.0, baselines).unwrap_err());
        assert!(error.contains(baselines[0].name()), "{error}");
    }
}

#[test]
fn a_transfer_fits_readouts_on_the_present_task() {
    let (found, _) = evaluated(VALUES, "protocol = \"transfer\"", 1.0).unwrap();
    assert_eq!(names(&found), ["distilled", "random_features", "full"]);
    // On the task that the set was made for, these are scores of the feature step.
    let (stepped, _) = evaluated(VALUES, "protocol = \"feature-step\"", 1.0).unwrap();
    let score = |name: &str| {
        let scored = stepped.scores.iter().find(|(other, _)| other == name);
        scored.map(|(_, score)| score.clone()).unwrap()
    };
    let expected = ["features_distilled", "random_features", "full"].map(score);
    let scores: Vec<_> = found
        .scores
        .iter()
        .map(|(_, score)| score.clone())
        .collect();
    assert_eq!(scores, expected);
    assert_eq!(found.alignment, stepped.alignment);
    let section = "protocol = \"transfer\", baselines = false";
    let (alone, _) = evaluated(VALUES, section, 1.0).unwrap();
    assert_eq!(alone.scores, found.scores[..1]);
}

#[test]
fn memory_is_counted_once_and_set_against_the_theory() {
    let (classes, counted) = evaluated(CLASSES, "baselines = false", 1.0).unwrap();
    // A hard label is one number, in the summary as in the artefact.
    assert_eq!(classes.memory.floats, 20 * (64 + 1));
    assert_eq!(counted, classes.memory.floats);
    assert_eq!(classes.memory.theory_floats, None);
    let (values, counted) = evaluated(VALUES, "baselines = false", 1.0).unwrap();
    assert_eq!(values.memory.floats, 4 * 9 + 9);
    assert_eq!(counted, values.memory.floats);
    assert_eq!(values.memory.theory_floats, Some(2 * 2 * 8 + 12));
}
