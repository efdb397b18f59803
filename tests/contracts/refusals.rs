//! Settings that fit neither the network nor the set are errors that name the setting.

use retort_core::Error;
use retort_core::objective::{
    Distance, GradientMatching, KernelRegression, Objective, ObjectiveState, PerformanceMatching,
    ReadoutMatching, StepSizes,
};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::SyntheticSet;

use crate::bench;
use crate::numbers::{Double, normal_matrix};
use crate::table::{networks, objectives};
use crate::tasks;
use crate::wording::told;

/// What is said of a setting that is not accepted.
fn setting<T: std::fmt::Debug>(found: Result<T, Error>) -> String {
    match found {
        Err(error @ Error::Setting { .. }) => told(error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_feature_step_and_mirror_images_refuse_a_network() {
    for network in networks() {
        let task = tasks::classification(network.inputs);
        bench::context::<Double, _>(&network, &task, 0, |context| {
            for row in objectives() {
                let takes_vectors = matches!(network.inputs, InputShape::Vector(_));
                let kernel = row.settings.downcast_ref::<KernelRegression>();
                let suits = match (row.settings.kind(), kernel) {
                    ("readout-matching", _) => takes_vectors,
                    (_, Some(kernel)) => !takes_vectors || !kernel.mirrored,
                    _ => true,
                };
                assert_eq!(row.suits(context.network), suits, "{row:?}");
            }
        });
    }
}

#[test]
fn parameters_that_the_network_does_not_have() {
    let row = &networks()[0];
    let task = tasks::classification(row.inputs);
    bench::context::<Double, _>(row, &task, 0, |context| {
        let refused = |name: &str, distance| {
            let objective = GradientMatching {
                parameters: vec![name.to_owned()],
                distance,
                ..GradientMatching::default()
            };
            let set = bench::set::<Double>(&task, &objective);
            objective.outer_gradient(context, &set, ObjectiveState::default(), &Seed::new(0))
        };
        let message = setting(refused("hidden.wait", Distance::Squared).map(|_| ()));
        assert!(
            message.contains("hidden.weight, hidden.bias, "),
            "{message}"
        );
        let message = setting(refused("hidden.bias", Distance::LayerwiseCosine).map(|_| ()));
        assert!(message.contains("hidden.weight, "), "{message}");
        assert!(refused("hidden.bias", Distance::Squared).is_ok());
    });
}

#[test]
fn parameters_without_an_effect_alone() {
    let mut seen = 0;
    for row in networks() {
        let task = tasks::classification(row.inputs);
        bench::context::<Double, _>(&row, &task, 0, |context| {
            if context.network.unused().is_empty() {
                return;
            }
            seen += 1;
            let fits = |names: &[&str]| {
                let objective = GradientMatching {
                    parameters: names.iter().map(ToString::to_string).collect(),
                    distance: Distance::Squared,
                    ..GradientMatching::default()
                };
                Objective::<Double>::fits(&objective, context.network)
            };
            let message = setting(fits(&["convolutions.0.bias"]));
            let (_, names) = message.split_once(": ").unwrap();
            assert!(names.contains("convolutions.0.weight, "), "{message}");
            assert!(names.contains("readout.bias"), "{message}");
            assert!(!names.contains("convolutions.0.bias"), "{message}");
            assert!(fits(&["convolutions.0.bias", "readout.bias"]).is_ok());
            assert!(fits(&[]).is_ok());
        });
    }
    assert!(seen > 0);
}

#[test]
fn a_later_stage_with_another_number_of_step_sizes() {
    let set = || -> SyntheticSet<Double> {
        let seed = Seed::new(50);
        SyntheticSet::new(normal_matrix([3, 2], &seed), normal_matrix([3, 1], &seed))
    };
    let stage = |unroll, step_sizes| PerformanceMatching {
        unroll,
        step_sizes,
        ..PerformanceMatching::default()
    };
    let after = |first: PerformanceMatching, second: PerformanceMatching| {
        let set = Objective::<Double>::prepare(&first, set()).unwrap();
        Objective::<Double>::prepare(&second, set)
    };
    let (one, each) = (StepSizes::One, StepSizes::PerStep);
    for (first, second) in [((5, one), (9, one)), ((5, each), (5, each))] {
        assert!(after(stage(first.0, first.1), stage(second.0, second.1)).is_ok());
    }
    for (first, second) in [
        ((5, each), (9, each)),
        ((5, one), (5, each)),
        ((5, each), (5, one)),
    ] {
        setting(after(stage(first.0, first.1), stage(second.0, second.1)));
    }
}

#[test]
fn readouts_without_labels() {
    let seed = Seed::new(51);
    let set: SyntheticSet<Double> =
        SyntheticSet::new(normal_matrix([3, 2], &seed), normal_matrix([3, 1], &seed));
    let message = setting(ReadoutMatching::default().prepare(set));
    assert!(message.contains("synthetic.labels"), "{message}");
}
