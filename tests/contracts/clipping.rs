//! `distill.clip` bounds the gradient of all learned parts together, and turns it nowhere.

use retort_core::Result;
use retort_core::distill::{Distiller, Observer, Progress, State};
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::SyntheticSet;
use retort_core::task::Resident;

use crate::numbers::{Double, norm, numbers, relative};
use crate::tasks;

const RATE: f64 = 0.5;

/// The norm that steps report.
struct Norm(f64);

impl Observer<Double> for Norm {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        self.0 = progress.gradient_norm;
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<Double>) -> Result<()> {
        Ok(())
    }
}

/// How far one step of plain gradient descent with that bound moves every number of the set, and the
/// gradient norm that it reports.
fn moved(clip: f64) -> (Vec<f64>, f64) {
    let settings = format!(
        r#"
        task = {{ kind = "multi-index" }}
        network = {{ kind = "mlp", width = 6, depth = 2, activation = "tanh" }}
        synthetic = {{ per_class = 2, initial = "normal" }}
        [objective]
        kind = "performance-matching"
        unroll = 3
        learn = ["inputs", "targets", "step-sizes"]
        [distill]
        steps = 1
        learning_rate = {RATE}
        optimiser = "sgd"
        momentum = 0
        schedule = "constant"
        clip = {clip:e}
        "#
    );
    let settings = Settings::read(&settings.parse().unwrap()).unwrap();
    let task = tasks::classification(InputShape::Vector(5));
    let resident = Resident::<Double>::new(&task, &Default::default());
    let network = settings
        .network
        .template(task.interface(), &Default::default());
    let seed = Seed::new(2);
    let distiller = Distiller::new(settings.recipe().unwrap(), &resident, &*network, &seed);
    let start = distiller.start().unwrap();
    let all = |set: &SyntheticSet<Double>| -> Vec<f64> {
        set.parts().values().flat_map(numbers).collect()
    };
    let before = all(&start.set);
    let mut seen = Norm(f64::NAN);
    let end = distiller.run(start, &mut seen).unwrap();
    let moves = all(&end.set)
        .iter()
        .zip(&before)
        .map(|(a, b)| a - b)
        .collect();
    (moves, seen.0)
}

#[test]
fn a_bound_shortens_the_gradient_of_all_parts_together_and_keeps_its_direction() {
    let (free, length) = moved(0.0);
    assert!((norm(&free) / (RATE * length) - 1.0).abs() < 1e-9);
    for share in [0.3, 1e-6] {
        let (bound, reported) = moved(share * length);
        let expected: Vec<f64> = free.iter().map(|number| share * number).collect();
        // What the numbers lose against the points that they are added to.
        let error = relative(&bound, &expected);
        assert!(
            error < 1e-14 / (share * norm(&free)),
            "{share}: {error:.1e}"
        );
        assert_eq!(reported, length, "the norm is that before clipping");
    }
}

#[test]
fn a_bound_that_is_not_reached_changes_nothing() {
    let (free, length) = moved(0.0);
    assert_eq!(moved(1.001 * length), (free, length));
}
