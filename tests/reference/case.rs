//! A case: a fixture as a context, a set and what an objective keeps.

use std::collections::BTreeMap;

use retort_core::Result;
use retort_core::augment::NONE;
use retort_core::distill::{Distiller, Observer, Progress, State};
use retort_core::inner::optimiser::Moments;
use retort_core::inner::train::Trained;
use retort_core::inner::{Loss, OptimiserKind};
use retort_core::network::Weights;
use retort_core::objective::{Aged, Context, ObjectiveState};
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::synthetic::{Part, Reference, SyntheticSet};
use retort_core::task::Resident;

use crate::agreement::{agree, moved_alike, numbers};
use crate::fixture::{Double, Fixture};
use crate::given::{Given, Walk};

/// Compares a case's outer gradient, and the state after one outer step of the whole loop.
pub fn check(name: &str) {
    let fixture = Fixture::case(name);
    context(&fixture, |settings, task, context, network| {
        let stage = &settings.objective[0];
        let set = set(&fixture, settings);
        let state = kept(&fixture, network);
        let seed = Seed::new(0);
        let objective = stage.objective::<Double>().unwrap();
        let found = objective.outer_gradient(context, &set, state.clone(), &seed);
        let outer = found.unwrap();
        let what = |detail: &str| format!("{name}: {detail}");
        agree(
            &what("loss"),
            &numbers(&outer.loss),
            fixture.numbers("loss"),
        );
        let expected = fixture.parts("gradient.");
        let parts: Vec<Part> = expected.keys().copied().collect();
        assert!(parts == Vec::from_iter(stage.learns()), "{name}: {parts:?}");
        assert!(parts.iter().eq(outer.gradients.keys()), "{name}");
        for part in &parts {
            let detail = what(&format!("gradient of {}", part.name()));
            let [found, expected] = [&outer.gradients[part], &expected[part]].map(numbers);
            agree(&detail, &found, &expected);
        }

        let distiller = Distiller::new(settings.recipe().unwrap(), task, network, &seed);
        let experts = context.experts.unwrap();
        let mut first = FirstStep::default();
        let state = State {
            stage: 0,
            step: 0,
            moments: moments(&fixture, settings),
            norm_mean: None,
            objective: state,
            first_loss: None,
            set: set.clone(),
        };
        let distiller = distiller.with_experts(0, experts);
        distiller.run(state, &mut first).unwrap();
        let after = first.state.unwrap();
        let expected = fixture.parts("moved.");
        assert!(parts.iter().eq(expected.keys()), "{name}");
        for (part, start) in set.parts() {
            let [start, found] = [start, &after.set.parts()[part]].map(numbers);
            match expected.get(part) {
                Some(expected) => {
                    let detail = what(&format!("step of {}", part.name()));
                    moved_alike(&detail, &start, &found, &numbers(expected));
                }
                None => assert_eq!(start, found, "{name}: {part:?} is not learned"),
            }
        }
        let (layout, mut kept) = (network.network.layout(), after.objective);
        let aged = Aged::take("aged.0", layout, &mut kept).unwrap();
        assert_eq!(aged.is_some(), fixture.has("aged.readout.weight"), "{name}");
        if let Some(aged) = aged {
            let expected = fixture.weights("aged.", network.network.layout());
            let [start, found, expected] =
                [&network.start, &aged.trained.weights, &expected].map(weight_numbers);
            moved_alike(&what("aged network"), &start, &found, &expected);
        }
    });
}

/// Shows `look` a fixture's settings, its task, its context without augmentation and its network.
pub fn context<T>(
    fixture: &Fixture,
    look: impl FnOnce(&Settings, &Resident<'_, Double>, &Context<'_, Double>, &Given<'_>) -> T,
) -> T {
    let device = Default::default();
    let task = fixture.task();
    let settings = fixture.settings(task.interface());
    let template = settings
        .network
        .template::<Double>(task.interface(), &device);
    let layout = template.layout();
    let start = fixture.weights("weights.", layout);
    let end = match fixture.has("expert.readout.weight") {
        true => fixture.weights("expert.", layout),
        false => start.clone(),
    };
    let network = Given {
        network: template.as_ref(),
        start: start.clone(),
    };
    let resident = Resident::new(&task, &device);
    let context = Context {
        training: &resident.training,
        network: &network,
        augmentation: &NONE,
        loss: Loss::of(&task.target),
        batch: 0,
        balanced: false,
        noise: None,
        experts: Some(&Walk { start, end }),
    };
    look(&settings, &resident, &context, &network)
}

/// The set that a step starts from.
pub fn set(fixture: &Fixture, settings: &Settings) -> SyntheticSet<Double> {
    let mut parts = fixture.parts("points.");
    let mut part = |part| parts.remove(&part);
    let (inputs, targets) = (part(Part::Inputs), part(Part::Targets));
    let (sizes, labels) = (part(Part::StepSizes), part(Part::Labels));
    let mut set = SyntheticSet::new(inputs.unwrap(), targets.unwrap());
    if let Some(sizes) = sizes {
        set = set.with(Part::StepSizes, sizes);
    }
    if let Some(labels) = labels {
        let reference = Reference {
            seed: 0,
            settings: settings.synthetic.reference.clone(),
        };
        set = set.with_labels(labels, reference);
    }
    set
}

/// What an objective keeps: the network, where it ages, and the reference inputs.
fn kept(fixture: &Fixture, network: &Given<'_>) -> ObjectiveState<Double> {
    let aged = Aged {
        trained: Trained::new(network.start.clone()),
        age: 0,
    };
    let ages = fixture.has("aged.readout.weight");
    let references = fixture.has("references");
    let mut state = ObjectiveState::default();
    if ages {
        aged.put("aged.0", &mut state);
    }
    if references {
        state.put_derived("references", fixture.matrix("references"));
    }
    state
}

/// The velocities that gradient descent goes on with; Adam starts anew.
fn moments(fixture: &Fixture, settings: &Settings) -> BTreeMap<Part, Moments<Double, 2>> {
    if settings.distill.optimiser == OptimiserKind::Adam {
        return BTreeMap::new();
    }
    let velocities = fixture.parts("velocity.").into_iter();
    let moments = |velocity| Moments {
        time: 1,
        tensors: vec![velocity],
    };
    velocities
        .map(|(part, velocity)| (part, moments(velocity)))
        .collect()
}

fn weight_numbers(weights: &Weights<Double>) -> Vec<f64> {
    weights.tensors().iter().flat_map(numbers).collect()
}

/// Keeps the state after the first step.
#[derive(Default)]
struct FirstStep {
    state: Option<State<Double>>,
}

impl Observer<Double> for FirstStep {
    fn stepped(&mut self, _progress: &Progress) -> Result<()> {
        Ok(())
    }

    fn checkpoint(&mut self, state: &State<Double>) -> Result<()> {
        if (state.stage, state.step) == (0, 1) {
            self.state = Some(state.clone());
        }
        Ok(())
    }
}
