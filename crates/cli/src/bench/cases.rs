//! The cases. Those of the reference benchmark have its sizes.

use retort_core::shape::InputShape;

use super::data::Data;

/// A fixed piece of work to time.
#[derive(Debug)]
pub struct Case {
    /// Name of the case.
    pub name: &'static str,
    /// Description in one line.
    pub description: &'static str,
    /// The work that is timed.
    pub(super) work: Work,
    /// The data of the work.
    pub(super) data: Data,
    /// Settings shared with other cases.
    pub(super) shared: &'static str,
    /// The case's own settings, put over the shared ones.
    pub(super) settings: &'static str,
    /// Whether the case is so large that it is timed only on request.
    pub large: bool,
}

/// The work that is timed in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// The outer gradient of one step.
    OuterGradient,
    /// The training steps of one epoch on the real data, as in an evaluation.
    Epoch,
}

impl Work {
    /// The settings that the work reads: whole keys, or their first parts.
    pub(super) fn reads(self) -> &'static [&'static str] {
        match self {
            Self::OuterGradient => &["network", "objective", "synthetic", "distill.batch"],
            Self::Epoch => &[
                "network",
                "evaluate.steps",
                "evaluate.batch",
                "evaluate.learning_rates",
                "evaluate.schedule",
                "evaluate.optimiser",
                "evaluate.momentum",
                "evaluate.weight_decay",
            ],
        }
    }
}

/// Vectors with one real target.
const VECTORS: Data = Data {
    inputs: InputShape::Vector(512),
    classes: 0,
    rows: 8192,
};

/// Vectors for a GPU. 2¹⁸ rows would be 2 GiB, one byte more than wgpu allows for a buffer.
const MANY_VECTORS: Data = Data {
    inputs: InputShape::Vector(2048),
    classes: 0,
    rows: (1 << 18) - 8,
};

/// Pictures of MNIST's size.
const GREY: Data = Data {
    inputs: InputShape::Picture([1, 28, 28]),
    classes: 10,
    rows: 1000,
};

/// Pictures of CIFAR's size.
const COLOUR: Data = Data {
    inputs: InputShape::Picture([3, 32, 32]),
    classes: 10,
    rows: 640,
};

/// Lowest layer of every case's settings. The task is a placeholder: a case has its own data, which no
/// settings describe.
pub(super) const ALL: &str = r#"
    task = { kind = "digits" }
    synthetic = { initial = "normal" }
"#;

/// Two layers with any weights. The theory's network would start mirrored, see `two-layer-mirrored`.
const TWO_LAYER: &str = r#"
    network = { kind = "mlp", width = 1024, depth = 1 }
    synthetic = { points = 64 }
    distill = { batch = 0 }
    [objective]
    kind = "gradient-matching"
    learn = ["inputs", "targets"]
    distance = "squared"
    parameters = ["hidden.0.weight"]
    life = 1000000
"#;

const CONVNET: &str = r#"
    network = { kind = "convnet" }
    synthetic = { per_class = 1 }
"#;

const UNROLLED_MLP: &str = r#"
    network = { kind = "mlp", width = 128, depth = 2 }
    synthetic = { per_class = 10 }
    distill = { batch = 256 }
    objective = { kind = "performance-matching" }
"#;

/// All cases.
pub const CASES: [Case; 9] = [
    Case {
        name: "two-layer",
        description: "one outer step of gradient matching: d 512, width 1024, 8192 real rows, 64 points",
        work: Work::OuterGradient,
        data: VECTORS,
        shared: TWO_LAYER,
        settings: "",
        large: false,
    },
    Case {
        name: "two-layer-mirrored",
        description: "the same step with the theory's network, whose neurons mirror each other so that f = 0",
        work: Work::OuterGradient,
        data: VECTORS,
        shared: TWO_LAYER,
        settings: r#"
            network = { kind = "two-layer", width = 1024 }
            objective = { parameters = ["hidden.weight"] }
        "#,
        large: false,
    },
    Case {
        name: "dc-iteration",
        description: "one outer step of gradient matching through a ConvNet: 10 classes of 64 real pictures 3x32x32 and 1 point",
        work: Work::OuterGradient,
        data: COLOUR,
        shared: CONVNET,
        settings: r#"
            distill = { batch = 64 }
            [objective]
            kind = "gradient-matching"
            distance = "layerwise-cosine"
            life = 1000000
        "#,
        large: false,
    },
    Case {
        name: "unroll",
        description: "hypergradient through 10 steps of a ConvNet on 10 points; outer loss on 256 pictures",
        work: Work::OuterGradient,
        data: COLOUR,
        shared: CONVNET,
        settings: r#"
            distill = { batch = 256 }
            [objective]
            kind = "performance-matching"
            learn = ["inputs"]
            unroll = 10
            step_size = 0.01
        "#,
        large: false,
    },
    Case {
        name: "dm-iteration",
        description: "one outer step of distribution matching through a ConvNet: 10 classes of 64 real pictures and 10 points",
        work: Work::OuterGradient,
        data: COLOUR,
        shared: CONVNET,
        settings: r#"
            synthetic = { per_class = 10 }
            distill = { batch = 64 }
            objective = { kind = "distribution-matching" }
        "#,
        large: false,
    },
    Case {
        name: "train-epoch",
        description: "10 training steps of a ConvNet on 64 pictures each, with momentum and weight decay",
        work: Work::Epoch,
        data: COLOUR,
        shared: CONVNET,
        settings: r#"
            objective = { kind = "distribution-matching" }
            [evaluate]
            steps = 10
            batch = 64
            learning_rates = [0.01]
            schedule = "constant"
            optimiser = "sgd"
            momentum = 0.9
            weight_decay = 0.0005
        "#,
        large: false,
    },
    Case {
        name: "unroll-mlp-10",
        description: "hypergradient through 10 steps of an MLP 784-128-128-10 on 100 points",
        work: Work::OuterGradient,
        data: GREY,
        shared: UNROLLED_MLP,
        settings: "objective = { unroll = 10 }",
        large: false,
    },
    Case {
        name: "unroll-mlp-100",
        description: "the same through 100 steps; compare the peak memory of two processes",
        work: Work::OuterGradient,
        data: GREY,
        shared: UNROLLED_MLP,
        settings: "objective = { unroll = 100 }",
        large: false,
    },
    Case {
        name: "two-layer-large",
        description: "the step of two-layer with d 2048, width 8192, 262,136 real rows, 64 points; 2 GiB of data",
        work: Work::OuterGradient,
        data: MANY_VECTORS,
        shared: TWO_LAYER,
        settings: "network = { width = 8192 }",
        large: true,
    },
];
