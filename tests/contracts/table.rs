//! One row for each network and each objective that the contracts are checked for.

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use retort_core::inner::{OptimiserKind, RowKernel};
use retort_core::network::activation::Activation;
use retort_core::network::convnet::ConvNet;
use retort_core::network::lenet::LeNet;
use retort_core::network::mlp::Mlp;
use retort_core::network::norm::Norm;
use retort_core::network::pooling::Pooling;
use retort_core::network::resnet18::ResNet18;
use retort_core::network::two_layer::TwoLayer;
use retort_core::network::vgg11::Vgg11;
use retort_core::network::{AnyNetwork, NetworkSettings};
use retort_core::objective::{
    Average, Distance, DistributionMatching, GradientMatching, KernelInducingPoints, KernelLoss,
    KernelRegression, Member, NeighbourCompression, ObjectiveSettings, PerformanceMatching,
    ReadoutMatching, StepSizes, TrajectoryMatching,
};
use retort_core::shape::InputShape;
use retort_core::synthetic::Part;

use crate::precision::{DOUBLE, EVERY_PAIR, chosen};

/// A network to check.
#[derive(Debug)]
pub struct NetworkRow {
    pub settings: NetworkSettings,
    /// The inputs it is built for.
    pub inputs: InputShape,
    /// Whether it has no kinks, so that central differences of it mean something.
    pub smooth: bool,
    /// Whether a few objectives and short unrolls are enough: every step through it is slow, or it is
    /// made as another one is.
    pub brief: bool,
}

/// An objective to check.
#[derive(Debug)]
pub struct ObjectiveRow {
    pub name: &'static str,
    pub settings: ObjectiveSettings,
}

impl ObjectiveRow {
    /// Whether single precision says little of its gradient: the first steps of Adam are the signs of the
    /// gradients, whose derivative is a difference of nearly equal numbers.
    pub fn wants_double(&self) -> bool {
        let through_adam = |it: &PerformanceMatching| it.inner_optimiser == OptimiserKind::Adam;
        self.settings.downcast_ref().is_some_and(through_adam)
    }

    /// Whether the objective can work with that network; see
    /// `only_the_feature_step_refuses_a_network`.
    pub fn suits<B: Backend>(&self, network: &dyn AnyNetwork<B>) -> bool {
        self.settings
            .objective::<B>()
            .unwrap()
            .fits(network)
            .is_ok()
    }
}

const VECTOR: InputShape = InputShape::Vector(5);

const PICTURE: InputShape = InputShape::Picture([2, 6, 7]);

/// The networks to check, those with kinks too.
pub fn networks() -> Vec<NetworkRow> {
    chosen(rows())
}

/// All networks.
fn rows() -> Vec<NetworkRow> {
    use Activation::{Gelu, LeakyRelu, Relu, Sigmoid, Softplus, Swish, Tanh};
    let smooth = |activation| !matches!(activation, Relu | LeakyRelu);
    let two_layer = |width, activation| NetworkRow {
        settings: NetworkSettings::TwoLayer(TwoLayer { width, activation }),
        inputs: VECTOR,
        smooth: smooth(activation),
        brief: false,
    };
    let mlp = |widths: &[usize], activation| NetworkRow {
        settings: NetworkSettings::Mlp(Mlp {
            widths: widths.to_vec(),
            activation,
            ..Mlp::default()
        }),
        inputs: VECTOR,
        smooth: smooth(activation),
        brief: false,
    };
    let picture = |settings, activation| NetworkRow {
        settings,
        inputs: PICTURE,
        smooth: smooth(activation),
        brief: false,
    };
    let convnet = |depth, activation| {
        let settings = ConvNet {
            width: 3,
            depth,
            activation,
            ..ConvNet::default()
        };
        picture(NetworkSettings::ConvNet(settings), activation)
    };
    let brief = |settings, activation| NetworkRow {
        brief: true,
        ..picture(settings, activation)
    };
    let variant = |width, depth, activation, norm, pooling| {
        let settings = ConvNet {
            width,
            depth,
            activation,
            norm,
            pooling,
            ..ConvNet::default()
        };
        brief(NetworkSettings::ConvNet(settings), activation)
    };
    let growing = |activation| {
        let settings = ConvNet {
            width: 2,
            growth: 2,
            depth: 2,
            activation,
            ..ConvNet::default()
        };
        brief(NetworkSettings::ConvNet(settings), activation)
    };
    let lenet = |activation| brief(NetworkSettings::LeNet(LeNet { activation }), activation);
    let width = 1;
    let vgg11 = |activation| {
        let settings = Vgg11 { width, activation };
        brief(NetworkSettings::Vgg11(settings), activation)
    };
    let resnet18 = |activation| {
        let settings = ResNet18 { width, activation };
        brief(NetworkSettings::ResNet18(settings), activation)
    };
    vec![
        two_layer(8, Tanh),
        two_layer(6, Softplus),
        two_layer(8, Gelu),
        two_layer(8, Relu),
        mlp(&[7], Softplus),
        mlp(&[6, 4], Tanh),
        mlp(&[4, 5], Gelu),
        mlp(&[8, 6], Relu),
        convnet(1, Tanh),
        convnet(2, Softplus),
        convnet(2, Relu),
        variant(3, 1, Swish, Norm::None, Pooling::Average),
        variant(8, 2, Softplus, Norm::Group, Pooling::Strided),
        variant(2, 1, Tanh, Norm::Layer, Pooling::None),
        variant(3, 1, Sigmoid, Norm::Instance, Pooling::Strided),
        variant(4, 2, LeakyRelu, Norm::None, Pooling::Strided),
        growing(Tanh),
        lenet(Tanh),
        lenet(Relu),
        vgg11(Tanh),
        vgg11(Relu),
        resnet18(Softplus),
        resnet18(Relu),
    ]
}

/// The networks that central differences are taken of.
pub fn smooth_networks() -> impl Iterator<Item = NetworkRow> {
    networks().into_iter().filter(|row| row.smooth)
}

/// All objectives, in the settings that change how a gradient is formed.
pub fn objectives() -> Vec<ObjectiveRow> {
    use Distance::{Cosine, LayerwiseCosine, RelativeSquared, Squared};
    use Part::{Inputs, Labels, StepSizes as Sizes, Targets};
    let gradient = |name, learn: &[Part], distance, by_class, life| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(GradientMatching {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            distance,
            by_class,
            life,
            ageing_steps: 3,
            ageing_rate: 0.1,
            ..GradientMatching::default()
        }),
    };
    let performance = |name, learn: &[Part], step_sizes, inner_momentum| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(PerformanceMatching {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            unroll: 4,
            step_size: 0.3,
            step_sizes,
            inner_momentum,
            ..PerformanceMatching::default()
        }),
    };
    let in_parts = |name, inner_optimiser, parts| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(PerformanceMatching {
            learn: BTreeSet::from([Inputs, Targets, Sizes]),
            unroll: 5,
            step_size: 0.02,
            step_sizes: StepSizes::PerStep,
            inner_optimiser,
            inner_momentum: 0.9,
            parts,
            ..PerformanceMatching::default()
        }),
    };
    let trajectory = |name, learn: &[Part], parts| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(TrajectoryMatching {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            unroll: 4,
            step_size: 0.3,
            parts,
            ..TrajectoryMatching::default()
        }),
    };
    let distribution = |name, by_class| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(DistributionMatching {
            by_class,
            ..DistributionMatching::default()
        }),
    };
    let kernel = |name, learn: &[Part], mirrored| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(KernelRegression {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            penalty: 0.1,
            pool: 2,
            life: 4,
            ageing_rate: 0.01,
            mirrored,
        }),
    };
    let kernel_points = |name, learn: &[Part], kernel, width, loss| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(KernelInducingPoints {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            kernel,
            width,
            penalty: 0.1,
            loss,
        }),
    };
    let inducing = |name, learn: &[Part], kernel, width| {
        kernel_points(name, learn, kernel, width, KernelLoss::SquaredError)
    };
    let neighbours = |name, learn: &[Part]| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(NeighbourCompression {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            width: 0.8,
        }),
    };
    let member = |row: ObjectiveRow, weight| Member {
        method: row.settings.shared(),
        weight,
    };
    let average = |name, members| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(Average { members }),
    };
    let readout = |name, learn: &[Part], closed_form| ObjectiveRow {
        name,
        settings: ObjectiveSettings::new(ReadoutMatching {
            learn: BTreeSet::from_iter(learn.iter().copied()),
            closed_form,
        }),
    };
    let points = [Inputs, Targets];
    vec![
        gradient("squared", &points, Squared, false, 1),
        gradient("squared by class", &points, Squared, true, 1),
        gradient("relative", &points, RelativeSquared, false, 1),
        gradient(
            "relative by class, ageing",
            &[Inputs],
            RelativeSquared,
            true,
            3,
        ),
        gradient("cosine", &points, Cosine, false, 1),
        gradient("cosine by class", &[Targets], Cosine, true, 1),
        gradient("layer-wise", &points, LayerwiseCosine, false, 1),
        gradient(
            "layer-wise by class, ageing",
            &points,
            LayerwiseCosine,
            true,
            3,
        ),
        distribution("distributions", false),
        distribution("distributions by class", true),
        performance("one size", &[Inputs, Targets, Sizes], StepSizes::One, 0.0),
        performance("one size, momentum", &[Inputs, Sizes], StepSizes::One, 0.8),
        performance("size a step", &[Targets, Sizes], StepSizes::PerStep, 0.0),
        performance(
            "size a step, momentum",
            &[Inputs, Targets, Sizes],
            StepSizes::PerStep,
            0.8,
        ),
        in_parts("in parts", OptimiserKind::Sgd, 2),
        in_parts("through Adam", OptimiserKind::Adam, 1),
        trajectory("trajectory", &[Inputs, Sizes], 1),
        trajectory("trajectory, in parts", &[Inputs, Targets, Sizes], 3),
        kernel("kernel", &points, false),
        kernel("kernel, targets", &[Targets], false),
        kernel("kernel, mirrored", &points, true),
        inducing("Laplace kernel", &points, RowKernel::Laplace, 0.7),
        inducing("Gaussian kernel", &points, RowKernel::Gaussian, 1.0),
        inducing("linear kernel", &[Inputs], RowKernel::Linear, 1.0),
        kernel_points(
            "tangent kernel",
            &points,
            RowKernel::NeuralTangent,
            1.0,
            KernelLoss::CrossEntropy,
        ),
        neighbours("neighbours", &points),
        average(
            "average",
            vec![
                member(neighbours("", &[Inputs]), 0.5),
                member(inducing("", &[Inputs], RowKernel::Laplace, 0.7), 2.0),
                member(distribution("", true), 1.0),
            ],
        ),
        readout("labels", &[Labels], false),
        readout("labels and targets", &[Labels, Targets], false),
        readout("labels in closed form", &[Labels], true),
    ]
}

/// The objectives to check with that network: all, or the first of each kind that trains no network.
pub fn objectives_for(network: &NetworkRow) -> Vec<ObjectiveRow> {
    let mut rows = objectives();
    if network.brief {
        let mut seen = BTreeSet::from(["performance-matching", "trajectory-matching"]);
        rows.retain(|row| seen.insert(row.settings.kind()));
    }
    rows.retain(|row| DOUBLE || !row.wants_double());
    rows
}

#[test]
fn every_registered_kind_has_a_row() {
    for kind in NetworkSettings::KINDS {
        assert!(
            rows().iter().any(|row| row.settings.kind() == *kind),
            "network {kind}"
        );
    }
    for kind in ObjectiveSettings::kinds() {
        let rows = objectives();
        assert!(
            rows.iter().any(|row| row.settings.kind() == kind),
            "objective {kind}"
        );
    }
}

/// The objectives to check through a network: all, or those that were not checked through another one, and at least one.
pub fn new_to_check(
    rows: Vec<ObjectiveRow>,
    checked: &mut BTreeSet<&'static str>,
) -> Vec<ObjectiveRow> {
    if EVERY_PAIR {
        return rows;
    }
    let (mut new, old): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| checked.insert(row.name));
    if new.is_empty() {
        new.extend(old.into_iter().next());
    }
    new
}
