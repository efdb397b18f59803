//! Fixed pieces of work to time, through the library's own objectives: an outer step's signal on
//! random numbers. Only the time counts.

mod cases;

use std::time::Instant;

use burn::tensor::backend::Backend;
use retort_core::Result;
use retort_core::distill::Distiller;
use retort_core::inner::Loss;
use retort_core::objective::{Memory, Scene};
use retort_core::seed::Seed;
use retort_core::settings::Settings;
use retort_core::task::Resident;

pub use cases::{CASES, Case};

/// Runs before the timed ones.
const WARM_UP: u32 = 2;

/// Milliseconds of the timed runs.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Their median.
    pub median_ms: f64,
    /// The fastest.
    pub min_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// Names of all cases.
pub fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.name)
}

/// Times a case: two runs to warm up, then `repeat` that count. A run ends when its gradients are on
/// the host.
///
/// # Errors
/// The case's own, such as a device that cannot be read.
pub fn time<B: Backend>(case: &Case, device: &B::Device, repeat: u32) -> Result<Times> {
    let seed = Seed::new(0).child("bench");
    let table =
        case.settings
            .parse()
            .map_err(|error: toml::de::Error| retort_core::Error::Toml {
                origin: case.name.to_owned(),
                problem: error.to_string(),
            })?;
    let settings = Settings::read(&table)?;
    let task = (case.task)(&seed);
    let resident = Resident::<B>::new(&task, device);
    let network = settings.network.template::<B>(task.interface(), device);
    let set = Distiller::new(&settings, &resident, &*network, &seed)
        .start()?
        .set;
    let scene = Scene {
        task: &resident,
        network: &*network,
        loss: Loss::of(&task.target),
        batch: settings.distill.batch.stage(0).unwrap_or(0),
    };
    let objective = settings.objective[0].objective::<B>();
    let mut times = Vec::new();
    for run in 0..WARM_UP + repeat {
        let seed = seed.indexed("run", u64::from(run));
        let started = Instant::now();
        let signal = objective.signal(&scene, &set, Memory::default(), &seed)?;
        for gradient in signal.gradients.into_values() {
            gradient
                .try_into_data()
                .map_err(|e| retort_core::Error::Device(format!("{e:?}")))?;
        }
        if run >= WARM_UP {
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
