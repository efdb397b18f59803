//! Where the synthetic side is the real side, an objective is at its floor.

use retort_core::inner::gradient::{all_slots, plain};
use retort_core::network::Weights;
use retort_core::numeric::total;
use retort_core::objective::{
    Distance, DistributionMatching, GradientMatching, Objective, ObjectiveState,
    PerformanceMatching, StepSizes,
};
use retort_core::seed::Seed;
use retort_core::synthetic::{Part, SyntheticSet};

use crate::bench;
use crate::numbers::{Double, norm, number, numbers};
use crate::table::{NetworkRow, networks};
use crate::tasks;

const DISTANCES: [Distance; 4] = [
    Distance::Squared,
    Distance::RelativeSquared,
    Distance::LayerwiseCosine,
    Distance::Cosine,
];

#[test]
fn gradient_matching_of_the_real_rows_is_at_its_floor() {
    for row in networks().iter().filter(|row| row.smooth) {
        let task = tasks::classification(row.inputs);
        bench::context::<Double, _>(row, &task, 0, |context| {
            let order: Vec<usize> = context.training.by_class.concat();
            let real = context.training.rows.select(&order);
            let set = SyntheticSet::new(real.inputs.clone(), real.targets);
            let noise = bench::set(&task, &GradientMatching::default()).inputs();
            let far = SyntheticSet::new(
                noise,
                real.inputs.zeros_like().narrow(1, 0, 3).narrow(0, 0, 6) + 0.3,
            );
            for distance in DISTANCES {
                for by_class in [true, false] {
                    let objective = GradientMatching {
                        learn: [Part::Inputs, Part::Targets].into(),
                        distance,
                        by_class,
                        ..GradientMatching::default()
                    };
                    let outer = |set| {
                        let outer = objective
                            .outer_gradient(context, set, ObjectiveState::default(), &Seed::new(9))
                            .unwrap();
                        let derivatives: Vec<f64> =
                            outer.gradients.values().flat_map(numbers).collect();
                        (number(&outer.loss), norm(&derivatives))
                    };
                    let (here, derivative) = outer(&set);
                    let (there, slope_there) = outer(&far);
                    assert!(here.abs() < 1e-6, "{distance:?} of {row:?}: {here:e}");
                    assert!(there > 1e-2, "{distance:?} of {row:?}: {there:e} far off");
                    assert!(
                        derivative < 1e-4 * slope_there,
                        "{distance:?} of {row:?}: derivative {derivative:e}, {slope_there:e} far off"
                    );
                }
            }
        });
    }
}

#[test]
fn performance_matching_is_training_and_looking_at_the_loss() {
    for row in networks() {
        let task = tasks::regression(row.inputs);
        bench::context::<Double, _>(&row, &task, 0, |context| {
            for (step_sizes, momentum) in [(StepSizes::One, 0.0), (StepSizes::PerStep, 0.7)] {
                let objective = PerformanceMatching {
                    unroll: 6,
                    step_size: 0.05,
                    step_sizes,
                    inner_momentum: momentum,
                    ..PerformanceMatching::default()
                };
                let set = bench::set::<Double>(&task, &objective);
                let seed = Seed::new(12);
                let outer = objective
                    .outer_gradient(context, &set, ObjectiveState::default(), &seed)
                    .unwrap();

                let mut weights = context.network.fresh(&seed.child("network"));
                let slots = all_slots(&weights);
                let derivative = |weights: &Weights<Double>, inputs, targets| {
                    plain(
                        context.network,
                        weights,
                        inputs,
                        targets,
                        context.loss,
                        &slots,
                    )
                };
                let sizes = numbers(&set.step_sizes().unwrap());
                let mut velocity = weights.zeros_like();
                for step in 0..6 {
                    let (_, here) = derivative(&weights, set.inputs(), set.targets());
                    velocity = here.add_scaled(&velocity, momentum);
                    weights = weights.add_scaled(&velocity, -sizes[step % sizes.len()]);
                }
                let real = context.training.rows.clone();
                let expected = number(&derivative(&weights, real.inputs, real.targets).0);
                let found = number(&outer.loss);
                assert!(
                    (found - expected).abs() < 1e-12 * expected.abs(),
                    "{row:?}: {found} and {expected}"
                );
            }
        });
    }
}

#[test]
fn readout_matching_finds_no_slope_where_the_labels_fit_best() {
    use burn::tensor::Tensor;
    use retort_core::objective::ReadoutMatching;
    use retort_core::synthetic::Part::Labels;
    let row = &networks()[0];
    let task = tasks::regression(row.inputs);
    bench::context::<Double, _>(row, &task, 0, |context| {
        let objective = ReadoutMatching::default();
        let set = bench::set::<Double>(&task, &objective);
        let seed = Seed::new(13);
        let derivative = |labels: Tensor<Double, 2>| {
            let set = set.clone().with(Labels, labels);
            let outer = objective
                .outer_gradient(context, &set, ObjectiveState::default(), &seed)
                .unwrap();
            (number(&outer.loss), outer.gradients[&Labels].clone())
        };
        // The loss is a quadratic of the labels: conjugate gradients end at its minimum, where it is
        // no larger than anywhere else and flat.
        let zero = set.labels().unwrap().0.zeros_like();
        let (first, start) = derivative(zero.clone());
        let mut labels = zero;
        let mut residual = start.clone().neg();
        let mut direction = residual.clone();
        let dot = |a: &Tensor<Double, 2>, b: &Tensor<Double, 2>| {
            number(&total::of(a.clone() * b.clone()))
        };
        for _ in 0..60 {
            let curved = derivative(direction.clone()).1 - start.clone();
            let size = dot(&residual, &residual);
            if size < 1e-24 {
                break;
            }
            let step = size / dot(&direction, &curved);
            labels = labels + direction.clone().mul_scalar(step);
            residual = residual - curved.mul_scalar(step);
            direction = residual.clone() + direction.mul_scalar(dot(&residual, &residual) / size);
        }
        let (last, flat) = derivative(labels.clone());
        assert!(last < first);
        assert!(norm(&numbers(&flat)) < 1e-8 * norm(&numbers(&start)));
        let (aside, _) = derivative(labels + 0.1);
        assert!(aside > last);
    });
}

#[test]
fn labels_in_closed_form_have_the_loss_and_the_slope_of_the_tape_and_end_where_it_is_flat() {
    use retort_core::inner::label_system::SHRINKAGE;
    use retort_core::objective::ReadoutMatching;
    use retort_core::synthetic::Part::Labels;
    let row = &networks()[0];
    let task = tasks::regression(row.inputs);
    bench::context::<Double, _>(row, &task, 0, |context| {
        let tape = ReadoutMatching::default();
        let closed = ReadoutMatching {
            closed_form: true,
            ..tape.clone()
        };
        let set = bench::set::<Double>(&task, &tape);
        let of = |objective: &ReadoutMatching, set: &_, state, seed: &Seed| {
            objective.outer_gradient(context, set, state, seed).unwrap()
        };
        // Of one network after the other, and of the labels that fit all of them.
        let seeds: Vec<Seed> = (0..4).map(Seed::new).collect();
        let (mut state, mut last) = (ObjectiveState::default(), None);
        for seed in &seeds {
            let expected = of(&tape, &set, ObjectiveState::default(), seed);
            let found = of(&closed, &set, state, seed);
            let losses = [&found, &expected].map(|outer| number(&outer.loss));
            assert!((losses[0] / losses[1] - 1.0).abs() < 1e-9, "{losses:?}");
            let derivatives = [&found, &expected].map(|outer| numbers(&outer.gradients[&Labels]));
            let apart: Vec<f64> = std::iter::zip(&derivatives[0], &derivatives[1])
                .map(|(a, b)| a - b)
                .collect();
            assert!(norm(&apart) < 1e-8 * norm(&derivatives[1]));
            state = found.state;
            last = Some(found.solved[&Labels].clone());
        }
        let derivative = |labels: burn::tensor::Tensor<Double, 2>| {
            let set = set.clone().with(Labels, labels);
            let derivatives = seeds.iter().map(|seed| {
                let outer = of(&tape, &set, ObjectiveState::default(), seed);
                outer.gradients[&Labels].clone()
            });
            derivatives.reduce(|a, b| a + b).unwrap()
        };
        // Half the derivative is (A y − b) over the outputs, and A y − b = −shift · y at the end.
        let labels = last.unwrap();
        let quadratic = state.take_double("labels.quadratic").unwrap().unwrap();
        let shift = SHRINKAGE * quadratic.diag().mean().unwrap();
        let [_, outputs] = labels.dims();
        let expected = labels.clone().mul_scalar(-2.0 * shift / outputs as f64);
        let apart = derivative(labels) - expected;
        let start = derivative(set.labels().unwrap().0.zeros_like());
        assert!(norm(&numbers(&apart)) < 1e-8 * norm(&numbers(&start)));
    });
}

#[test]
fn kernel_regression_on_the_real_rows_interpolates_them() {
    use retort_core::network::NetworkSettings;
    use retort_core::network::two_layer::TwoLayer;
    use retort_core::objective::KernelRegression;
    // More features than rows.
    let row = NetworkRow {
        settings: NetworkSettings::TwoLayer(TwoLayer {
            width: 64,
            ..TwoLayer::default()
        }),
        ..networks().swap_remove(0)
    };
    let task = tasks::classification(row.inputs);
    bench::context::<Double, _>(&row, &task, 0, |context| {
        let objective = KernelRegression {
            learn: [Part::Inputs].into(),
            penalty: 1e-9,
            ..KernelRegression::default()
        };
        let real = context.training.rows.clone();
        let set = SyntheticSet::new(real.inputs.clone(), real.targets);
        let loss = |set: SyntheticSet<Double>| {
            let set = objective.prepare(set).unwrap();
            let seed = Seed::new(14);
            let outer = objective.outer_gradient(context, &set, ObjectiveState::default(), &seed);
            number(&outer.unwrap().loss)
        };
        // Ten classes have targets of the published size; three are larger by √(10/3).
        let exact = (10.0_f64 / 3.0).sqrt() - 1.0;
        let wanted = 0.5 * exact.powi(2) * (1.0 - 1.0 / 3.0);
        let here = loss(set.clone());
        assert!((here - wanted).abs() < 1e-5, "{here:e}, {wanted:e}");
        let off = loss(set.with(Part::Inputs, real.inputs.flip([0])));
        assert!(off > 2.0 * here, "{off:e}");
    });
}

#[test]
fn distribution_matching_of_the_real_rows_is_zero_and_flat() {
    for row in networks() {
        let task = tasks::classification(row.inputs);
        bench::context::<Double, _>(&row, &task, 0, |context| {
            for by_class in [true, false] {
                let objective = DistributionMatching {
                    by_class,
                    ..DistributionMatching::default()
                };
                let order: Vec<usize> = context.training.by_class.concat();
                let real = context.training.rows.select(&order);
                let outer = |inputs| {
                    let set = SyntheticSet::new(inputs, real.targets.clone());
                    let outer = objective
                        .outer_gradient(context, &set, ObjectiveState::default(), &Seed::new(17))
                        .unwrap();
                    let derivative = norm(&numbers(&outer.gradients[&Part::Inputs]));
                    (number(&outer.loss), derivative)
                };
                let (here, flat) = outer(real.inputs.clone());
                let (there, steep) = outer(real.inputs.clone() * 2.0 + 0.5);
                assert!(here < 1e-20 && flat < 1e-9, "{row:?}: {here:e}, {flat:e}");
                assert!(
                    there > 1e-6 && steep > 1e-6,
                    "{row:?}: {there:e}, {steep:e}"
                );
            }
        });
    }
}
