//! A mirrored start: what half of the network tells is what all of it does.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData, backend::Backend};
use retort_core::inner::train::{Training, train};
use retort_core::inner::{Loss, OptimiserKind, Schedule, feature_step, forward, gradient};
use retort_core::kernel::Kernels;
use retort_core::network::{
    AnyNetwork, Architecture, Half, Mirror, Network, NetworkSettings, Output, Template, Weights,
};
use retort_core::numeric::total;
use retort_core::seed::{Seed, Stream};
use retort_core::settings::Check;
use retort_core::shape::InputShape;
use retort_core::shape::Interface;
use retort_core::tape::{Derivatives, Leaf, lift};
use retort_core::task::Rows;

use crate::numbers::{Checked, norm, normal_matrix, number, numbers, relative, weight_numbers};
use crate::precision::same;
use crate::table::{NetworkRow, networks};
use crate::tasks;

const ROWS: usize = 9;
const LOSSES: [Loss; 2] = [Loss::SquaredError, Loss::CrossEntropy];

/// The networks that start at f = 0.
fn mirrored() -> Vec<NetworkRow> {
    let found: Vec<NetworkRow> = networks()
        .into_iter()
        .filter(|row| matches!(row.settings, NetworkSettings::TwoLayer(_)))
        .collect();
    assert!(!found.is_empty());
    found
}

fn network(row: &NetworkRow) -> Box<dyn AnyNetwork<Checked>> {
    let interface = tasks::classification(row.inputs).interface();
    row.settings.template(interface, &Default::default())
}

fn inputs(shape: InputShape) -> Tensor<Checked, 2> {
    normal_matrix([ROWS, shape.len()], &Seed::new(70))
}

fn targets() -> Tensor<Checked, 2> {
    normal_matrix([ROWS, tasks::CLASSES], &Seed::new(71))
}

/// The same numbers, of which nothing is known.
fn forgotten(weights: &Weights<Checked>) -> Weights<Checked> {
    weights.map(|tensor| tensor)
}

#[test]
fn losses_and_gradients_are_those_of_all_neurons() {
    for (row, loss) in mirrored()
        .iter()
        .flat_map(|row| LOSSES.map(|loss| (row, loss)))
    {
        let network = network(row);
        let start = network.fresh(&Seed::new(72));
        for slots in [vec![0], gradient::all_slots(&start)] {
            let of = |weights: &Weights<Checked>| {
                gradient::plain(
                    network.as_ref(),
                    weights,
                    inputs(row.inputs),
                    targets(),
                    loss,
                    &slots,
                )
            };
            let ((half, found), (whole, expected)) = (of(&start), of(&forgotten(&start)));
            assert!(
                (number(&half) - number(&whole)).abs() < same(1e-12),
                "{row:?}"
            );
            assert_eq!(found.layout(), network.layout());
            let [found, expected] = [found, expected].map(|it| weight_numbers(&it));
            let error = relative(&found, &expected);
            assert!(
                error < same(1e-12),
                "{row:?}, {loss:?}, {slots:?}: {error:.1e}"
            );
        }
    }
}

#[test]
fn gradients_have_the_same_derivatives() {
    for (row, loss) in mirrored()
        .iter()
        .flat_map(|row| LOSSES.map(|loss| (row, loss)))
    {
        let network = network(row);
        let start = network.fresh(&Seed::new(73));
        let slots = gradient::all_slots(&start);
        // Nothing says that a derivative of the gradient is the same in both halves.
        let mut place = 0;
        let along = start.map(|tensor| {
            place += 1;
            let count = tensor.dims()[0];
            normal_matrix([1, count], &Seed::new(74).indexed("slot", place)).reshape([count])
        });
        let derivatives = |weights: &Weights<Checked>| {
            let (points, labels) = (Leaf::new(inputs(row.inputs)), Leaf::new(targets()));
            let (_, found) = gradient::tracked(
                network.as_ref(),
                &weights.lifted(),
                points.tracked(),
                labels.tracked(),
                loss,
                &slots,
            );
            let square = total::of(found.matrix(0).square());
            let derivatives = Derivatives::of(found.dot(&along.map(lift)) + square);
            [
                derivatives.at(points, "points"),
                derivatives.at(labels, "labels"),
            ]
            .map(|it| numbers(&it))
        };
        let found = derivatives(&start);
        for (found, expected) in found.iter().zip(derivatives(&forgotten(&start))) {
            assert!(norm(found) > 0.0);
            let error = relative(found, &expected);
            assert!(error < same(1e-11), "{row:?}, {loss:?}: {error:.1e}");
        }
    }
}

#[test]
fn features_of_the_step_are_those_of_all_neurons() {
    for row in mirrored() {
        let network = network(&row);
        let network = network.as_ref();
        let start = network.fresh(&Seed::new(75));
        let step = |start: &Weights<Checked>| {
            let (inputs, loss) = (inputs(row.inputs), Loss::SquaredError);
            feature_step::plain(network, start, inputs, targets(), loss, &Seed::new(76)).unwrap()
        };
        let (half, whole) = (step(&start), step(&forgotten(&start)));
        let error = relative(&weight_numbers(&half), &weight_numbers(&whole));
        assert!(error < same(1e-12), "{row:?}: {error:.1e}");
        let [found, expected] = [&half, &forgotten(&half)]
            .map(|weights| numbers(&forward::plain(network, weights, inputs(row.inputs)).features));
        let error = relative(&found, &expected);
        assert!(error < same(1e-13), "{row:?}: {error:.1e}");
    }
}

#[test]
fn what_is_known_is_forgotten_with_the_first_change() {
    for row in mirrored() {
        let network = network(&row);
        let network = network.as_ref();
        let start = network.fresh(&Seed::new(77));
        let rows = Rows {
            inputs: inputs(row.inputs),
            targets: targets(),
        };
        let slots = gradient::all_slots(&start);
        let value = |weights: &Weights<Checked>| {
            let Rows { inputs, targets } = rows.clone();
            let (value, _) = gradient::plain(
                network,
                weights,
                inputs,
                targets,
                Loss::SquaredError,
                &slots,
            );
            number(&value)
        };
        let apart = |changed: &Weights<Checked>| {
            let difference = value(changed) - value(&forgotten(changed));
            assert_eq!(difference, 0.0, "{row:?}");
            assert!((value(changed) - value(&start)).abs() > 1e-6, "{row:?}");
        };
        let moved = start.tensors()[0].clone();
        let noise = normal_matrix([1, moved.dims()[0]], &Seed::new(78)).reshape(moved.dims());
        apart(&start.clone().with(0, moved + noise));
        let (_, derivative) = gradient::plain(
            network,
            &start,
            rows.inputs.clone(),
            rows.targets.clone(),
            Loss::SquaredError,
            &slots,
        );
        apart(&start.add_scaled(&derivative, -0.1));
        let training = Training {
            steps: 2,
            batch: ROWS,
            optimiser: OptimiserKind::Sgd,
            learning_rate: 0.1,
            schedule: Schedule::Constant,
            momentum: 0.0,
            weight_decay: 0.0,
            loss: Loss::SquaredError,
            augmentation: &retort_core::augment::NONE,
        };
        apart(&train(
            network,
            start.clone(),
            &rows,
            &training,
            &Seed::new(79),
        ));
    }
}

/// f(x) = Σⱼ aⱼ tanh(wⱼ·x), mirrored by the signs of w, since tanh is odd. Its matrix is no linear layer's.
#[derive(Debug, Clone)]
struct Odd {
    /// What it says of its readout.
    readout: Half,
}

#[derive(Module, Debug)]
struct OddNetwork<B: Backend> {
    hidden: Param<Tensor<B, 2>>,
    readout: Param<Tensor<B, 2>>,
}

impl Check for Odd {
    fn check(&self) -> retort_core::Result<()> {
        Ok(())
    }
}

impl Architecture for Odd {
    type Network<B: Kernels> = OddNetwork<B>;

    fn init<B: Kernels>(
        &self,
        interface: Interface,
        stream: &mut Stream,
        device: &B::Device,
    ) -> OddNetwork<B> {
        const HALF: usize = 7;
        let (inputs, outputs) = (interface.inputs.len(), interface.outputs);
        let half = stream.normal(inputs * HALF);
        let rows = half.chunks(HALF);
        let hidden: Vec<f32> = rows
            .flat_map(|row| row.iter().copied().chain(row.iter().map(|w| -w)))
            .collect();
        let readout = stream.normal(HALF * outputs).repeat(2);
        let matrix = |values, shape: [usize; 2]| {
            Param::from_data(TensorData::new::<f32, _>(values, shape), device)
        };
        OddNetwork {
            hidden: matrix(hidden, [inputs, 2 * HALF]),
            readout: matrix(readout, [2 * HALF, outputs]),
        }
    }

    fn mirror(&self) -> Option<Mirror> {
        Some(Mirror::new(vec![Half::Negated { axis: 1 }, self.readout]))
    }
}

impl<B: Kernels> Network<B> for OddNetwork<B> {
    fn forward(&self, inputs: Tensor<B, 2>) -> Output<B> {
        let features = inputs.matmul(self.hidden.val()).tanh();
        Output {
            outputs: features.clone().matmul(self.readout.val()),
            features,
        }
    }
}

/// Loss and gradient, and features of the step, by half and by all neurons, are the same.
fn same_by_half(network: &dyn AnyNetwork<Checked>, rows: usize, inputs: usize) {
    let start = network.fresh(&Seed::new(80));
    let slots = gradient::all_slots(&start);
    let inputs = || normal_matrix([rows, inputs], &Seed::new(81));
    let targets = || normal_matrix([rows, tasks::CLASSES], &Seed::new(82));
    for loss in LOSSES {
        let of = |weights: &Weights<Checked>| {
            let (value, derivative) =
                gradient::plain(network, weights, inputs(), targets(), loss, &slots);
            let step =
                feature_step::plain(network, weights, inputs(), targets(), loss, &Seed::new(83));
            let features = forward::plain(network, &step.unwrap(), inputs()).features;
            [
                vec![number(&value)],
                weight_numbers(&derivative),
                numbers(&features),
            ]
        };
        for (found, expected) in of(&start).iter().zip(of(&forgotten(&start))) {
            let error = relative(found, &expected);
            assert!(error < same(1e-11), "{loss:?}: {error:.1e}");
        }
    }
}

#[test]
fn many_rows_go_through_in_chunks() {
    let row = &mirrored()[0];
    // A chunk holds 2²⁰ activations of this network, which leaves about thirty a row.
    same_by_half(network(row).as_ref(), 70_000, row.inputs.len());
}

#[test]
fn a_network_from_outside_may_mirror_in_its_own_way() {
    let interface = tasks::classification(InputShape::Vector(5)).interface();
    let readout = Half::Copied { axis: 0 };
    let network = Template::<Checked, _>::new(Odd { readout }, interface, &Default::default());
    same_by_half(&network, ROWS, 5);
}

#[test]
#[should_panic(expected = "does not hold for readout")]
fn a_mirror_that_the_start_does_not_have_is_refused() {
    let interface = tasks::classification(InputShape::Vector(5)).interface();
    let readout = Half::Negated { axis: 0 };
    Template::<Checked, _>::new(Odd { readout }, interface, &Default::default());
}
