//! Networks of an evaluation in parallel, and the work they share.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{ThreadId, current};

use burn::tensor::Tensor;
use burn_flex::Flex;

use super::tests::{CLASSES, VALUES, short};
use super::*;
use crate::inner::lanes;
use crate::kernel::Grain;
use crate::network::AnyNetwork;
use crate::network::{FeatureLayer, Forward, Layout, Output, Weights};
use crate::run::Settings;
use crate::seed::Seed;
use crate::shape::Interface;
use crate::synthetic::initial;
use crate::tape::{Tape, Twice};
use crate::task::Resident;

/// A network with another grain, which counts its use.
#[derive(Debug)]
struct Watched<'a> {
    network: &'a dyn AnyNetwork<Flex>,
    grain: Grain,
    /// Threads on which fresh networks were made.
    threads: Mutex<HashSet<ThreadId>>,
    /// Number of rows in forward passes without a tape.
    rows: AtomicUsize,
}

impl Forward<Flex> for Watched<'_> {
    fn forward(&self, weights: &Weights<Flex>, inputs: Tensor<Flex, 2>) -> Output<Flex> {
        self.rows.fetch_add(inputs.dims()[0], Ordering::Relaxed);
        Forward::<Flex>::forward(self.network, weights, inputs)
    }
}

impl Forward<Tape<Flex>> for Watched<'_> {
    fn forward(
        &self,
        weights: &Weights<Tape<Flex>>,
        inputs: Tensor<Tape<Flex>, 2>,
    ) -> Output<Tape<Flex>> {
        Forward::<Tape<Flex>>::forward(self.network, weights, inputs)
    }
}

impl Forward<Twice<Flex>> for Watched<'_> {
    fn forward(
        &self,
        weights: &Weights<Twice<Flex>>,
        inputs: Tensor<Twice<Flex>, 2>,
    ) -> Output<Twice<Flex>> {
        Forward::<Twice<Flex>>::forward(self.network, weights, inputs)
    }
}

impl AnyNetwork<Flex> for Watched<'_> {
    fn layout(&self) -> &Arc<Layout> {
        self.network.layout()
    }

    fn interface(&self) -> Interface {
        self.network.interface()
    }

    fn fresh(&self, seed: &Seed) -> Weights<Flex> {
        self.threads.lock().unwrap().insert(current().id());
        self.network.fresh(seed)
    }

    fn feature_layer(&self) -> Option<FeatureLayer> {
        self.network.feature_layer()
    }

    fn unused(&self) -> Vec<usize> {
        self.network.unused()
    }

    fn activations(&self) -> usize {
        self.network.activations()
    }

    fn tape_copies(&self) -> usize {
        self.network.tape_copies()
    }

    fn grain(&self) -> Grain {
        self.grain
    }

    fn device(&self) -> &burn_flex::FlexDevice {
        self.network.device()
    }
}

/// The evaluation of the initial set of a distillation with this grain; whether networks ran in lanes, and
/// the number of rows in forward passes without a tape.
fn watched(scene: &str, section: &str, grain: Grain) -> (Evaluation, bool, usize) {
    let text = format!("{scene}evaluate = {{ {} }}", short(section));
    let settings = Settings::read(&text.parse().unwrap()).unwrap();
    let seed = Seed::new(0);
    let task = settings.task.source().load(&seed).unwrap();
    let device = Default::default();
    let resident = Resident::<Flex>::new(&task, &device);
    let network = settings.network.template(task.interface(), &device);
    let network = Watched {
        network: &*network,
        grain,
        threads: Mutex::default(),
        rows: AtomicUsize::new(0),
    };
    let set = initial::<Flex>(&settings.synthetic, task.training(), &seed, &device).unwrap();
    let mut names = Vec::new();
    let found = evaluate(
        &settings.evaluate,
        &settings.augment,
        &resident,
        &network,
        &set,
        &seed,
        &mut |name, _| names.push(name.to_owned()),
    );
    let found = found.unwrap();
    let in_order = found.scores.iter().map(|(name, _)| name);
    assert!(in_order.eq(&names), "{names:?}");
    let threads = network.threads.into_inner().unwrap();
    let in_lanes = threads.iter().any(|thread| *thread != current().id());
    (found, in_lanes, network.rows.into_inner())
}

#[test]
fn networks_in_parallel_have_the_scores_of_networks_in_sequence() {
    let one_by_one = Grain {
        side_by_side: false,
        ..Grain::CACHE
    };
    let pictures = CLASSES.replace(
        "kind = \"two-layer\", width = 12",
        "kind = \"convnet\", width = 8, depth = 2",
    );
    let flips = format!("{pictures}augment = {{ operations = [\"crop\", \"scale\"] }}\n");
    let dependent = VALUES.replace("width = 12", "width = 300");
    for (scene, section) in [
        (CLASSES, "runs = 5, learning_rates = [0.1, 0.01, 1e30]"),
        (CLASSES, "runs = 3, full_runs = 1, protocol = \"quick\""),
        (CLASSES, "runs = 4, protocol = \"feature-step\""),
        (VALUES, "runs = 5, protocol = \"feature-step\""),
        (VALUES, "runs = 1, full_runs = 1"),
        // Here three baselines have no score.
        (
            &dependent,
            "runs = 3, protocol = \"feature-step\", penalties = [1e-30]",
        ),
        (&flips, "runs = 3, batch = 64"),
    ] {
        let (expected, in_lanes, _) = watched(scene, section, one_by_one);
        assert!(!in_lanes);
        let (found, in_lanes, _) = watched(scene, section, Grain::CACHE);
        assert_eq!(found, expected, "{section}");
        // With many lanes there are too few networks to fill them, as with one network of each candidate.
        if (2..=8).contains(&lanes::count(Grain::CACHE)) && !section.starts_with("runs = 1,") {
            assert!(in_lanes, "{section}");
        }
    }
}

#[test]
fn features_are_computed_once_for_all_penalties() {
    let rows = |penalties: &str| {
        let section = format!("runs = 2, protocol = \"feature-step\", penalties = {penalties}");
        watched(VALUES, &section, Grain::CACHE).2
    };
    assert_eq!(rows("[1e-2]"), rows("[1e-4, 1e-3, 1e-2, 1e-1, 1.0]"));
}
