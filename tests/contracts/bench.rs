//! A context and a set for an objective to look at.

use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::augment::NONE;
use retort_core::experts::Trajectories;
use retort_core::inner::Loss;
use retort_core::kernel::Kernels;
use retort_core::network::{AnyNetwork, Weights};
use retort_core::objective::{Context, Objective};
use retort_core::seed::Seed;
use retort_core::synthetic::{
    Initial, Part, ReferenceSettings, SyntheticSet, SyntheticSettings, initial,
};
use retort_core::task::{Task, TrainingRows};

use crate::numbers::{normal_matrix, number};
use crate::table::NetworkRow;

/// Points of the set; two a class.
pub const POINTS: usize = 6;

/// Readout labels of the set.
pub const LABELS: usize = 7;

/// Shows `look` that network on that task; a step sees `batch` rows.
pub fn context<B: Kernels, T>(
    row: &NetworkRow,
    task: &Task,
    batch: usize,
    look: impl FnOnce(&Context<'_, B>) -> T,
) -> T {
    let device = B::Device::default();
    let network = row.settings.template::<B>(task.interface(), &device);
    look(&Context {
        training: &TrainingRows::new(task.training(), &device),
        network: network.as_ref(),
        augmentation: &NONE,
        loss: Loss::of(&task.target),
        batch,
        balanced: false,
        noise: None,
        experts: Some(&Walks(network.as_ref())),
    })
}

/// Experts that go straight from a fresh start into a direction drawn for each.
#[derive(Debug)]
pub struct Walks<'a, B: Backend>(pub &'a dyn AnyNetwork<B>);

impl<B: Backend> Trajectories<B> for Walks<'_, B> {
    fn weights(&self, expert: usize, epoch: usize) -> Result<Weights<B>> {
        let seed = Seed::new(60).indexed("expert", expert as u64);
        let start = self.0.fresh(&seed.child("start"));
        let mut slot = 0;
        Ok(start.map(|tensor| {
            slot += 1;
            let [count] = tensor.dims();
            let way = normal_matrix([1, count], &seed.indexed("slot", slot)).reshape([count]);
            tensor + way.mul_scalar(0.1 * epoch as f64)
        }))
    }
}

/// A set with every part that the objective may want, no number of it special.
pub fn set<B: Backend>(task: &Task, objective: &dyn Objective<B>) -> SyntheticSet<B> {
    let settings = SyntheticSettings {
        points: Some(POINTS),
        ..SyntheticSettings::default()
    };
    set_of(settings, task, objective)
}

/// Such a set of the size that the settings give.
pub fn set_of<B: Backend>(
    size: SyntheticSettings,
    task: &Task,
    objective: &dyn Objective<B>,
) -> SyntheticSet<B> {
    let seed = Seed::new(5).child("set");
    let settings = SyntheticSettings {
        initial: Initial::Normal,
        labels: LABELS,
        reference: ReferenceSettings {
            penalty: 0.1,
            ..ReferenceSettings::default()
        },
        ..size
    };
    let set = initial::<B>(&settings, task.training(), &seed, &B::Device::default()).unwrap();
    let set = objective.prepare(set).unwrap();
    [Part::Targets, Part::StepSizes, Part::Labels]
        .into_iter()
        .fold(set, |set, part| match set.parts().get(&part).cloned() {
            Some(old) => {
                let noise = normal_matrix(old.dims(), &seed.child(part.name()));
                set.with(part, old + noise.mul_scalar(0.3))
            }
            None => set,
        })
}

/// The loss of an outer gradient, one number.
pub fn loss<B: Backend>(
    objective: &dyn Objective<B>,
    context: &Context<'_, B>,
    set: &SyntheticSet<B>,
    state: &retort_core::objective::ObjectiveState<B>,
    seed: &Seed,
) -> f64 {
    let outer = objective
        .outer_gradient(context, set, state.clone(), seed)
        .unwrap();
    number(&outer.loss)
}
