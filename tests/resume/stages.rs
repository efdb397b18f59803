//! Recipes of two stages: each sees the set that it prepared itself and nothing that a later one will do to
//! it, and a run goes on from every step around the change of stage.

use std::path::PathBuf;

use burn_flex::Flex;
use retort_core::Error;
use retort_core::distill::{Distiller, Recipe, State, checkpoint};
use retort_core::objective::ObjectiveSettings;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::synthetic::{Part, SyntheticSet};
use retort_core::task::Resident;

use crate::scene::{Run, SEED, pictures, set_bits, settings};
use crate::wording::told;

/// Every kind of objective, on a tiny task of classes.
const STAGES: [&str; 9] = [
    r#"{ kind = "gradient-matching", life = 2, ageing_steps = 2 }"#,
    r#"{ kind = "distribution-matching" }"#,
    r#"{ kind = "performance-matching", unroll = 3 }"#,
    r#"{ kind = "trajectory-matching", unroll = 3, max_start_epoch = 1, expert_epochs = 1 }"#,
    r#"{ kind = "kernel-regression", pool = 2, life = 2, penalty = 1e-3, ageing_rate = 0.01 }"#,
    r#"{ kind = "kernel-inducing-points" }"#,
    r#"{ kind = "neighbour-compression" }"#,
    concat!(
        r#"{ kind = "average", members = [{ kind = "neighbour-compression", weight = 0.5 }, "#,
        r#"{ kind = "kernel-inducing-points", kernel = "gaussian" }] }"#
    ),
    // The last: no stage may move the inputs after it.
    r#"{ kind = "readout-matching" }"#,
];

/// Settings of these stages, two steps each.
fn text(stages: &[&str]) -> String {
    let reads_out = stages.iter().any(|stage| stage.contains("readout"));
    format!(
        "network = {{ kind = \"two-layer\", width = 8, activation = \"tanh\" }}\n\
         synthetic = {{ per_class = 2, labels = {} }}\n\
         distill = {{ steps = 2, learning_rate = 0.05, batch = 20, checkpoint_every = 1 }}\n\
         objective = [{}]\n",
        if reads_out { 5 } else { 0 },
        stages.join(", ")
    )
}

/// The states of all checkpoints of a run; the run comes to the same end from each of them.
fn states(settings: &Settings) -> Vec<State<Flex>> {
    let task = pictures();
    let run = Run {
        settings,
        task: &task,
    };
    let [folder, again] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (end, keeper) = run.finish::<Flex>(None, folder.path());
    let provenance = run.provenance::<Flex>();
    let load =
        |file: &PathBuf| checkpoint::load::<Flex>(file, &provenance, &Default::default()).unwrap();
    for file in &keeper.files {
        let (other, _) = run.finish(Some(load(file)), again.path());
        let place = (load(file).stage, load(file).step);
        assert_eq!(set_bits(&other.set), set_bits(&end.set), "from {place:?}");
    }
    keeper.files.iter().map(load).collect()
}

/// The bits of a set without its readout labels, which belong to all stages.
fn without_labels(set: &SyntheticSet<Flex>) -> impl PartialEq + std::fmt::Debug {
    let mut bits = set_bits(set);
    bits.retain(|(part, _)| *part != Part::Labels);
    bits
}

/// Whether the second of two stages moves the inputs behind readout labels.
fn moves_below_labels([first, second]: [&str; 2]) -> bool {
    first.contains("readout") && !second.contains("readout")
}

fn pairs() -> impl Iterator<Item = [&'static str; 2]> {
    let second = |first| STAGES.iter().map(move |second| [first, *second]);
    STAGES.iter().copied().flat_map(second)
}

#[test]
fn all_kinds_of_objectives_are_among_the_stages() {
    let kinds = settings(&text(&STAGES)).objective;
    let kinds: Vec<&str> = kinds.iter().map(ObjectiveSettings::kind).collect();
    let mut known = ObjectiveSettings::kinds().to_vec();
    known.sort_by_key(|kind| kinds.iter().position(|other| other == kind));
    assert_eq!(kinds, known);
}

#[test]
fn every_stage_sees_its_own_set_and_the_run_goes_on_from_every_step() {
    for pair in pairs().filter(|pair| !moves_below_labels(*pair)) {
        let both = settings(&text(&pair));
        let found = states(&both);
        let places: Vec<_> = found
            .iter()
            .map(|state| (state.stage, state.step))
            .collect();
        assert_eq!(places, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)], "{pair:?}");
        // The first stage is the run that has it alone.
        let alone = states(&settings(&text(&pair[..1])));
        for step in 0..2 {
            let [found, alone] = [&found, &alone].map(|states| without_labels(&states[step].set));
            assert_eq!(found, alone, "{pair:?}: before step {}", step + 1);
        }
        // What it leaves is prepared for the second stage, once.
        let left = alone[2].set.clone();
        let left = match pair[1].contains("readout") {
            true => left,
            false => both.objective[1]
                .objective::<Flex>()
                .unwrap()
                .prepare(left)
                .unwrap(),
        };
        let [found, left] = [&found[2].set, &left].map(without_labels);
        assert_eq!(found, left, "{pair:?}: at the change of stage");
    }
}

#[test]
fn cross_entropy_sees_classes_before_kernel_regression_centres_them() {
    let found = states(&settings(&text(&[STAGES[0], STAGES[4]])));
    let targets = |place: usize| -> Vec<f32> {
        let data = found[place].set.targets().to_data();
        data.iter().collect()
    };
    let is_one_hot = |place| {
        targets(place)
            .iter()
            .all(|&entry| entry == 0.0 || entry == 1.0)
    };
    assert!(is_one_hot(0) && is_one_hot(1) && !is_one_hot(2));
    let sum: f32 = targets(2).iter().sum();
    assert!(sum.abs() < 1e-5, "{sum}");
}

/// The error with which a recipe is refused before any step, though none of its settings is read.
fn refusal(recipe: Recipe<Flex>) -> String {
    let (task, device) = (pictures(), Default::default());
    let resident = Resident::<Flex>::new(&task, &device);
    let network = settings(&text(&STAGES[..1])).network;
    let network = network.template(task.interface(), &device);
    let seed = Seed::new(SEED);
    let start = Distiller::new(recipe, &resident, network.as_ref(), &seed).start();
    let error = start.map(drop).unwrap_err();
    assert!(matches!(error, Error::Setting { .. }), "{error}");
    told(error)
}

#[test]
fn stages_that_cannot_follow_one_another_are_refused_up_front() {
    for [first, second] in pairs().filter(|pair| moves_below_labels(*pair)) {
        let key = "objective.1.learn = ";
        let text = format!(
            "task = {{ kind = \"multi-index\" }}\n{}",
            text(&[first, second])
        );
        let error = Settings::read(&text.parse().unwrap()).unwrap_err();
        assert!(error.to_string().starts_with(key), "{error}");
        let mut recipe = settings(&self::text(&[second, first])).recipe().unwrap();
        recipe.objective.reverse();
        let error = refusal(recipe);
        assert!(error.starts_with(key), "{error}");
    }
    let per_step = r#"{ kind = "performance-matching", unroll = 3, step_sizes = "per-step" }"#;
    for pair in [[per_step, STAGES[3]], [STAGES[2], per_step]] {
        let error = refusal(settings(&text(&pair)).recipe().unwrap());
        assert!(error.starts_with("objective.1.unroll = 3: "), "{error}");
    }
    let mut unlabelled = settings(&text(&[STAGES[0], STAGES[8]])).recipe().unwrap();
    unlabelled.synthetic.labels = 0;
    let error = refusal(unlabelled);
    assert!(error.starts_with("synthetic.labels = 0: "), "{error}");
}
