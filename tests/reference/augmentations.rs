//! DSA: each of the six operations with given parameters, and gradient matching through it.

use retort_core::augment::{Augmentation, Color, Cutout, Draws, Sampling, Transform};
use retort_core::objective::{Context, ObjectiveState};
use retort_core::seed::Seed;
use retort_core::synthetic::Part;

use crate::agreement::{agree, numbers};
use crate::case::{context, set};
use crate::fixture::{Double, Fixture};

fn check(operation: &str, draws: impl FnOnce([usize; 2], &[f64]) -> Draws) {
    let fixture = Fixture::case("augmentations");
    context(&fixture, |settings, _, context, _| {
        let name = |what: &str| format!("{operation}.{what}");
        let picture: Vec<usize> = fixture
            .numbers("picture")
            .iter()
            .map(|&v| v as usize)
            .collect();
        let [channels, height, width] = picture[..].try_into().unwrap();
        let transform = Transform::Of {
            picture: [channels, height, width],
            draws: draws([height, width], fixture.numbers(&name("parameters"))),
        };
        let set = set(&fixture, settings);
        let seen = numbers(&transform.apply(set.inputs()));
        agree(&name("seen"), &seen, fixture.numbers(&name("seen")));

        let context = Context {
            augmentation: &Augmentation::given(transform),
            ..*context
        };
        let objective = settings.objective[0].objective::<Double>().unwrap();
        let state = ObjectiveState::default();
        let outer = objective.outer_gradient(&context, &set, state, &Seed::new(0));
        let outer = outer.unwrap();
        let loss = numbers(&outer.loss);
        agree(&name("loss"), &loss, fixture.numbers(&name("loss")));
        let gradient = numbers(&outer.gradients[&Part::Inputs]);
        agree(
            &name("gradient"),
            &gradient,
            fixture.numbers(&name("gradient")),
        );
    });
}

fn pair(numbers: &[f64]) -> [f64; 2] {
    [numbers[0], numbers[1]]
}

fn sampling(sampling: Sampling) -> Draws {
    Draws::Sampling(vec![sampling])
}

#[test]
fn color() {
    check("color", |_, numbers| {
        let [brightness, saturation, contrast] = [0, 1, 2].map(|place| numbers[place] as f32);
        Draws::Color(vec![Color {
            brightness,
            saturation,
            contrast,
        }])
    });
}

#[test]
fn crop() {
    check("crop", |sides, numbers| {
        sampling(Sampling::shifted(sides, pair(numbers)))
    });
}

#[test]
fn cutout() {
    check("cutout", |sides, numbers| {
        let centre = pair(numbers).map(|place| place as usize);
        Draws::Cutout(vec![Cutout::around(sides, centre)])
    });
}

#[test]
fn flip() {
    check("flip", |sides, _| sampling(Sampling::mirrored(sides)));
}

#[test]
fn scale() {
    check("scale", |sides, numbers| {
        sampling(Sampling::stretched(sides, pair(numbers)))
    });
}

#[test]
fn rotate() {
    check("rotate", |sides, numbers| {
        sampling(Sampling::rotated(sides, numbers[0]))
    });
}
