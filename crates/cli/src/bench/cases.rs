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
    /// Network, objective and set.
    pub(super) settings: &'static str,
    /// The data.
    pub(super) task: fn(&Seed) -> Task,
}

/// All cases.
pub const CASES: [Case; 3] = [
    Case {
        name: "two-layer",
        description: "one outer step of gradient matching: d 512, width 1024, 8192 real rows, 64 points",
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
        "#,
        task: two_layer,
    },
    Case {
        name: "unroll-mlp-10",
        description: "hypergradient through 10 steps of an MLP 784-128-128-10 on 100 points",
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "mlp", width = 128, depth = 2 }
            synthetic = { per_class = 10, initial = "normal" }
            distill = { batch = 256 }
            objective = { kind = "performance-matching", unroll = 10 }
        "#,
        task: pictures,
    },
    Case {
        name: "unroll-mlp-100",
        description: "the same through 100 steps; compare the peak memory of two processes",
        settings: r#"
            task = { kind = "digits" }
            network = { kind = "mlp", width = 128, depth = 2 }
            synthetic = { per_class = 10, initial = "normal" }
            distill = { batch = 256 }
            objective = { kind = "performance-matching", unroll = 100 }
        "#,
        task: pictures,
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

fn pictures(seed: &Seed) -> Task {
    let mut stream = seed.child("data").stream();
    let mut rows = |n: usize| {
        let inputs: Array2<f32> = stream.normal_matrix(n, 784);
        Split::classes(inputs, (0..n).map(|row| row % 10).collect(), 10)
    };
    let (train, validation, test) = (rows(1000), rows(10), rows(10));
    let classes = (0..10).map(|class| class.to_string()).collect();
    task(
        InputShape::Vector(784),
        Target::Classes(classes),
        [train, validation, test],
    )
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
