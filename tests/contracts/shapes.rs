//! Gradient matching's derivative for random widths, depths, numbers of points, classes and features.

use proptest::prelude::*;
use retort_core::augment::NONE;
use retort_core::inner::Loss;
use retort_core::network::NetworkSettings;
use retort_core::network::activation::Activation;
use retort_core::network::mlp::Mlp;
use retort_core::objective::{Context, Distance, GradientMatching, Objective, ObjectiveState};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::{Part, SyntheticSet};
use retort_core::task::{Normalisation, Resident, Split, Target, Task};

use crate::bench::Walks;
use crate::differences::relative_error;
use crate::numbers::{Double, normal_matrix, number, numbers, tensor};

fn task(features: usize, classes: usize, seed: &Seed) -> Task {
    let rows = 4 * classes;
    let inputs = seed.child("rows").stream().normal_matrix(rows, features);
    let labels = (0..rows).map(|row| row % classes).collect();
    let train = Split::classes(inputs, labels, classes);
    Task {
        name: "random".to_owned(),
        validation: train.clone(),
        test: train.clone(),
        train,
        inputs: InputShape::Vector(features),
        target: Target::Classes((0..classes).map(|class| class.to_string()).collect()),
        normalisation: Normalisation::default(),
        linear_part: None,
        subspace: None,
        columns: None,
        inspection: Default::default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..Default::default() })]

    #[test]
    fn do_not_matter_to_the_derivative(
        widths in prop::collection::vec(1usize..9, 0..3),
        features in 1usize..8,
        classes in 2usize..5,
        per_class in 1usize..4,
        batch in 0usize..5,
        by_class: bool,
        seed: u64,
    ) {
        let seed = Seed::new(seed);
        let task = task(features, classes, &seed);
        let depth = widths.len();
        let settings = NetworkSettings::Mlp(Mlp { widths, depth, activation: Activation::Tanh, ..Mlp::default() });
        let network = settings.template::<Double>(task.interface(), &Default::default());
        let resident = Resident::new(&task, &Default::default());
        let context = Context { training: &resident.training, network: network.as_ref(), augmentation: &NONE, loss: Loss::CrossEntropy, batch, experts: Some(&Walks(network.as_ref())) };
        let objective = GradientMatching {
            learn: [Part::Inputs, Part::Targets].into(),
            distance: Distance::RelativeSquared,
            by_class,
            ..GradientMatching::default()
        };
        let points = classes * per_class;
        let set = SyntheticSet::new(
            normal_matrix([points, features], &seed.child("inputs")),
            normal_matrix([points, classes], &seed.child("targets")).abs(),
        );
        let outer = |set: &SyntheticSet<Double>| {
            objective.outer_gradient(&context, set, ObjectiveState::default(), &seed).unwrap()
        };
        for (part, gradient) in outer(&set).gradients {
            let at = set.parts()[&part].clone();
            let error = relative_error(&numbers(&at), &numbers(&gradient), &seed, |values| {
                number(&outer(&set.clone().with(part, tensor(values, at.dims()))).loss)
            });
            prop_assert!(error < 1e-5, "{part:?}: relative error {error:.1e}");
        }
    }
}
