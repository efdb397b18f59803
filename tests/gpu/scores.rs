//! Short runs on the device reach the scores that they reach on the CPU.

use burn_ndarray::NdArray;
use retort_core::distill::{Distiller, Silent};
use retort_core::evaluate::evaluate;
use retort_core::kernel::Kernels;
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::task::Resident;

use crate::numbers::Single;

const MULTI_INDEX: &str = r#"
task = { kind = "multi-index", dim = 32, rank = 2, samples = 2000 }
network = { kind = "two-layer", width = 64 }
synthetic = { points = 8, initial = "normal", spread = 0.01, labels = 64, reference = { spread = 1.5 } }
distill = { steps = [60, 120], learning_rate = 0.05, batch = [0, 512] }
evaluate = { protocol = "feature-step", runs = 2 }
[[objective]]
kind = "gradient-matching"
learn = ["inputs", "targets"]
parameters = ["hidden.weight"]
[[objective]]
kind = "readout-matching"
"#;

const DIGITS: &str = r#"
task = { kind = "digits" }
network = { kind = "mlp", width = 32, depth = 1 }
objective = { kind = "performance-matching", unroll = 8 }
synthetic = { per_class = 1 }
distill = { steps = 60, learning_rate = 0.05 }
evaluate = { steps = 60, runs = 2, learning_rates = [0.1] }
"#;

/// Mean scores by name.
fn scores<B: Kernels>(settings: &str) -> Vec<(String, f64)> {
    let settings = Settings::read(&settings.parse().unwrap()).unwrap();
    let (seed, device) = (Seed::new(3), B::Device::default());
    let task = settings.task.source().load(&seed).unwrap();
    let resident = Resident::<B>::new(&task, &device);
    let network = settings.network.template::<B>(task.interface(), &device);
    let distiller = Distiller::new(settings.recipe().unwrap(), &resident, &*network, &seed);
    let start = distiller.start().unwrap();
    let set = distiller.run(start, &mut Silent).unwrap().set;
    let evaluation = evaluate(
        &settings.evaluate,
        &settings.augment,
        &resident,
        &*network,
        &set,
        &seed,
        &mut |_, _| {},
    );
    let scores = evaluation.unwrap().scores.into_iter();
    scores.map(|(name, score)| (name, score.mean)).collect()
}

/// Rounding goes its own way through hundreds of steps, so scores are not equal.
fn compare(settings: &str, bound: f64) {
    let (device, cpu) = (scores::<Single>(settings), scores::<NdArray>(settings));
    assert!(device.iter().any(|(name, _)| name == "distilled"));
    for ((name, found), (same, expected)) in device.iter().zip(&cpu) {
        assert_eq!(name, same);
        let error = (found - expected).abs() / expected;
        assert!(error < bound, "{name}: {found} and {expected} on the CPU");
    }
}

#[test]
fn of_multi_index() {
    compare(MULTI_INDEX, 0.05);
}

#[test]
fn of_digits() {
    compare(DIGITS, 0.05);
}
