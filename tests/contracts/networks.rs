//! What the design promises of every network.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use retort_core::inner::Loss;
use retort_core::inner::gradient::{all_slots, plain};
use retort_core::kernel::Kernels;
use retort_core::network::convnet::ConvNet;
use retort_core::network::lenet::LeNet;
use retort_core::network::resnet18::ResNet18;
use retort_core::network::size::MOST_WEIGHTS;
use retort_core::network::vgg11::Vgg11;
use retort_core::network::{AnyNetwork, Forward, NetworkSettings, Output};
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::shape::Interface;
use retort_core::tape::{Tape, Twice, lift};
use retort_core::task::Task;

use crate::numbers::{Double, Single, norm, normal_matrix, numbers, tensor, weight_numbers};
use crate::table::{NetworkRow, networks};
use crate::tasks;

fn build<B: Kernels>(row: &NetworkRow, task: &Task) -> Box<dyn AnyNetwork<B>> {
    row.settings
        .template(task.interface(), &B::Device::default())
}

fn forward<B: Backend>(network: &dyn AnyNetwork<B>, inputs: Tensor<B, 2>) -> Output<B> {
    Forward::<B>::forward(network, &network.fresh(&Seed::new(1)), inputs)
}

#[test]
fn a_row_does_not_see_the_others() {
    for row in networks() {
        let task = tasks::classification(row.inputs);
        let network = build::<Double>(&row, &task);
        let inputs: Tensor<Double, 2> = normal_matrix([5, row.inputs.len()], &Seed::new(2));
        let together = forward(network.as_ref(), inputs.clone());
        assert_eq!(together.outputs.dims(), [5, tasks::CLASSES]);
        assert_eq!(together.features.dims()[0], 5);
        for place in 0..5 {
            let alone = forward(network.as_ref(), inputs.clone().narrow(0, place, 1));
            let error = |alone: Tensor<Double, 2>, all: &Tensor<Double, 2>| {
                norm(&numbers(&(alone - all.clone().narrow(0, place, 1))))
            };
            assert!(error(alone.outputs, &together.outputs) < 1e-12, "{row:?}");
            assert!(error(alone.features, &together.features) < 1e-12, "{row:?}");
        }
    }
}

#[test]
fn a_fresh_start_depends_on_its_seed_alone() {
    for row in networks() {
        let task = tasks::classification(row.inputs);
        let network = build::<Double>(&row, &task);
        let start = |network: &dyn AnyNetwork<Double>, seed| {
            weight_numbers(&network.fresh(&Seed::new(seed)))
        };
        let first = start(network.as_ref(), 1);
        assert_eq!(first.len(), network.layout().floats());
        assert!(first.iter().all(|weight| weight.is_finite()));
        assert_ne!(first, start(network.as_ref(), 2));
        assert_eq!(first, start(network.as_ref(), 1));
        assert_eq!(first, start(build::<Double>(&row, &task).as_ref(), 1));
    }
}

#[test]
fn every_backend_starts_from_the_same_weights() {
    for row in networks() {
        let task = tasks::classification(row.inputs);
        let double = build::<Double>(&row, &task).fresh(&Seed::new(3));
        let single = build::<Single>(&row, &task).fresh(&Seed::new(3));
        assert_eq!(double.layout(), single.layout());
        // Starts are drawn on the host in single precision, which double precision holds exactly.
        assert_eq!(weight_numbers(&double), weight_numbers(&single), "{row:?}");
    }
}

#[test]
fn tapes_do_not_change_what_a_network_says() {
    for row in networks() {
        let task = tasks::classification(row.inputs);
        let network = build::<Double>(&row, &task);
        let network = network.as_ref();
        let weights = network.fresh(&Seed::new(1));
        let inputs: Tensor<Double, 2> = normal_matrix([4, row.inputs.len()], &Seed::new(2));
        let plain = Forward::<Double>::forward(network, &weights, inputs.clone());
        let (weights, inputs) = (weights.map(lift), lift(inputs));
        let once = Forward::<Tape<Double>>::forward(network, &weights, inputs.clone());
        let twice = Forward::<Twice<Double>>::forward(network, &weights.map(lift), lift(inputs));
        for (plain, once, twice) in [
            (plain.outputs, once.outputs, twice.outputs),
            (plain.features, once.features, twice.features),
        ] {
            assert_eq!(numbers(&plain), numbers(&once.inner()), "{row:?}");
            assert_eq!(numbers(&plain), numbers(&twice.inner().inner()), "{row:?}");
        }
    }
}

#[test]
fn only_what_a_network_calls_unused_has_no_gradient() {
    for row in networks() {
        let task = tasks::classification(row.inputs);
        let network = build::<Double>(&row, &task);
        let network = network.as_ref();
        let weights = network.fresh(&Seed::new(1));
        let [inputs, targets] =
            [row.inputs.len(), tasks::CLASSES].map(|n| normal_matrix([6, n], &Seed::new(n as u64)));
        let slots = all_slots(&weights);
        let (_, gradient) = plain(
            network,
            &weights,
            inputs,
            targets,
            Loss::SquaredError,
            &slots,
        );
        let norms = gradient
            .tensors()
            .iter()
            .map(|derivative| norm(&numbers(derivative)));
        for (slot, norm) in norms.enumerate() {
            let unused = network.unused().contains(&slot);
            assert_eq!(norm == 0.0, unused, "slot {slot} of {row:?}");
        }
    }
}

#[test]
fn presets_find_parameters_by_name() {
    let mut seen = Vec::new();
    for row in networks() {
        let task = tasks::classification(row.inputs);
        let network = build::<Double>(&row, &task);
        let names = network
            .layout()
            .slots()
            .iter()
            .map(|slot| slot.name.as_str());
        let expected: Vec<String> = match &row.settings {
            NetworkSettings::TwoLayer(_) => ["hidden.weight", "hidden.bias", "readout"]
                .map(str::to_owned)
                .into(),
            NetworkSettings::Mlp(mlp) => (0..mlp.widths.len())
                .map(|layer| format!("hidden.{layer}"))
                .chain(["readout".to_owned()])
                .flat_map(|layer| [format!("{layer}.weight"), format!("{layer}.bias")])
                .collect(),
            #[allow(
                unreachable_patterns,
                reason = "networks whose names no preset relies on"
            )]
            _ => continue,
        };
        assert_eq!(names.collect::<Vec<_>>(), expected);
        let layer = network.feature_layer().unwrap();
        assert_eq!((layer.weight, layer.bias), (0, Some(1)), "{row:?}");
        seen.push(row.settings.kind());
    }
    assert!(seen.contains(&"two-layer") && seen.contains(&"mlp"));
}

fn floats(settings: NetworkSettings, picture: [usize; 3]) -> usize {
    let interface = Interface {
        inputs: InputShape::Picture(picture),
        outputs: 10,
    };
    let network = settings.template::<Single>(interface, &Default::default());
    network.layout().floats()
}

#[test]
fn the_standard_networks_have_the_literatures_numbers_of_parameters() {
    let convnet = || NetworkSettings::ConvNet(ConvNet::default());
    assert_eq!(floats(convnet(), [3, 32, 32]), 320_010);
    assert_eq!(floats(convnet(), [1, 28, 28]), 317_706);

    // Convolutions 6·(25 + 1) and 16·(6·25 + 1), linear layers of 400, 120 and 84 inputs.
    let grey = 6 * 26 + 16 * 151 + 401 * 120 + 121 * 84 + 85 * 10;
    assert_eq!(grey, 61_706);
    let lenet = || NetworkSettings::LeNet(LeNet::default());
    assert_eq!(floats(lenet(), [1, 32, 32]), grey);
    assert_eq!(floats(lenet(), [1, 28, 28]), grey);
    assert_eq!(floats(lenet(), [3, 32, 32]), grey + 6 * 50);

    // Convolutions with bias, scale and shift of 3→64→128→256→256→512→512→512→512 channels, then 512→10.
    let pairs = [
        (3, 64),
        (64, 128),
        (128, 256),
        (256, 256),
        (256, 512),
        (512, 512),
        (512, 512),
        (512, 512),
    ];
    let blocks: usize = pairs.iter().map(|(from, to)| to * (9 * from + 3)).sum();
    assert_eq!(blocks + 513 * 10, 9_231_114);
    let vgg11 = || NetworkSettings::Vgg11(Vgg11::default());
    assert_eq!(floats(vgg11(), [3, 32, 32]), 9_231_114);
    assert_eq!(floats(vgg11(), [1, 28, 28]), 9_231_114 - 64 * 18);

    // No biases but the readout's. 3×3 kernels: the stem's 3·64, four of 64·64, and in each later
    // stage of c channels (c/2)·c and three of c·c; 1×1 kernels (c/2)·c. Scales and shifts: 5 layers of
    // 64 channels, and 5 in each later stage. 512→10.
    let stage = |c: usize| 9 * (c / 2 * c + 3 * c * c) + c / 2 * c + 2 * 5 * c;
    let stem = 9 * (3 * 64 + 4 * 64 * 64) + 2 * 5 * 64;
    let sum = stem + stage(128) + stage(256) + stage(512) + 513 * 10;
    assert_eq!(sum, 11_173_962);
    let resnet18 = || NetworkSettings::ResNet18(ResNet18::default());
    assert_eq!(floats(resnet18(), [3, 32, 32]), sum);
    assert_eq!(floats(resnet18(), [1, 28, 28]), sum - 9 * 2 * 64);
}

/// The most outputs that a network for pictures is built for, by the number of weights that it really
/// has, are the most that it accepts.
#[test]
fn weights_are_counted_before_they_are_made() {
    let pictures = |row: &NetworkRow| matches!(row.inputs, InputShape::Picture(_));
    for row in networks().into_iter().filter(pictures) {
        let interface = |outputs| Interface {
            inputs: row.inputs,
            outputs,
        };
        let network = row
            .settings
            .template::<Double>(interface(3), &Default::default());
        let position = network.layout().position("readout.weight").unwrap();
        let an_output = network.layout().slots()[position].shape[0] + 1;
        let others = network.layout().floats() - 3 * an_output;
        let most = (MOST_WEIGHTS - others) / an_output;
        let accepts = |outputs| row.settings.check_interface(interface(outputs)).is_ok();
        assert!(accepts(most) && !accepts(most + 1), "{row:?}");
    }
}

/// methods.md, section 2.0: PyTorch's default initialisation, from U(±1/√fan_in).
#[test]
fn the_standard_convnet_starts_as_in_the_literature() {
    use retort_core::network::convnet::ConvNet;
    let interface = Interface {
        inputs: InputShape::Picture([3, 32, 32]),
        outputs: 10,
    };
    let network = NetworkSettings::ConvNet(ConvNet::default());
    let network = network.template::<Single>(interface, &Default::default());
    let weights = network.fresh(&Seed::new(18));
    let slots = network.layout().slots().iter().zip(weights.tensors());
    for (slot, tensor) in slots {
        let values = numbers(tensor);
        let constant = match slot.name.as_str() {
            name if name.ends_with(".scale") => Some(1.0),
            name if name.ends_with(".shift") => Some(0.0),
            _ => None,
        };
        if let Some(constant) = constant {
            assert!(values.iter().all(|value| *value == constant), "{slot:?}");
            continue;
        }
        let fan_in: f64 = match slot.name.as_str() {
            name if name.starts_with("convolutions.0") => 27.0,
            name if name.starts_with("convolutions") => 1152.0,
            _ => 2048.0,
        };
        let bound = 1.0 / fan_in.sqrt();
        let largest = values
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()));
        assert!(
            largest <= bound * (1.0 + 1e-6),
            "{slot:?}: {largest} and {bound}"
        );
        // Of that many numbers the largest is near the bound, and their spread is bound/√3.
        if values.len() > 1000 {
            assert!(largest > 0.99 * bound, "{slot:?}: {largest} and {bound}");
            let spread = (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt();
            assert!(
                (spread * 3.0_f64.sqrt() / bound - 1.0).abs() < 0.05,
                "{slot:?}: {spread}"
            );
        }
    }
}

/// Grey 28×28 in a border of 2 is what the field's first convolution with padding 3 sees.
#[test]
fn small_pictures_have_a_border_of_zeros_on_all_sides() {
    use retort_core::network::convnet::ConvNet;
    let convnet = |side| {
        let interface = Interface {
            inputs: InputShape::Picture([1, side, side]),
            outputs: 3,
        };
        let settings = NetworkSettings::ConvNet(ConvNet {
            width: 4,
            ..ConvNet::default()
        });
        settings.template::<Double>(interface, &Default::default())
    };
    let (small, large) = (convnet(28), convnet(32));
    let weights = small.fresh(&Seed::new(19));
    let pictures = normal_matrix::<Double>([3, 28 * 28], &Seed::new(20));
    let values = numbers(&pictures);
    let mut framed = vec![0.0; 3 * 32 * 32];
    for (place, value) in values.iter().enumerate() {
        let (picture, pixel) = (place / (28 * 28), place % (28 * 28));
        let (row, column) = (pixel / 28 + 2, pixel % 28 + 2);
        framed[picture * 32 * 32 + row * 32 + column] = *value;
    }
    let seen = Forward::<Double>::forward(small.as_ref(), &weights, pictures).outputs;
    let framed = tensor(&framed, [3, 32 * 32]);
    let expected = Forward::<Double>::forward(large.as_ref(), &weights, framed).outputs;
    assert_eq!(numbers(&seen), numbers(&expected));
}
