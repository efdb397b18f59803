//! Timing a case.

use super::cases::Work;
use super::cases::{CASES, Case};
use super::settings::Changes;
use burn::tensor::{Tensor, backend::Backend};
use retort_core::Result;
use retort_core::augment::NONE;
use retort_core::distill::Distiller;
use retort_core::inner::Loss;
use retort_core::inner::train::{Training, train};
use retort_core::kernel::Kernels;
use retort_core::network::AnyNetwork;
use retort_core::numeric::host;
use retort_core::objective::{Context, ObjectiveState};
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::task::Resident;
use std::time::Instant;

/// Number of untimed runs before the timed ones.
const WARM_UP: u32 = 2;

/// Times of the timed runs, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Median.
    pub median_ms: f64,
    /// Fastest run.
    pub min_ms: f64,
    /// Slowest run.
    pub max_ms: f64,
}

/// Names of all cases.
pub fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.name)
}

/// Times a case: two untimed runs to warm up, then `repeat` timed runs. A run ends when its numbers are
/// on the host.
///
/// # Errors
/// Changes that are not accepted, or a device that cannot be read.
pub fn time<B: Kernels>(
    case: &Case,
    device: &B::Device,
    repeat: u32,
    changes: Changes<'_>,
) -> Result<Times> {
    let seed = Seed::new(0).child("bench");
    let settings = case.resolve(changes)?;
    let task = case.data.task(case.rows(&settings)?, &seed);
    let resident = Resident::<B>::new(&task, device);
    let network = settings.network.template::<B>(task.interface(), device);
    let mut run: Box<dyn FnMut() -> Result<()>> = match case.work {
        Work::OuterGradient => outer_gradient(&settings, &resident, &*network, &seed)?,
        Work::Epoch => epoch(&settings, &resident, &*network, &seed),
    };
    let mut times = Vec::new();
    for place in 0..WARM_UP + repeat {
        let started = Instant::now();
        run()?;
        if place >= WARM_UP {
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    let median_ms = if times.len().is_multiple_of(2) {
        f64::midpoint(times[middle - 1], times[middle])
    } else {
        times[middle]
    };
    Ok(Times {
        median_ms,
        min_ms: times[0],
        max_ms: times[times.len() - 1],
    })
}

/// Computes one outer gradient per call. If the objective keeps its network from step to step, all calls
/// use the same network, as in the reference.
fn outer_gradient<'a, B: Backend>(
    settings: &'a Settings,
    task: &'a Resident<'a, B>,
    network: &'a dyn AnyNetwork<B>,
    seed: &'a Seed,
) -> Result<Box<dyn FnMut() -> Result<()> + 'a>> {
    let set = Distiller::new(settings.recipe()?, task, network, seed)
        .start()?
        .set;
    let context = Context {
        experts: None,
        training: &task.training,
        network,
        augmentation: &NONE,
        loss: Loss::of(&task.task.target),
        batch: settings.distill.batch.stage(0).unwrap_or(0),
        balanced: false,
        noise: None,
    };
    let objective = settings.objective[0].objective::<B>()?;
    let (mut state, mut run) = (ObjectiveState::default(), 0);
    Ok(Box::new(move || {
        let seed = seed.indexed("run", run);
        run += 1;
        let outer = objective.outer_gradient(&context, &set, std::mem::take(&mut state), &seed)?;
        state = outer.state;
        outer.gradients.into_values().try_for_each(arrived)
    }))
}

/// Trains for one epoch per call. The first call starts from fresh weights, each later one where the last
/// one ended.
fn epoch<'a, B: Backend>(
    settings: &'a Settings,
    task: &'a Resident<'a, B>,
    network: &'a dyn AnyNetwork<B>,
    seed: &'a Seed,
) -> Box<dyn FnMut() -> Result<()> + 'a> {
    let descent = settings.evaluate.protocol.descent().cloned();
    let descent = descent.unwrap_or_default();
    let training = Training {
        steps: descent.steps,
        batch: descent.batch,
        optimiser: descent.optimiser,
        learning_rate: descent.learning_rates[0],
        schedule: descent.schedule,
        momentum: descent.momentum,
        weight_decay: descent.weight_decay,
        loss: Loss::of(&task.task.target),
        augmentation: &NONE,
    };
    let mut weights = network.fresh(&seed.child("network"));
    Box::new(move || {
        weights = train(
            network,
            weights.clone(),
            &task.training.rows,
            &training,
            seed,
        );
        weights.tensors().iter().cloned().try_for_each(arrived)
    })
}

/// Waits until a tensor's numbers are on the host.
fn arrived<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Result<()> {
    host::read(&tensor).map(drop)
}
