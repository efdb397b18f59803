//! The cases: sizes as in the reference benchmark where it has the case too.

use ndarray::Array2;
use retort_core::seed::Seed;
use retort_core::task::{InputShape, Normalisation, Split, Target, Task};

/// A piece of work.
#[derive(Debug)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What is timed.
    pub(super) work: Work,
    /// Network, objective and set.
    pub(super) settings: &'static str,
    /// The data.
    pub(super) task: fn(&Seed) -> Task,
    /// Whether its network's width can be chosen.
    pub(super) any_width: bool,
}

/// What is timed of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// An outer step's signal.
    Signal,
    /// The training steps of one epoch on the real data, as evaluation takes them.
    Epoch,
}

/// All cases.
pub const CASES: [Case; 7] = [
    Case {
        name: "two-layer",
        description: "one outer step of gradient matching: d 512, width 1024, 8192 real rows, 64 points",
        work: Work::Signal,
        settings: r#"
            task = { kind = "multi-index" }
            network = { kind = "two-layer", width = 1024 }
            synthetic = { points = 64, initial = "normal" }
            distill = { batch = 0 }
            [objective]
            kind = "gradient-matching"
            learn = ["inputs", "targets"]
            distance = "squared"
            parameters = ["hidden.weight"]
            life = 1000000
        "#,
        task: two_layer,
        any_width: false,
    },
    Case {
        name: "dc-iteration",
        description: "one outer step of gradient matching through a ConvNet: 10 classes of 64 real pictures 3x32x32 and 1 point",
        work: Work::Signal,
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "convnet" }
            synthetic = { per_class = 1, initial = "normal" }
            distill = { batch = 64 }
            [objective]
            kind = "gradient-matching"
            distance = "layerwise-cosine"
            life = 1000000
        "#,
        task: colour_pictures,
        any_width: true,
    },
    Case {
        name: "unroll",
        description: "hypergradient through 10 steps of a ConvNet on 10 points; outer loss on 256 pictures",
        work: Work::Signal,
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "convnet" }
            synthetic = { per_class = 1, initial = "normal" }
            distill = { batch = 256 }
            [objective]
            kind = "performance-matching"
            learn = ["inputs"]
            unroll = 10
            step_size = 0.01
        "#,
        task: colour_pictures,
        any_width: true,
    },
    Case {
        name: "dm-iteration",
        description: "one outer step of distribution matching through a ConvNet: 10 classes of 64 real pictures and 10 points",
        work: Work::Signal,
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "convnet" }
            synthetic = { per_class = 10, initial = "normal" }
            distill = { batch = 64 }
            objective = { kind = "distribution-matching" }
        "#,
        task: colour_pictures,
        any_width: true,
    },
    Case {
        name: "train-epoch",
        description: "10 training steps of a ConvNet on 64 pictures each, with momentum and weight decay",
        work: Work::Epoch,
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "convnet" }
            synthetic = { per_class = 1, initial = "normal" }
            objective = { kind = "distribution-matching" }
            evaluate = { steps = 10, batch = 64, learning_rates = [0.01], schedule = "constant" }
        "#,
        task: colour_pictures,
        any_width: true,
    },
    Case {
        name: "unroll-mlp-10",
        description: "hypergradient through 10 steps of an MLP 784-128-128-10 on 100 points",
        work: Work::Signal,
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "mlp", width = 128, depth = 2 }
            synthetic = { per_class = 10, initial = "normal" }
            distill = { batch = 256 }
            objective = { kind = "performance-matching", unroll = 10 }
        "#,
        task: grey_pictures,
        any_width: false,
    },
    Case {
        name: "unroll-mlp-100",
        description: "the same through 100 steps; compare the peak memory of two processes",
        work: Work::Signal,
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "mlp", width = 128, depth = 2 }
            synthetic = { per_class = 10, initial = "normal" }
            distill = { batch = 256 }
            objective = { kind = "performance-matching", unroll = 100 }
        "#,
        task: grey_pictures,
        any_width: false,
    },
];

fn two_layer(seed: &Seed) -> Task {
    let mut stream = seed.child("data").stream();
    let mut rows = |n| Split::values(stream.normal_matrix(n, 512), stream.normal_matrix(n, 1));
    let (train, validation, test) = (rows(8192), rows(1), rows(1));
    task(
        InputShape::Vector(512),
        Target::Values(vec!["y".to_owned()]),
        [train, validation, test],
    )
}

fn grey_pictures(seed: &Seed) -> Task {
    pictures(seed, [1, 28, 28], 1000)
}

fn colour_pictures(seed: &Seed) -> Task {
    pictures(seed, [3, 32, 32], 640)
}

fn pictures(seed: &Seed, sides: [usize; 3], count: usize) -> Task {
    let inputs = InputShape::Picture(sides);
    let mut stream = seed.child("data").stream();
    let mut rows = |n: usize| {
        let inputs: Array2<f32> = stream.normal_matrix(n, inputs.len());
        Split::classes(inputs, (0..n).map(|row| row % 10).collect(), 10)
    };
    let (train, validation, test) = (rows(count), rows(10), rows(10));
    let classes = (0..10).map(|class| class.to_string()).collect();
    task(inputs, Target::Classes(classes), [train, validation, test])
}

fn task(inputs: InputShape, target: Target, [train, validation, test]: [Split; 3]) -> Task {
    Task {
        name: "bench".to_owned(),
        train,
        validation,
        test,
        inputs,
        target,
        normalisation: Normalisation::default(),
        linear_part: None,
        subspace: None,
    }
}
